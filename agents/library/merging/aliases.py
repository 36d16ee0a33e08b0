"""Whether a label that a model made up is another name of one that is known, asked once for each.

AlphaOPT's shipped dictionary has "Unit Inconsistency" beside "Unit Conversion & Consistency", and "Flow Conservation"
twice, since nobody asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.library.drafts import first_error, is_none, spoken
from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.events import Change
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.agents.library.learning.extraction import Extracted
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.errors import InputError
from steepest.prompts import OutputForm, load_prompt

__all__ = ["Settled", "alias_of", "settle_labels"]

_NEAREST = 10
"""Labels that a new one is compared with."""
_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 100, "json": 2_000}
_REPAIRS = 1


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    same: str


@dataclass(frozen=True)
class Settled:
    """What was extracted, under labels that are known or really new."""

    extracted: Extracted
    changes: tuple[Change, ...] = ()
    """Known labels with their new names; nothing is written."""


async def settle_labels(
    extracted: Extracted, taxonomy: Taxonomy, model: ChatModel, embedder: Embedder, *, sample: int = 0
) -> Settled:
    """Put what is under another name of a known label under that label.

    Args:
        extracted: Insights, and what their new labels mean.
        taxonomy: The labels that are known.
        model: Says what means the same.
        embedder: Of the search for labels that may.
        sample: Tells repeated questions apart.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    meanings = {each.label.key: each for each in extracted.definitions}
    labels = dict.fromkeys(label for each in extracted.insights for label in each.labels)
    names: dict[str, Definition] = {}
    for label in labels:
        if taxonomy.find(label) is None:
            new = meanings.get(label.key, Definition(label=label))
            found = await alias_of(new, taxonomy, model, embedder, sample=sample)
            names.update({label.key: found} if found is not None else {})
    insights = tuple(_under(each, names) for each in extracted.insights)
    definitions = tuple(each for each in extracted.definitions if each.label.key not in names)
    changes = tuple(_named(found, labels, names) for found in _distinct(names.values()))
    return Settled(replace(extracted, insights=insights, definitions=definitions), changes)


async def alias_of(
    new: Definition, taxonomy: Taxonomy, model: ChatModel, embedder: Embedder, *, sample: int = 0
) -> Definition | None:
    """The known label that a new one is another name of, as a model says; None if it is of none.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    near = nearest(new, taxonomy, embedder)
    if not near:
        return None
    form = form_of(model)
    known = {each.label.key: each for each in near}
    prompt = load_prompt(f"label_words_{form}").render(
        label=as_data(_line(new)), labels=[as_data(_line(each)) for each in near]
    )

    def read(text: str) -> Definition | None:
        said = _read_json(text).same.strip() if form == "json" else _first_label(spoken(text))
        if not said:
            return None
        found = known.get(_parsed(said.partition(":")[0]).key)
        if found is None:
            raise UnusableReply("this label is not among the known ones: copy one word for word, or answer none")
        return found

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form], repairs=_REPAIRS)
    return asked.value


def nearest(new: Definition, taxonomy: Taxonomy, embedder: Embedder, most: int = _NEAREST) -> list[Definition]:
    """The known labels that may mean the same, those of the same track and level 1 and the nearest in words first."""
    known = [each for each in taxonomy.definitions.values() if each.label.key != new.label.key]
    if not known:
        return []
    vectors = embedder.embed([_words(each) for each in (new, *known)])
    cosines = vectors[1:] @ vectors[0]
    place = _place(new.label)
    ranked = zip(known, cosines.tolist(), strict=True)
    ordered = sorted(ranked, key=lambda each: (_place(each[0].label) != place, -each[1], each[0].label.key))
    return [each for each, _ in ordered[:most]]


def _place(label: Label) -> tuple[str, str]:
    return label.track.casefold(), label.level1.casefold()


def _words(definition: Definition) -> str:
    label = definition.label
    return f"{label.level2} {label.level1}: {definition.definition or definition.condition}"


def _line(definition: Definition) -> str:
    return " ".join(f"{definition.label}: {definition.definition or definition.condition}".split()).rstrip(": ")


def _under(insight: Insight, names: Mapping[str, Definition]) -> Insight:
    """An insight under the known labels that its own are other names of."""
    labels = {label.key: label for label in (_label_of(each, names) for each in insight.labels)}
    return insight.model_copy(update={"labels": tuple(labels.values())})


def _label_of(label: Label, names: Mapping[str, Definition]) -> Label:
    return names[label.key].label if label.key in names else label


def _distinct(definitions: Iterable[Definition]) -> list[Definition]:
    return list({each.label.key: each for each in definitions}.values())


def _named(kept: Definition, labels: Iterable[Label], names: Mapping[str, Definition]) -> Change:
    """The change that gives a known label its new names."""
    new = [label for label in labels if label.key in names and names[label.key].label.key == kept.label.key]
    aliases = tuple(dict.fromkeys((*kept.aliases, *new)))
    told = ", ".join(str(each) for each in new)
    return Change(
        kind="label",
        definitions={kept.label.key: kept.model_copy(update={"aliases": aliases})},
        reason=f"{told} means the same as {kept.label}",
    )


def _read_json(text: str) -> _Reply:
    try:
        return _Reply.model_validate(json_object(text, ("same",)))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def _first_label(text: str) -> str:
    """The first line that holds a label; empty if the reply says that there is none."""
    line = next((each.strip(" -*`\t") for each in text.splitlines() if ">" in each), "")
    if not line and not is_none(text):
        raise UnusableReply("it names no label: copy one word for word, or answer: none")
    return line


def _parsed(text: str) -> Label:
    try:
        return Label.parse(text)
    except InputError as error:
        raise UnusableReply(str(error)) from error
