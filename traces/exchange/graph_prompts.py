"""Where the nodes of a graph keep their prompts: closures, defaults, attributes, `partial` keywords, messages, globals,
the code.

A prompt that becomes a parameter stays where it is: before a run its place is given the parameter's value, so a change
reaches everything that reads the place, and the graph itself has the better prompt in the end. A place has one
parameter, whichever graphs are recorded that read it.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter
from types import CodeType, FunctionType
from typing import Any, Literal, NamedTuple, TypeAlias

from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable

from steepest.errors import InputError

_LEAST = 20
"""Characters of a text that looks like a prompt; it also has more than two words."""
_DEEPEST = 6
"""Functions that are followed into what they call."""
_WIDEST = 100
"""Items of a list that are looked at for messages."""


@dataclass(frozen=True, slots=True, eq=False)
class PromptPlace:
    """Where a prompt is kept. Make one for a prompt that is kept where nothing looks, such as a file or a registry."""

    read: Callable[[], str]
    write: Callable[[str], None]
    nodes: tuple[str, ...] = ()
    """The graph's nodes whose runs depend on it; all of them if there is none."""
    name: str = ""
    is_code: bool = False
    """Whether it is a text written in the code itself."""
    holder: object = None
    """What holds the text, under `key`: places with the same two are one place."""
    key: object = None

    @property
    def identity(self) -> tuple[int, object]:
        """The same for the same place, as long as that is there."""
        return (id(self), None) if self.holder is None else (id(self.holder), self.key)


@dataclass(slots=True, eq=False)
class Prompt:
    """A text in one or more places."""

    name: str
    text: str
    places: list[PromptPlace] = field(default_factory=list)

    @property
    def nodes(self) -> frozenset[str]:
        """The graph's nodes that depend on it; all if empty."""
        if not all(place.nodes for place in self.places):
            return frozenset()
        return frozenset(name for place in self.places for name in place.nodes)


Prompts: TypeAlias = Mapping[str, str | PromptPlace] | Iterable[str] | Literal["found"]
"""Which texts become parameters: by a name of one's own the text or its place; names that were found; or `"found"`, all
that look like prompts."""


def wanted(holders: Mapping[str, Any], prompts: Prompts) -> list[Prompt]:
    """The prompts that are to be parameters.

    Args:
        holders: The functions or runnables of a graph by the names of its nodes.
        prompts: Which.

    Raises:
        InputError: One is nowhere to be found.
    """
    if not prompts:
        return []
    found = _found(holders)
    if prompts == "found":
        return [prompt for prompt in found if _is_prompt(prompt)]
    if not isinstance(prompts, Mapping):
        return [_named(name, found) for name in ([prompts] if isinstance(prompts, str) else prompts)]
    return [_given(name, given, found) for name, given in prompts.items()]


def _found(holders: Mapping[str, Any]) -> list[Prompt]:
    """The texts that functions keep, by a name each; one that stands in several places of the same nodes is one."""
    prompts: dict[str, Prompt] = {}
    same: dict[tuple[str, tuple[str, ...]], Prompt] = {}
    for place in _places(holders):
        text = place.read()
        known = None if place.is_code else same.get((text, place.nodes))
        if known is not None:
            known.places.append(place)
            continue
        name, count = place.name, 1
        while name in prompts:
            count += 1
            name = f"{place.name}_{count}"
        prompts[name] = Prompt(name, text, [place])
        if not place.is_code:
            same[text, place.nodes] = prompts[name]
    return list(prompts.values())


def _named(name: str, found: list[Prompt]) -> Prompt:
    for prompt in found:
        if prompt.name == name:
            return prompt
    names = ", ".join(prompt.name for prompt in found if _is_prompt(prompt)) or "none"
    raise InputError(f"the graph has no prompt {name!r}; what looks like prompts there: {names}")


def _given(name: str, given: str | PromptPlace, found: list[Prompt]) -> Prompt:
    """A prompt by its text, wherever that stands; by its place; or by the name of a place, which gets the text."""
    if isinstance(given, PromptPlace):
        return Prompt(name, given.read(), [given])
    places = [place for prompt in found if prompt.text == given for place in prompt.places]
    if places:
        return Prompt(name, str(given), places)
    try:
        known = _named(name, found)
    except InputError as error:
        raise InputError(f"the text of {name!r} stands nowhere in the graph's functions, and {error}") from error
    return Prompt(name, str(given), known.places)


def _is_prompt(prompt: Prompt) -> bool:
    """Whether a text is as long as a prompt and made of words; texts in the code itself do not count."""
    return not prompt.places[0].is_code and len(prompt.text) >= _LEAST and len(prompt.text.split()) > 2


def _places(holders: Mapping[str, Any]) -> list[PromptPlace]:
    """Every place where a text is kept."""
    found: dict[tuple[int, object], PromptPlace] = {}
    for name, runnable in holders.items():
        for place in _search(name, runnable):
            known = found.setdefault(place.identity, place)
            found[place.identity] = replace(known, nodes=tuple(dict.fromkeys([*known.nodes, name])))
    return list(found.values())


def _search(node: str, runnable: Any) -> Iterator[PromptPlace]:
    """Places reached from a node's function, through the functions of the same package that it names."""
    first = [each for each in (getattr(runnable, "func", None), getattr(runnable, "afunc", None)) if each is not None]
    queue = [(each, 0) for each in first or [runnable]]
    package = _package(inspect.unwrap(_innermost(queue[0][0])))
    seen: dict[int, object] = {}  # by their `id`, and kept alive meanwhile
    while queue:
        holder, depth = queue.pop(0)
        if id(holder) in seen or depth > _DEEPEST:
            continue
        seen[id(holder)] = holder
        for slot in _held(holder):
            value = slot.read()
            if type(value) is str:
                yield _place(node, slot)
            elif _is_followed(value, package):
                queue.append((value, depth + 1))


def _place(node: str, slot: "_Slot") -> PromptPlace:
    is_code = isinstance(slot.key, int)
    name = "text" if is_code else str(slot.key).lstrip("_")
    full = str(slot.key) if isinstance(slot.holder, dict) else f"{node}.{name}"
    return PromptPlace(slot.read, slot.write, (node,), full, is_code, slot.holder, slot.key)


class _Slot(NamedTuple):
    """Where a value is held."""

    holder: Any
    key: str | int | None
    """A number is a place among the constants of code."""
    read: Callable[[], Any]
    write: Callable[[str], None]


def _held(holder: Any) -> Iterator[_Slot]:
    if isinstance(holder, functools.partial):
        for key in holder.keywords:
            yield _entry(holder.keywords, key, holder)
        for value in (holder.func, *holder.args):
            yield _fixed(holder, value)
    elif isinstance(holder, BaseMessage):
        yield _attribute(holder, "content", f"{holder.type}_message")
    elif isinstance(holder, (list, tuple)):
        for value in holder:
            yield _fixed(holder, value)
    elif inspect.ismethod(holder):
        yield from _of_instance(holder.__self__)
        yield _fixed(holder, holder.__func__)
    elif isinstance(holder, FunctionType):
        yield from _of_function(holder)
    else:
        yield from _of_instance(holder)
        yield _fixed(holder, vars(type(holder)).get("__call__"))


def _of_function(function: FunctionType) -> Iterator[_Slot]:
    if hasattr(function, "__wrapped__"):
        yield _fixed(function, function.__wrapped__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if _is_filled(cell):
            yield _attribute(cell, "cell_contents", name)
    keywords = function.__kwdefaults__ or {}
    for name in keywords:
        yield _entry(keywords, name, function)
    defaults = function.__defaults__ or ()
    named = function.__code__.co_varnames[: function.__code__.co_argcount][-len(defaults) :] if defaults else ()
    for place, name in enumerate(named):
        read = functools.partial(_default, function, place)
        yield _Slot(function, name, read, functools.partial(_set_default, function, place))
    for name in sorted(_names(function.__code__) & function.__globals__.keys()):
        yield _entry(function.__globals__, name, function.__globals__)
    for place, value in enumerate(function.__code__.co_consts):
        if type(value) is str and value != function.__doc__:
            read = functools.partial(_constant, function, place)
            yield _Slot(function, place, read, functools.partial(_set_constant, function, place))


def _of_instance(instance: Any) -> Iterator[_Slot]:
    for name in list(getattr(instance, "__dict__", {})):
        yield _attribute(instance, name, name)


def _attribute(holder: Any, attribute: str, key: str) -> _Slot:
    read = functools.partial(attrgetter(attribute), holder)
    return _Slot(holder, key, read, functools.partial(setattr, holder, attribute))


def _entry(entries: dict[str, Any], key: str, holder: Any) -> _Slot:
    return _Slot(holder, key, functools.partial(itemgetter(key), entries), functools.partial(entries.__setitem__, key))


def _fixed(holder: Any, value: Any) -> _Slot:
    """Of what is looked into and never replaced; a text there is no prompt of its own."""
    return _Slot(holder, None, lambda: None if type(value) is str else value, _refuse)


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # it raises
    except ValueError:
        return False
    return True


def _refuse(text: str) -> None:
    raise TypeError(f"no place for {text!r}")


def _default(function: FunctionType, place: int) -> Any:
    return (function.__defaults__ or ())[place]


def _set_default(function: FunctionType, place: int, text: str) -> None:
    defaults = list(function.__defaults__ or ())
    defaults[place] = text
    function.__defaults__ = tuple(defaults)


def _constant(function: FunctionType, place: int) -> Any:
    return function.__code__.co_consts[place]


def _set_constant(function: FunctionType, place: int, text: str) -> None:
    constants = list(function.__code__.co_consts)
    constants[place] = text
    function.__code__ = function.__code__.replace(co_consts=tuple(constants))


def _names(code: CodeType) -> set[str]:
    """Names that code and the functions written inside of it look up outside."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def _innermost(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(function, "__func__", function)


def _package(function: Any) -> str:
    return str(getattr(function, "__module__", None) or "").partition(".")[0]


def _is_followed(value: Any, package: str) -> bool:
    """Whether prompts are looked for in a value: the user's own functions and what they are made with."""
    if isinstance(value, functools.partial) or inspect.ismethod(value):
        return _is_followed(_innermost(value), package)
    if isinstance(value, (Runnable, BaseMessage)):  # what LangChain's agents keep their prompts in
        return True
    if isinstance(value, (list, tuple)):
        return any(isinstance(each, (Runnable, BaseMessage)) for each in value[:_WIDEST])
    return isinstance(value, FunctionType) and _package(value) == package
