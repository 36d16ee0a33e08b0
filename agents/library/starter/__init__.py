"""The insights that ship with steepest, each proven on its own problem (docs/library-starter.md)."""

from importlib.resources import files

from steepest.agents.library.exchange.files import read_parcel
from steepest.agents.library.exchange.parcels import Parcel

__all__ = ["starter"]


def starter() -> Parcel:
    """The starter's insights and labels, to be brought into a library (`bring_in`)."""
    text = files(__name__).joinpath("insights.json").read_text(encoding="utf-8")
    return read_parcel(text, "the starter library")
