"""The labels that a library without any begins with."""

import tomllib
from importlib.resources import files

from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.library import Library

__all__ = ["begin_labels", "starting_labels"]


def starting_labels() -> list[Definition]:
    """Few enough to be shown to a model whole, given by people, and more grow below them by experience."""
    tracks = tomllib.loads(files(__package__).joinpath("starting_labels.toml").read_text("utf-8"))
    return [
        Definition(label=Label(track, level1, level2), definition=meaning, is_given=True)
        for track, levels in tracks.items()
        for level1, labels in levels.items()
        for level2, meaning in labels.items()
    ]


def begin_labels(library: Library) -> None:
    """Give a library that offers no label to models some to begin with.

    Raises:
        LibraryError: It can't be written.
    """
    with library.store.alone():
        if not library.taxonomy().offered:
            library.define(starting_labels(), "labels to begin with")
