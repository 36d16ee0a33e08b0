import copy
import functools
import pickle
from dataclasses import dataclass, field
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node, ancestors
from steepest.traces.modules.members import named_parameters
from steepest.traces.modules.module import Module, model
from steepest.traces.parameters import node, update
from steepest.traces.scope import current_call
from steepest.traces.workflows import DECIDED


class Step(Module):
    """One step."""

    def __init__(self, prompt="go"):
        self.prompt = node(prompt, trainable=True)

    def forward(self, x):
        return self.prompt + x


class Planner(Module):
    def __init__(self):
        self.title = node("plan", trainable=True)
        self.fixed = node("fixed")
        self.steps = [Step("a"), Step("b")]
        self.table = {"first": (self.title, Step("c")), 2: node(2, trainable=True)}

    @bundle(trainable=True)
    def split(self, text):
        return text.split()

    def forward(self, x):
        return self.steps[0](x) if x == "go" else self.steps[1](x)


@model
class Plain:
    """Says hello."""

    def __init__(self, greeting="hello"):
        self.greeting = node(greeting, trainable=True)

    def forward(self, x):
        return self.greeting + x if x != "" else self.greeting

    def save(self):
        return "its own"


class Louder(Plain):
    def __init__(self):
        super().__init__("HELLO")
        self.mark = node("!", trainable=True)

    def forward(self, x):
        return "nothing" if x == "" else super().forward(x) + self.mark


def test_parameters_are_found_wherever_they_are_and_named_by_their_paths():
    named = Planner().named_parameters()
    assert set(named) == {
        "title",
        "steps[0].prompt",
        "steps[1].prompt",
        "table['first'][1].prompt",
        "table[2]",
        "split.code",
    }
    assert named["steps[1].prompt"].value == "b"


def test_parameters_ascend_and_each_comes_once():
    parameters = Planner().parameters()
    assert [each.order for each in parameters] == sorted({each.order for each in parameters})
    assert len({id(each) for each in parameters}) == len(parameters) == 6


def test_a_shared_parameter_has_the_shorter_name():
    class Shared(Module):
        def __init__(self):
            self.inner = Step()
            self.again = self.inner.prompt

    assert list(Shared().named_parameters()) == ["again"]


def test_modules_that_hold_each_other_are_walked_once():
    class Part(Module):
        def __init__(self, whole):
            self.whole = whole
            self.size = node(1, trainable=True)

    class Whole(Module):
        def __init__(self):
            self.parts = [Part(self), Part(self)]
            self.me = self
            self.parts.append(self.parts)

    assert list(Whole().named_parameters()) == ["parts[0].size", "parts[1].size"]


def test_a_chain_of_modules_may_be_long():
    class Link(Module):
        def __init__(self, rest):
            self.rest = rest
            self.value = node(1, trainable=True)

    chain = None
    for _ in range(1500):
        chain = Link(chain)
    assert len(chain.parameters()) == 1500


def test_sets_are_walked_in_the_order_of_creation():
    class Tagged(Module):
        def __init__(self):
            self.tags = {node(name, trainable=True) for name in ("a", "b", "c")}

    tagged = Tagged()
    assert list(tagged.named_parameters()) == ["tags{0}", "tags{1}", "tags{2}"]


def test_slots_and_class_attributes_count():
    class Slotted(Module):
        __slots__ = ("__hidden", "missing", "own")
        shared = node("class", trainable=True)

        def __init__(self):
            self.own = node("own", trainable=True)
            self.__hidden = node("hidden", trainable=True)

        @bundle(trainable=True)
        def work(self, x):
            return x

    assert not hasattr(Slotted(), "__dict__")
    assert set(Slotted().named_parameters()) == {"shared", "own", "_Slotted__hidden", "work.code"}


def test_inheritance_overrides_as_python_does():
    class Base(Module):
        def __init__(self):
            self.a = node(1, trainable=True)

        @bundle(trainable=True)
        def first(self, x):
            return x

        @bundle(trainable=True)
        def second(self, x):
            return x

    class Child(Base):
        def __init__(self):
            super().__init__()
            self.b = node(2, trainable=True)
            self.base = Base()

        @bundle(trainable=True)
        def first(self, x):
            return x + 1

        def second(self, x):
            return x

    names = Child().named_parameters()
    assert set(names) == {"a", "b", "first.code", "base.a", "base.first.code", "base.second.code"}
    assert "x + 1" in names["first.code"].value


def test_each_instance_has_its_own_code():
    first, second = Planner(), Planner()
    update(first.named_parameters()["split.code"], "def split(self, text):\n    return [text]")
    assert "return [text]" in first.named_parameters()["split.code"].value
    assert "text.split()" in second.named_parameters()["split.code"].value


def test_properties_are_not_evaluated():
    class Careful(Module):
        @property
        def costly(self):
            raise AssertionError

    assert Careful().parameters() == []


def test_zero_feedback():
    step = Step()
    backward(step("x"), "longer")
    assert step.prompt.trainable.feedback
    step.zero_feedback()
    assert not step.prompt.trainable.feedback


def test_a_call_runs_forward_and_notes_conditions():
    planner = Planner()
    x = node("go", trainable=True)
    result = planner(x)
    assert result.value == "ago"
    assert result.operation is DECIDED
    assert any(each is x for each in ancestors([result]))
    assert planner.forward(x).operation is DECIDED
    assert current_call() is None


def test_forward_from_a_class_that_is_no_module_is_followed_too():
    class Judge:
        def forward(self, x):
            return "large" if x > 2 else "small"

    class Judging(Judge, Module):
        pass

    assert Judging()(node(3)).operation is DECIDED


def test_a_module_without_forward_says_so():
    class Empty(Module):
        pass

    with pytest.raises(TraceError, match="Empty can't be called: write its method forward"):
        Empty()()


def test_the_decorator_leaves_the_class_what_it_is():
    assert Plain.__name__ == "Plain"
    assert Plain.__qualname__ == "Plain"
    assert Plain.__module__ == __name__
    assert Plain.__doc__ == "Says hello."
    assert Plain.__mro__ == (Plain, object)
    assert isinstance(Plain(), Module)
    assert isinstance(Louder(), Plain)
    assert not isinstance(Step(), Plain)


def test_the_decorator_gives_what_the_base_class_gives_and_keeps_what_is_there():
    plain = Plain()
    assert list(plain.named_parameters()) == ["greeting"]
    assert plain(node(" you")).value == "hello you"
    assert plain(node(" you")).operation is DECIDED
    assert plain.save() == "its own"
    assert callable(plain.load)


def test_with_parentheses():
    @model()
    class Thing:
        def __init__(self):
            self.a = node(1, trainable=True)

    assert list(Thing().named_parameters()) == ["a"]


def test_a_subclass_of_a_decorated_class_is_a_module_with_its_forward_followed():
    louder = Louder()
    assert set(louder.named_parameters()) == {"greeting", "mark"}
    assert louder(node(" you")).value == "HELLO you!"
    assert louder.forward(node("")).operation is DECIDED


def test_the_hook_for_subclasses_of_a_decorated_class_still_runs():
    made = []

    @model
    class Registered:
        def __init_subclass__(cls, *, tag="", **kwargs):
            super().__init_subclass__(**kwargs)
            made.append((cls.__name__, tag))

    class Child(Registered, tag="x"):
        def forward(self, x):
            return 1 if x else 2

    assert made == [("Child", "x")]
    assert Child().forward(node(True)).operation is DECIDED


def test_a_decorated_dataclass():
    @model
    @dataclass
    class Settings:
        prompt: Any = field(default_factory=lambda: node("p", trainable=True))
        limit: int = 3

    settings = Settings()
    assert list(settings.named_parameters()) == ["prompt"]
    assert settings.copy().limit == 3


def test_a_decorated_class_with_call_and_slots():
    @model
    class Caller:
        __slots__ = ("limit",)

        def __init__(self):
            self.limit = node(2, trainable=True)

        def __call__(self, x):
            return "over" if x > self.limit else "under"

    caller = Caller()
    assert backward(caller(node(3)), "no") == caller.parameters()
    assert caller.copy().limit.value == 2


def test_a_copy_shares_nothing_that_can_change():
    planner = Planner()
    backward(planner(node("go")), "better")
    update(planner.title, "learned")
    copied = planner.copy()

    assert type(copied) is Planner
    own = {id(each) for each in planner.parameters()}
    assert not own & {id(each) for each in copied.parameters()}
    assert list(copied.named_parameters()) == list(planner.named_parameters())
    assert copied.title.value == "learned"
    assert copied.title.trainable.history == planner.title.trainable.history
    assert copied.steps[0].prompt.trainable.feedback == []
    assert copied.table["first"][0] is copied.title

    update(copied.title, "other")
    copied.steps.append(Step())
    assert planner.title.value == "learned"
    assert len(planner.steps) == 2


def test_a_copy_keeps_learned_code_and_its_own():
    planner = Planner()
    code = "def split(self, text):\n    return [text]"
    update(planner.named_parameters()["split.code"], code)
    copied = planner.copy()
    assert copied.named_parameters()["split.code"].value == code
    update(copied.named_parameters()["split.code"], "def split(self, text):\n    return []")
    assert planner.named_parameters()["split.code"].value == code


def test_a_copy_has_the_parameters_of_its_class_for_itself():
    class Inner(Module):
        size = node(1, trainable=True)

    class Outer(Module):
        prompt = node("p", trainable=True)
        inner = Inner()

    outer = Outer()
    copied = outer.copy()
    assert update(copied.prompt, "q").outcome == "committed"
    assert update(copied.inner.size, 2).outcome == "committed"
    assert (Outer.prompt.value, Inner.size.value) == ("p", 1)
    assert Outer().inner is Outer.inner
    assert set(copied.named_parameters()) == set(outer.named_parameters())


def test_a_copy_that_has_no_place_for_a_parameter_of_the_class_says_so():
    class Slotted(Module):
        __slots__ = ()
        shared = node("class", trainable=True)

    with pytest.raises(TraceError, match="shared belongs to the class"):
        Slotted().copy()


def test_a_copy_has_the_code_of_a_static_method_for_itself():
    class Tools(Module):
        @staticmethod
        @bundle(trainable=True, trust=True)
        def doubled(x):
            return 2 * x

    copied = Tools().copy()
    assert update(copied.parameters()[0], "def doubled(x):\n    return 3 * x").outcome == "committed"
    assert (copied.doubled(2).value, Tools().doubled(2).value) == (6, 4)
    assert list(copied.named_parameters()) == ["doubled.code"]


def test_code_that_instances_must_share_keeps_them_from_being_copied():
    class Slotted(Module):
        __slots__ = ()

        @bundle(trainable=True)
        def work(self, x):
            return x

    class Named(Module):
        @classmethod
        @bundle(trainable=True)
        def named(cls, x):
            return x

    with pytest.raises(TraceError, match="Slotted can't be copied: its parameter work belongs to the class"):
        Slotted().copy()
    with pytest.raises(TraceError, match=r"Named can't be copied.*above the other decorators"):
        Named().copy()


def test_the_copy_module_works_as_for_any_object():
    planner = Planner()
    shallow, deep = copy.copy(planner), copy.deepcopy(planner)
    assert shallow.title is planner.title
    assert deep.title is planner.title, "a node is what it is; `Module.copy` makes parameters of its own"
    assert deep.table is not planner.table


class Holder(Module):
    limited: Any

    def forward(self, x):
        return self.limited + x


def test_constraint_and_description_are_copied():
    limited = node(1, "limit", trainable=True, description="how many", constraint=[1, 2])
    holder = Holder()
    holder.limited = limited
    for copied in (holder.copy().limited, pickle.loads(pickle.dumps(limited))):  # noqa: S301
        assert copied is not limited
        assert (copied.label, copied.trainable.description) == ("limit", "how many")
        assert update(copied, 3).outcome == "rejected"
        assert update(copied, 2).outcome == "committed"
    assert limited.value == 1
    assert limited.trainable.history == []


def test_a_module_is_pickled_with_its_parameters():
    planner = Planner()
    update(planner.title, "learned")
    again = pickle.loads(pickle.dumps(planner))  # noqa: S301
    assert again.title.value == "learned"
    assert again.table["first"][0] is again.title
    assert list(again.named_parameters()) == list(planner.named_parameters())


def test_learned_code_is_pickled():
    planner = Planner()
    code = "def split(self, text):\n    return [text]"
    update(planner.named_parameters()["split.code"], code)
    again = pickle.loads(pickle.dumps(planner))  # noqa: S301
    assert again.named_parameters()["split.code"].value == code


def test_a_decorated_class_is_pickled():
    again = pickle.loads(pickle.dumps(Louder()))  # noqa: S301
    assert type(again) is Louder
    assert again(node(" you")).value == "HELLO you!"


def test_a_module_that_keeps_a_deep_chain_is_copied_and_pickled():
    step = Step()
    result: Node[int] = node(0)
    for _ in range(5000):
        result = result + 1
    step.last = result
    assert copy.deepcopy(step).last is result
    for again in (step.copy(), pickle.loads(pickle.dumps(step))):  # noqa: S301
        assert again.last.value == 5000
        assert again.last.inputs == ()


def test_methods_are_separate_for_instances_and_shared_by_shallow_copies():
    first = Planner()
    second = Planner()
    assert first.split.parameters[0] is first.split.parameters[0]
    assert first.split.parameters[0] is not second.split.parameters[0]
    assert first.copy().split.parameters[0] is not first.split.parameters[0]


def test_bundled_static_and_class_methods():
    class Tools(Module):
        @staticmethod
        @bundle(trainable=True)
        def doubled(x):
            return 2 * x

        @classmethod
        @bundle(trainable=True)
        def named(cls, x):
            return x

    assert set(Tools().named_parameters()) == {"doubled.code", "named.code"}


def test_bundles_under_other_decorators():
    def logged(function):
        @functools.wraps(function)
        def wrapper(*args):
            return function(*args)

        return wrapper

    class Tools(Module):
        @logged
        @bundle(trainable=True)
        def doubled(self, x):
            return 2 * x

    assert set(Tools().named_parameters()) == {"doubled.code"}


def test_bundles_in_attributes_and_containers():
    class Tools(Module):
        def __init__(self):
            self.tool = bundle(trainable=True)(_tool)
            self.tools = [bundle(_tool, trainable=True)]

    tools = Tools()
    assert set(tools.named_parameters()) == {"tool.code", "tools[0].code"}
    assert tools.copy().tool.parameters[0] is not tools.tool.parameters[0]


def _tool(x):
    return x


def test_a_parameter_without_a_name_gets_that_of_its_attribute():
    holder = Holder()
    holder.limited, holder.named = node(1, trainable=True), node(1, "own", trainable=True)
    holder.steps = [node(1, trainable=True)]
    made = holder(1)
    assert made.inputs[0].label == "limited"
    assert [each.label for each in holder.parameters()] == ["limited", "own", "steps[0]"]
    alone = node(1, trainable=True)
    assert named_parameters([alone]) == {"[0]": alone}
    assert alone.label is None
