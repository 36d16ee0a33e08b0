"""How a model goes from the process that ran foreign code to the one that solves it: numbers and names, nothing else.

A packet is a fixed prefix, a short JSON header that says how long each array is, the arrays as raw little-endian
numbers, and the names. The reader takes it for the claim of a hostile writer: it counts before it reads, and allocates
nothing by a number that the length of the packet does not bear out.
"""

import struct
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.errors import SteepestError
from steepest.solvers.backends.array_model import Hessian, NamedModel
from steepest.solvers.backends.expression_model import BINARY, LEAVES, ExpressionModel, Expressions, Operator
from steepest.solvers.vectorized.scatter import Numbers

MAGIC = b"STEEPEST"
VERSION = 1
LONGEST_HEADER = 4096
LONGEST_NAME = 4096
"""Characters of one name."""
MOST = 2**31 - 1
"""Of anything: a solver counts in 32 bits."""

_PREFIX = struct.Struct("<8sHI")
_SEPARATOR = "\0"

Model = NamedModel | ExpressionModel
Count = Annotated[int, Field(ge=0, le=MOST)]


class HandoverError(SteepestError):
    """A packet is no model; the text says which part of it is wrong."""


class _Header(BaseModel):
    """How long the parts of a packet are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    form: Literal["arrays", "expressions"]
    sense: Literal["minimize", "maximize"]
    columns: Count
    rows: Count
    nonzeros: Count
    quadratic: Count
    """Entries of the Hessian; 0 for none."""
    nodes: Count
    constants: Count
    added: Count
    """Columns that are no variables of the author's."""
    names: Count
    """Bytes of all names."""

    @property
    def layout(self) -> list[tuple[str, str, int]]:
        """Name, type and length of each array, in their order."""
        arrays = [
            ("offset", "<f8", 1),
            ("cost", "<f8", self.columns),
            ("lower", "<f8", self.columns),
            ("upper", "<f8", self.columns),
            ("types", "<i4", self.columns),
            ("row_starts", "<i4", self.rows + 1),
            ("row_columns", "<i4", self.nonzeros),
            ("row_coefficients", "<f8", self.nonzeros),
            ("row_lower", "<f8", self.rows),
            ("row_upper", "<f8", self.rows),
            ("added", "<i4", self.added),
        ]
        if self.quadratic:
            arrays += [
                ("hessian_starts", "<i4", self.columns + 1),
                ("hessian_rows", "<i4", self.quadratic),
                ("hessian_values", "<f8", self.quadratic),
            ]
        if self.form == "expressions":
            arrays += [
                ("starts", "<i4", self.rows + 2),
                ("operators", "|u1", self.nodes),
                ("operands", "<i4", self.nodes),
                ("constant_values", "<f8", self.constants),
            ]
        return arrays

    @property
    def bytes(self) -> int:
        """What has to follow the header."""
        return sum(np.dtype(kind).itemsize * length for _, kind, length in self.layout) + self.names


# Writing


def pack(model: Model) -> bytes:
    """A model as one packet; whether it is a sound one is for the reader to find out."""
    linear = model.linear if isinstance(model, ExpressionModel) else model
    expressions = model.expressions if isinstance(model, ExpressionModel) else None
    names = _joined(linear)
    hessian = linear.hessian if linear.hessian is not None and len(linear.hessian.values) else None
    header = _Header(
        form="arrays" if expressions is None else "expressions",
        sense=linear.sense,
        columns=linear.columns,
        rows=linear.rows,
        nonzeros=linear.nonzeros,
        quadratic=len(hessian.values) if hessian is not None else 0,
        nodes=len(expressions.operators) if expressions is not None else 0,
        constants=len(expressions.constants) if expressions is not None else 0,
        added=len(linear.added_columns),
        names=len(names),
    )
    arrays = _arrays(linear, hessian, expressions)
    body = [np.ascontiguousarray(arrays[name], kind).tobytes() for name, kind, _ in header.layout]
    text = header.model_dump_json().encode()
    return b"".join([_PREFIX.pack(MAGIC, VERSION, len(text)), text, *body, names])


def _arrays(
    linear: NamedModel, hessian: Hessian | None, expressions: Expressions | None
) -> dict[str, npt.NDArray[np.generic]]:
    names = ("cost", "lower", "upper", "types", "row_starts", "row_columns", "row_coefficients")
    arrays = {name: getattr(linear, name) for name in (*names, "row_lower", "row_upper")}
    arrays |= {"offset": np.array([linear.offset]), "added": np.array(linear.added_columns, np.int32)}
    if hessian is not None:
        arrays |= {"hessian_starts": hessian.starts, "hessian_rows": hessian.rows, "hessian_values": hessian.values}
    if expressions is not None:
        arrays |= {"starts": expressions.starts, "operators": expressions.operators}
        arrays |= {"operands": expressions.operands, "constant_values": expressions.constants}
    return arrays


def _joined(linear: NamedModel) -> bytes:
    cleaned = [name.replace(_SEPARATOR, " ") for name in (*linear.column_names, *linear.row_names)]
    return _SEPARATOR.join(cleaned).encode(errors="replace")


# Reading


def unpack(packet: bytes) -> Model:
    """The model of a packet.

    Raises:
        HandoverError: The packet is none, or what it holds is no model; nothing else is ever raised.
    """
    header, begin = _header(packet)
    if len(packet) - begin != header.bytes:
        raise HandoverError(
            f"the packet has {len(packet) - begin} bytes of content, its header speaks of {header.bytes}"
        )
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, kind, length in header.layout:
        read = np.frombuffer(packet, kind, length, begin)
        arrays[name] = read.astype(read.dtype.newbyteorder("="))  # a copy: the packet's numbers lie at odd addresses
        begin += read.nbytes
    reader = _Reader(header, arrays)
    linear = reader.linear(_names(packet[begin:], header))
    return linear if header.form == "arrays" else ExpressionModel(linear, reader.expressions())


def _header(packet: bytes) -> tuple[_Header, int]:
    if len(packet) < _PREFIX.size:
        raise HandoverError("the packet is too short to be a model")
    magic, version, length = _PREFIX.unpack_from(packet)
    if magic != MAGIC or version != VERSION:
        raise HandoverError("the packet is no model of this version")
    end = _PREFIX.size + length
    if length > LONGEST_HEADER or end > len(packet):
        raise HandoverError("the packet's header is too long")
    try:
        return _Header.model_validate_json(packet[_PREFIX.size : end]), end
    except ValidationError as error:
        raise HandoverError("the packet's header is not what it has to be") from error


def _names(content: bytes, header: _Header) -> list[str]:
    """The names of the columns, then of the rows."""
    count = header.columns + header.rows
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise HandoverError("the names are no text") from error
    if text.count(_SEPARATOR) != max(count - 1, 0) or (not count and text):
        raise HandoverError("there are not as many names as variables and constraints")
    names = text.split(_SEPARATOR) if count else []
    if max(map(len, names), default=0) > LONGEST_NAME:
        raise HandoverError(f"a name is longer than {LONGEST_NAME} characters")
    if len(set(islice(names, header.columns))) != header.columns:
        raise HandoverError("two variables have the same name")
    return names


@dataclass(frozen=True, eq=False)
class _Reader:
    """Takes a model out of arrays of the right lengths and any content."""

    header: _Header
    arrays: dict[str, npt.NDArray[np.generic]]

    def linear(self, names: list[str]) -> NamedModel:
        """The arrays and names as a model."""
        columns, nonzeros = self.header.columns, self.header.nonzeros
        lower, upper = self._bounds("lower", "upper")
        row_lower, row_upper = self._bounds("row_lower", "row_upper")
        types = self._integers("types", 0, 1)
        starts = self._starts("row_starts", nonzeros)
        row_columns = self._integers("row_columns", 0, columns - 1)
        _require_distinct("row", starts, row_columns, columns)
        return NamedModel(
            sense=self.header.sense,
            offset=float(self._finite("offset")[0]),
            cost=self._finite("cost"),
            lower=lower,
            upper=upper,
            types=types,
            row_starts=starts,
            row_columns=row_columns,
            row_coefficients=self._finite("row_coefficients"),
            row_lower=row_lower,
            row_upper=row_upper,
            hessian=self._hessian(),
            row_names=tuple(names[columns:]),
            column_names=tuple(names[:columns]),
            added_columns=self._added(),
        )

    def expressions(self) -> Expressions:
        """The expressions of the objective and of each row."""
        if self.header.quadratic:
            raise HandoverError("a model in expression form has no quadratic arrays")
        starts = self._starts("starts", self.header.nodes)
        operators = np.asarray(self.arrays["operators"], np.uint8)
        operands = np.asarray(self.arrays["operands"], np.int32)
        _require_operands(operators, operands, self.header.columns, self.header.constants)
        _require_stack(starts, operators, operands)
        return Expressions(starts, operators, operands, self._finite("constant_values"))

    def _added(self) -> tuple[int, ...]:
        added = self._integers("added", 0, self.header.columns - 1)
        if (added[1:] <= added[:-1]).any():
            raise HandoverError("the array `added` does not rise")
        return tuple(added.tolist())

    def _hessian(self) -> Hessian | None:
        if not self.header.quadratic:
            return None
        columns = self.header.columns
        starts = self._starts("hessian_starts", self.header.quadratic)
        rows = self._integers("hessian_rows", 0, columns - 1)
        if (rows < np.repeat(np.arange(columns), np.diff(starts))).any():
            raise HandoverError("the quadratic objective has an entry above the diagonal")
        _require_distinct("column of the quadratic objective", starts, rows, columns)
        return Hessian(starts, rows, self._finite("hessian_values"), "the objective")

    def _finite(self, name: str) -> Numbers:
        numbers = np.asarray(self.arrays[name], np.float64)
        if not np.isfinite(numbers).all():
            raise HandoverError(f"the array `{name}` holds a number that is not finite")
        return numbers

    def _bounds(self, low: str, high: str) -> tuple[Numbers, Numbers]:
        lower, upper = np.asarray(self.arrays[low], np.float64), np.asarray(self.arrays[high], np.float64)
        if np.isnan(lower).any() or np.isnan(upper).any() or (lower == np.inf).any() or (upper == -np.inf).any():
            raise HandoverError(f"the arrays `{low}` and `{high}` hold a bound that is none")
        return lower, upper

    def _integers(self, name: str, least: int, most: int) -> npt.NDArray[np.int32]:
        numbers = np.asarray(self.arrays[name], np.int32)
        if ((numbers < least) | (numbers > most)).any():
            raise HandoverError(f"the array `{name}` holds a number outside {least} to {most}")
        return numbers

    def _starts(self, name: str, end: int) -> npt.NDArray[np.int32]:
        starts = np.asarray(self.arrays[name], np.int32)
        if starts[0] != 0 or starts[-1] != end or (starts[1:] < starts[:-1]).any():
            raise HandoverError(f"the array `{name}` does not rise from 0 to {end}")
        return starts


def _require_distinct(what: str, starts: npt.NDArray[np.int32], members: npt.NDArray[np.int32], columns: int) -> None:
    """No index may occur twice between two starts."""
    owners = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
    places = np.sort(owners * columns + members)
    if (places[1:] == places[:-1]).any():
        raise HandoverError(f"a {what} names a variable twice")


def _require_operands(
    operators: npt.NDArray[np.uint8], operands: npt.NDArray[np.int32], columns: int, constants: int
) -> None:
    """Every operator is known, and its operand within what it counts."""
    if (operators > max(Operator)).any():
        raise HandoverError("an expression has an unknown operator")
    least = np.where(operators == Operator.SUM, 1, 0)
    most = np.zeros(len(operators), np.int64)
    most[operators == Operator.VARIABLE] = columns - 1
    most[operators == Operator.CONSTANT] = constants - 1
    most[operators == Operator.SUM] = MOST
    if ((operands < least) | (operands > most)).any():
        raise HandoverError("an expression names a variable or constant that there is not")


def _require_stack(
    starts: npt.NDArray[np.int32], operators: npt.NDArray[np.uint8], operands: npt.NDArray[np.int32]
) -> None:
    """Every operator finds as many operands as it takes, and each expression that has nodes leaves one value.

    An operator that leaves at least one value on the stack of its own expression had all the operands that it takes.
    """
    change = np.zeros(len(operators), np.int64)
    change[np.isin(operators, LEAVES)] = 1
    change[np.isin(operators, BINARY)] = -1
    sums = operators == Operator.SUM
    change[sums] = 1 - operands[sums].astype(np.int64)
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(change)])
    before = np.repeat(total[starts[:-1]], np.diff(starts))
    filled = starts[1:] > starts[:-1]
    left = total[starts[1:]] - total[starts[:-1]]
    if (total[1:] - before < 1).any() or (left[filled] != 1).any():
        raise HandoverError("an expression is incomplete")
