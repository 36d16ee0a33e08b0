"""Carries out what a turn wants, each kind of it in a function of its own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from steepest.agents.chat import intents
from steepest.agents.chat.turns.changing import change
from steepest.agents.chat.turns.files import attach, export, upload
from steepest.agents.chat.turns.looking import compare, discuss, go_to, list_commands, name, redo, show, undo
from steepest.agents.chat.turns.questioning import alternatives, limits, test, why
from steepest.agents.chat.turns.rewriting import rewrite
from steepest.agents.chat.turns.stating import reply, revise, state
from steepest.agents.chat.work import Work

__all__ = ["carry_out"]

_TURNS: Mapping[type[intents.Intent], Callable[[Any, Work], Awaitable[None]]] = {
    intents.Problem: state,
    intents.Reply: reply,
    intents.Revise: revise,
    intents.Change: change,
    intents.Rewrite: rewrite,
    intents.Why: why,
    intents.Limits: limits,
    intents.Alternatives: alternatives,
    intents.Test: test,
    intents.Attach: attach,
    intents.Upload: upload,
    intents.Export: export,
    intents.Undo: undo,
    intents.Redo: redo,
    intents.GoTo: go_to,
    intents.Name: name,
    intents.Compare: compare,
    intents.Show: show,
    intents.Discuss: discuss,
    intents.Help: list_commands,
}


async def carry_out(intent: intents.Intent, work: Work) -> None:
    """Carry out what a turn wants; what comes of it are events.

    Raises:
        SteepestError: It can't be done; what happened before is kept.
    """
    await _TURNS[type(intent)](intent, work)
