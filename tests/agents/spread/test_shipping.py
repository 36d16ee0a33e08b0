"""Objects that travel, and what is said of those that can't."""

import threading
from dataclasses import dataclass

import pytest

from steepest.agents.spread.shipping import arrived, packed
from steepest.errors import InputError


@dataclass(frozen=True, slots=True)
class Holder:
    inner: object


class Plain:
    def __init__(self, **fields):
        vars(self).update(fields)


def test_what_travels_is_the_same_there():
    assert arrived(packed(Holder([1, {"a": (2,)}]), "the program")) == Holder([1, {"a": (2,)}])


def test_a_part_may_be_replaced_on_the_way():
    def replace(thing):
        return (str, ("a lock was here",)) if isinstance(thing, type(threading.Lock())) else NotImplemented

    assert arrived(packed(Holder([threading.Lock()]), "the program", replace)) == Holder(["a lock was here"])


@pytest.mark.parametrize(
    ("thing", "place", "advice"),
    [
        (Holder(lambda: 1), "the program.inner is a lambda", "top level of a module"),
        (Plain(guide=Plain(lock=threading.Lock())), "the program.guide.lock is a _thread.lock", "__getstate__"),
        ([1, {"key": (lambda: 1,)}], "the program[1]['key'][0] is a lambda", "or run in threads"),
        (Plain(a=1, file=open(__file__)), "the program.file is a _io.TextIOWrapper", "lazily"),  # noqa: SIM115
    ],
)
def test_what_cannot_travel_is_named_with_its_place(thing, place, advice):
    with pytest.raises(InputError) as error:
        packed(thing, "the program")
    if hasattr(thing, "file"):
        thing.file.close()
    assert place in str(error.value)
    assert advice in str(error.value)
