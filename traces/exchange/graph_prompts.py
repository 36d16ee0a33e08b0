"""Where the nodes of a graph keep their prompts: closures, defaults, attributes, `partial` keywords, globals, the code.

A prompt that becomes a parameter stays where it is: before a run its place is given the parameter's value, so a change
reaches everything that reads the place, and the graph itself has the better prompt in the end.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType
from typing import Any, Literal, TypeAlias

from steepest.errors import InputError

_LEAST = 20
"""Characters of a text that looks like a prompt; it also has more than two words."""
_DEEPEST = 6
"""Functions that are followed into what they call."""


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
    """The texts that functions keep, each place by a name of its own."""
    prompts: dict[str, Prompt] = {}
    for place in _places(holders):
        name, count = place.name, 1
        while name in prompts:
            count += 1
            name = f"{place.name}_{count}"
        prompts[name] = Prompt(name, place.read(), [place])
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
    held: list[object] = []  # keeps what is identified by its id alive meanwhile
    for name, runnable in holders.items():
        for key, owner, place in _search(name, runnable):
            held.append(owner)
            known = found.setdefault(key, place)
            found[key] = replace(known, nodes=tuple(dict.fromkeys([*known.nodes, name])))
    return list(found.values())


_Found = tuple[tuple[int, object], object, PromptPlace]


def _search(node: str, runnable: Any) -> Iterator[_Found]:
    """Places reached from a node's function, through the functions of the same package that it names."""
    first = [each for each in (getattr(runnable, "func", None), getattr(runnable, "afunc", None)) if each is not None]
    queue = [(each, 0) for each in first or [runnable]]
    package = _package(inspect.unwrap(_innermost(queue[0][0])))
    seen: set[int] = set()
    while queue:
        holder, depth = queue.pop(0)
        if id(holder) in seen or depth > _DEEPEST:
            continue
        seen.add(id(holder))
        for owner, key, value, write in _held(holder):
            if type(value) is str:
                yield (id(owner), key), owner, _place(node, owner, key, value, write)
            elif _is_followed(value, package):
                queue.append((value, depth + 1))


def _place(node: str, owner: Any, key: Any, value: str, write: Callable[[str], None]) -> PromptPlace:
    is_code = isinstance(key, tuple)
    name = "text" if is_code else str(key)
    current = [value]

    def put(text: str) -> None:
        write(text)
        current[0] = text

    return PromptPlace(lambda: current[0], put, (node,), name if isinstance(owner, dict) else f"{node}.{name}", is_code)


_Held = tuple[Any, Any, Any, Callable[[str], None]]
"""What holds a value, under which key, the value, and how to put another in its place."""


def _held(holder: Any) -> Iterator[_Held]:
    if isinstance(holder, functools.partial):
        for key, value in holder.keywords.items():
            yield holder, key, value, functools.partial(holder.keywords.__setitem__, key)
        for value in (holder.func, *holder.args):
            yield holder, None, value, _refuse
    elif inspect.ismethod(holder):
        yield from _of_instance(holder.__self__)
        yield holder, None, holder.__func__, _refuse
    elif isinstance(holder, FunctionType):
        yield from _of_function(holder)
    else:
        yield from _of_instance(holder)
        yield holder, None, vars(type(holder)).get("__call__"), _refuse


def _of_function(function: FunctionType) -> Iterator[_Held]:
    if hasattr(function, "__wrapped__"):
        yield function, None, function.__wrapped__, _refuse
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield cell, name, cell.cell_contents, functools.partial(setattr, cell, "cell_contents")
        except ValueError:  # not filled yet
            continue
    for name, value in (function.__kwdefaults__ or {}).items():
        yield function, name, value, functools.partial((function.__kwdefaults__ or {}).__setitem__, name)
    defaults = function.__defaults__ or ()
    named = function.__code__.co_varnames[: function.__code__.co_argcount][-len(defaults) :] if defaults else ()
    for place, (name, value) in enumerate(zip(named, defaults, strict=True)):
        yield function, name, value, functools.partial(_set_default, function, place)
    for name in sorted(_names(function.__code__)):
        if name in function.__globals__:
            space = function.__globals__
            yield space, name, space[name], functools.partial(space.__setitem__, name)
    for place, value in enumerate(function.__code__.co_consts):
        if type(value) is str and value != function.__doc__:
            yield function, (place, value), value, functools.partial(_set_constant, function, place)


def _of_instance(instance: Any) -> Iterator[_Held]:
    for name, value in list(getattr(instance, "__dict__", {}).items()):
        yield instance, name, value, functools.partial(setattr, instance, name)


def _refuse(text: str) -> None:
    raise TypeError(f"no place for {text!r}")


def _set_default(function: FunctionType, place: int, text: str) -> None:
    defaults = list(function.__defaults__ or ())
    defaults[place] = text
    function.__defaults__ = tuple(defaults)


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
    return isinstance(value, FunctionType) and _package(value) == package
