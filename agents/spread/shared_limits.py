"""One rate limit and one budget for the models of all workers.

A model that travels to a worker leaves its limit and its budget at home (`SharedLimits.replace`) and takes along what
asks for them: a slot or a reservation is a connection to the process that keeps them, and comes back when it is given
back or when the connection ends, as it does when a worker dies.
"""

import asyncio
import contextlib
import hmac
import itertools
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from steepest.agents.llm.budget import Budget, Reservation
from steepest.agents.llm.chat import ChatReply, Usage
from steepest.agents.llm.errors import BudgetExceeded, Failure, LLMError, PriceUnknown, ProviderError
from steepest.agents.llm.limits import AdaptiveLimit

__all__ = ["RemoteBudget", "RemoteLimit", "SharedLimits"]

_SECONDS = 30.0
"""For an answer that needs no waiting."""


class Address(NamedTuple):
    """Where the limits are kept, and the word that opens the door."""

    host: str
    port: int
    word: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Wish(_Line):
    """A worker's first line: what it wants."""

    word: str
    number: int
    money: Decimal | None = None
    tokens: int = 0
    model: str = ""
    is_charge: bool = False


class _Leave(_Line):
    """The answer."""

    refused: Literal["", "BudgetExceeded", "PriceUnknown"] = ""
    why: str = ""


class _End(_Line):
    """A worker's last line: how the call went."""

    kind: Failure | None = None
    answered: bool = False
    read: int | None = None
    written: int | None = None
    cost: Decimal | None = None


class SharedLimits:
    """Keeps limits and budgets for workers; begins to listen when the first of them travels.

    Args:
        host: Address of this machine that the workers reach.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._word = secrets.token_hex(32)
        self._kept: list[AdaptiveLimit | Budget] = []
        self._lock = threading.Lock()
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closing: asyncio.Event | None = None

    def replace(self, thing: Any) -> Any:
        """What travels in the place of a limit or budget (`shipping.packed`)."""
        if isinstance(thing, AdaptiveLimit):
            return RemoteLimit, (self._address(), self._number(thing))
        if isinstance(thing, Budget):
            return RemoteBudget, (self._address(), self._number(thing))
        return NotImplemented

    def close(self) -> None:
        """Listen no more; what was lent comes back."""
        with self._lock:
            if self._loop is not None and self._closing is not None and self._thread is not None:
                self._loop.call_soon_threadsafe(self._closing.set)
                self._thread.join()
            self._thread = self._loop = None

    def _number(self, thing: AdaptiveLimit | Budget) -> int:
        with self._lock:
            for number, kept in enumerate(self._kept):
                if kept is thing:
                    return number
            self._kept.append(thing)
            return len(self._kept) - 1

    def _address(self) -> Address:
        with self._lock:
            if self._thread is None:
                listens = threading.Event()
                self._thread = threading.Thread(
                    target=lambda: asyncio.run(self._listen(listens)), name="steepest-limits", daemon=True
                )
                self._thread.start()
                listens.wait(_SECONDS)
            return Address(self._host, self._port, self._word)

    async def _listen(self, listens: threading.Event) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, self._host, 0)
        self._port = server.sockets[0].getsockname()[1]
        listens.set()
        await self._closing.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(
                ValueError, ConnectionError, asyncio.CancelledError
            ):  # no worker, or one that died
                wish = _Wish.model_validate_json(await reader.readline())
                if hmac.compare_digest(wish.word.encode(), self._word.encode()):
                    kept = self._kept[wish.number]
                    lend = _lend_slot(kept, reader, writer) if isinstance(kept, AdaptiveLimit) else None
                    await (lend or _lend_money(kept, wish, reader, writer))  # type: ignore[arg-type]
        finally:
            writer.close()


async def _lend_slot(limit: AdaptiveLimit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    ending = asyncio.ensure_future(reader.readline())
    getting = asyncio.ensure_future(limit.acquire())
    try:
        await asyncio.wait({ending, getting}, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done():  # the worker has given up, or is dead
            return
        outcome: ChatReply | ProviderError | None = None
        try:
            _say(writer, _Leave())
            outcome = _outcome(await ending)
        finally:
            limit.release(getting.result(), outcome)
    finally:
        getting.cancel()
        ending.cancel()


async def _lend_money(budget: Budget, wish: _Wish, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if wish.is_charge:
        budget.charge(wish.money or Decimal(0), wish.tokens)
        _say(writer, _Leave())
        return
    try:
        reservation = budget.reserve(wish.money, wish.tokens, wish.model)
    except (BudgetExceeded, PriceUnknown) as error:
        refused: Literal["BudgetExceeded", "PriceUnknown"] = (
            "PriceUnknown" if isinstance(error, PriceUnknown) else "BudgetExceeded"
        )
        _say(writer, _Leave(refused=refused, why=str(error)))
        return
    reply: ChatReply | None = None
    try:
        _say(writer, _Leave())
        outcome = _outcome(await reader.readline())
        reply = outcome if isinstance(outcome, ChatReply) else None
    finally:
        budget.settle(reservation, reply)


def _outcome(line: bytes) -> ChatReply | ProviderError | None:
    """How a call went; None if its worker died over it."""
    if not line.endswith(b"\n"):
        return None
    said = _End.model_validate_json(line)
    if said.answered:
        usage = Usage(input_tokens=said.read, output_tokens=said.written)
        return ChatReply(text="", usage=usage, cost=said.cost, model="", provider="")
    return None if said.kind is None else ProviderError("", kind=said.kind)


def _say(writer: asyncio.StreamWriter, line: _Line) -> None:
    writer.write(_written(line))


def _written(line: _Line) -> bytes:
    return line.model_dump_json(exclude_defaults=True).encode() + b"\n"


def _end_of(outcome: ChatReply | ProviderError | None) -> _End:
    if isinstance(outcome, ChatReply):
        usage = outcome.usage
        return _End(answered=True, read=usage.input_tokens, written=usage.output_tokens, cost=outcome.cost)
    return _End(kind=outcome.kind if outcome is not None else None)


class RemoteLimit:
    """A limit of calls at once that another process keeps (`limits.CallLimit`)."""

    def __init__(self, address: Address, number: int) -> None:
        self._address = Address(*address)
        self._number = number
        self._lent: dict[int, asyncio.StreamWriter] = {}
        self._numbers = itertools.count()

    def __reduce__(self) -> tuple[type["RemoteLimit"], tuple[Address, int]]:
        return RemoteLimit, (self._address, self._number)

    async def acquire(self) -> int:
        """Wait for a slot; the number must be handed to `release`.

        Raises:
            LLMError: The process that keeps the limit is gone.
        """
        with _told():
            reader, writer = await asyncio.open_connection(self._address.host, self._address.port)
            try:
                writer.write(_written(_Wish(word=self._address.word, number=self._number)))
                if not await reader.readline():
                    raise ConnectionError("it hung up")
            except BaseException:
                writer.close()
                raise
        number = next(self._numbers)
        self._lent[number] = writer
        return number

    def release(self, era: int, outcome: ChatReply | ProviderError | None) -> None:
        """Give the slot back and tell how the call went."""
        writer = self._lent.pop(era)
        writer.write(_written(_end_of(outcome)))
        writer.close()


@dataclass(frozen=True)
class _Lent(Reservation):
    """A reservation that another process keeps."""

    number: int = 0


class RemoteBudget:
    """A budget that another process keeps, for `Budgeted` models."""

    def __init__(self, address: Address, number: int) -> None:
        self._address = Address(*address)
        self._number = number
        self._lent: dict[int, socket.socket] = {}
        self._numbers = itertools.count()

    def __reduce__(self) -> tuple[type["RemoteBudget"], tuple[Address, int]]:
        return RemoteBudget, (self._address, self._number)

    def __repr__(self) -> str:
        return "RemoteBudget()"

    def reserve(self, money: Decimal | None, tokens: int, model: str) -> Reservation:
        """Set aside what a call of `model` can take at most.

        Raises:
            BudgetExceeded: The limit would be passed.
            PriceUnknown: There is a limit in money and the price is unknown.
            LLMError: The process that keeps the budget is gone.
        """
        lent = _Lent(money or Decimal(0), tokens, next(self._numbers))
        self._lent[lent.number] = self._asked(money=money, tokens=tokens, model=model)
        return lent

    def settle(self, reservation: Reservation, reply: ChatReply | None) -> None:
        """Replace a reservation by what the call took; None when it failed and nothing is charged."""
        if isinstance(reservation, _Lent):
            with self._lent.pop(reservation.number) as connection, _told():
                connection.sendall(_written(_end_of(reply)))

    def charge(self, money: Decimal, tokens: int) -> None:
        """Count what was spent elsewhere."""
        self._asked(money=money, tokens=tokens, is_charge=True).close()

    def _asked(self, **wish: Any) -> socket.socket:
        """A connection on which the wish is granted."""
        with _told(), contextlib.ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection(self._address[:2], timeout=_SECONDS))
            connection.sendall(_written(_Wish(word=self._address.word, number=self._number, **wish)))
            leave = _Leave.model_validate_json(_line_from(connection))
            if leave.refused:
                raise (BudgetExceeded if leave.refused == "BudgetExceeded" else PriceUnknown)(leave.why)
            stack.pop_all()
            return connection


def _line_from(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = connection.recv(4096)
        if not part:
            raise ConnectionError("it hung up")
        line += part
    return line


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LLMError(
            f"the process that keeps the limits of the models for all workers can't be reached ({error}): it has "
            "ended, or no connection leads there from this machine"
        ) from error
