"""Data that a user binds as Python values: numbers, labels, mappings, arrays and lists."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, SupportsFloat

import numpy as np
import numpy.typing as npt

from steepest.solvers.data.instance_data import Dense, Members
from steepest.solvers.data.keys import Keys
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.language.expressions import Label
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.text.cells import CellError, read_number


def scalar_of(value: object) -> Label:
    """A single number or label; a text that is a number, as a command line gives it, is the number.

    Raises:
        FormulationError: It is neither, or not finite.
    """
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, bool) or not isinstance(value, SupportsFloat):
        raise _wrong_type(value)
    if not math.isfinite(number := float(value)):
        raise problem("not-finite", f"{value} is not a finite number")
    return number


def _written(text: str) -> Label:
    try:
        number = read_number(text.strip(), set())
    except CellError as error:
        raise problem("not-finite", str(error)) from error
    return normalize_label(text) if number is None else number


def members_of(value: object) -> Members:
    """The elements of a set from a list of labels or of tuples.

    Raises:
        FormulationError: It is no ordered collection, tuples differ in length, or an element is given twice.
    """
    if isinstance(value, str | bytes | Mapping | set | frozenset) or not isinstance(value, Iterable):
        raise problem(
            "wrong-type",
            f"the elements of a set can't be bound to {_described(value)}",
            repair="bind a list of labels or of tuples, or a table",
        )
    elements = [_key(each) for each in (value.tolist() if isinstance(value, np.ndarray) else value)]
    widths = {len(each) for each in elements}
    if len(widths) > 1:
        raise problem("mixed-tuples", f"the elements are tuples of {' and '.join(map(str, sorted(widths)))} labels")
    if len(set(elements)) < len(elements):
        twice = next(each for place, each in enumerate(elements) if each in elements[:place])
        raise problem("duplicate-label", f"the element {', '.join(map(str, twice))} is given twice")
    width = widths.pop() if widths else 1
    return Members(tuple([each[place] for each in elements] for place in range(width)))


def cells_of_mapping(mapping: Mapping[Any, Any]) -> tuple[Keys, list[Label]]:
    """The keys and values of `{label: value}`, `{(a, b): value}` or `{a: {b: value}}`.

    Raises:
        FormulationError: Keys differ in length, or a value is neither a number nor a label.
    """
    found = list(_cells(mapping, ()))
    widths = {len(key) for key, _ in found}
    if len(widths) > 1:
        raise problem("index-count", f"its keys have {' and '.join(map(str, sorted(widths)))} labels")
    width = widths.pop() if widths else 0
    keys = tuple([key[place] for key, _ in found] for place in range(width))
    return keys, [value for _, value in found]


def _cells(mapping: Mapping[Any, Any], before: tuple[Label, ...]) -> Iterator[tuple[tuple[Label, ...], Label]]:
    for part, value in mapping.items():
        key = (*before, *_key(part))
        if isinstance(value, Mapping):
            yield from _cells(value, key)
        else:
            try:
                yield key, scalar_of(value)
            except FormulationError as error:
                message = f"at {', '.join(map(str, key))}: {error.diagnostics[0].message}"
                raise problem(error.diagnostics[0].code, message) from error


def _key(part: object) -> tuple[Label, ...]:
    if isinstance(part, tuple | list):
        return tuple(_label(label) for label in part)
    return (_label(part),)


def _label(label: object) -> Label:
    if isinstance(label, np.generic):
        label = label.item()
    if isinstance(label, bool) or not isinstance(label, str | int | float):
        raise problem("wrong-type", f"{_described(label)} is no label", repair="labels are texts and numbers")
    return normalize_label(label)


def holds_words(value: object) -> bool:
    """Whether a list or array holds texts, so that its values are labels."""
    return np.asarray(value, dtype=object).size > 0 and all(
        isinstance(each, str) for each in np.asarray(value, dtype=object).ravel().tolist()
    )


def dense_of(value: object, sizes: Sequence[int | None]) -> Dense:
    """An array or nested list in set order.

    Args:
        value: The array.
        sizes: The number of elements of each index set, where it is known.

    Raises:
        FormulationError: It is ragged, holds something else than finite numbers, or has another shape.
    """
    numbers = _array(value)
    if numbers.ndim != len(sizes):
        message = f"the array has {numbers.ndim} dimensions, its index {len(sizes)} sets"
        raise problem("array-shape", message)
    for place, (given, wanted) in enumerate(zip(numbers.shape, sizes, strict=True)):
        if wanted is not None and given != wanted:
            axis = f" along axis {place}" if numbers.ndim > 1 else ""
            raise problem(
                "array-shape",
                f"{given} values{axis} are given, its set has {wanted} elements",
                repair="bind a mapping from labels to values where not every element has one",
            )
    if not np.isfinite(numbers).all():
        at = ", ".join(str(place) for place in np.argwhere(~np.isfinite(numbers))[0])
        raise problem("not-finite", f"the array holds no finite number at position {at}")
    return Dense(numbers)


def _array(value: object) -> npt.NDArray[np.float64]:
    if not isinstance(value, np.ndarray | list | tuple | range):
        raise _wrong_type(value)
    try:
        raw = np.asarray(value)
    except ValueError as error:
        raise problem("array-shape", "the rows of the nested list differ in length") from error
    if raw.dtype.kind not in "iufb":
        raise problem("not-a-number", f"the array holds {raw.ravel()[0]!r} where a number must stand")
    return raw.astype(np.float64)


def _wrong_type(value: object) -> FormulationError:
    return problem(
        "wrong-type",
        f"a value can't be {_described(value)}",
        repair="bind a path, a data frame, a mapping, an array, a list, a number or a label",
    )


def _described(value: object) -> str:
    text = repr(value)
    return f"{text[:40]}{'...' if len(text) > 40 else ''} ({type(value).__name__})"
