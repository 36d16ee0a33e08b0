"""Runs that ask an experience library: the same one to their end, whatever becomes of it meanwhile."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import LibraryError
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.errors import InputError
from steepest.evals.batch import Batch, carry_out
from steepest.evals.datasets.dataset import Dataset, load_dataset
from steepest.evals.libraries import library_copy, library_of_run
from steepest.evals.methods import method_settings, open_method
from steepest.evals.samples import Sample
from steepest.evals.specification import LibraryReference, Selection
from steepest.evals.stores.places import open_run
from tests.agents.library.insights import FLOW, insight
from tests.evals.runs_for_tests import problem

QUESTION = "A kiosk sells tea at $2.5 a cup and has 5 cups. How much can it earn?"
REPLY = """\
variables:
  tea: integer >= 0   # [cup]
maximize: 2.5 * tea   # "$2.5 a cup"
constraints:
  cups: tea <= 5   # "has 5 cups"
# insights: tea
"""


class Kiosk(FunctionModel):
    """Finds every insight good that it is shown, and cites the one about tea."""

    def __init__(self) -> None:
        super().__init__(self.say, name="kiosk")
        self.asked: list[str] = []

    def say(self, request: ChatRequest) -> str:
        self.asked.append(request.messages[-1].content)
        if "Which of it applies" in self.asked[-1]:
            ids = [line[2:].partition(":")[0] for line in self.asked[-1].splitlines() if line.startswith("- ")]
            return "\n".join(f"{name}: cups" for name in ids)
        return REPLY


@pytest.fixture
def kiosks(tmp_path: Path) -> Dataset:
    path = tmp_path / "kiosks.jsonl"
    asked = [problem(f"kiosks/{number}", f"{QUESTION} It is day {number}.") for number in range(3)]
    path.write_text("".join(each.model_dump_json() + "\n" for each in asked))
    return load_dataset(path)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "lib.db") as opened:
        opened.add([insight("tea", condition="when cups of tea are sold"), insight("x", tasks=(), status="retired")])
        yield opened


def batch(kiosks: Dataset, library: Library, model: FunctionModel | None = None, **other: object) -> Batch:
    given = {"method": "five+library", "library": library.store.place, **other}
    return Batch(datasets=[kiosks], model=model or Kiosk(), **given)


def carried_out(asked: Batch, place: Path | str) -> list[Sample]:
    end = asyncio.run(carry_out(asked, place))
    assert end.reason == "done", end
    return list(open_run(place).samples())


def test_attempts_name_the_insights_they_were_given_and_the_library_is_told_nothing(
    kiosks: Dataset, library: Library, tmp_path: Path
) -> None:
    samples = carried_out(batch(kiosks, library), tmp_path / "run")

    assert [sample.attempt.insights for sample in samples] == [("tea",)] * 3
    assert [sample.attempt.cited for sample in samples] == [("tea",)] * 3
    assert all(sample.is_correct for sample in samples)
    assert [record["step"] for record in samples[0].attempt.transcript] == ["recall", "formulate"]
    assert library.store.number() == 1
    assert library.store.vectors("hashed-ngrams-1/256/0")[0] == []


def test_place_number_settings_and_prompts_stand_in_run_json(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    carried_out(batch(kiosks, library, method_settings={"insights": 2}), tmp_path / "run")

    known = json.loads((tmp_path / "run/run.json").read_text())
    assert known["library"] == {"place": library.store.place, "number": 1}
    assert (known["method_settings"]["insights"], known["method_settings"]["embeddings"]) == (2, "hashed")
    assert {name.partition("@")[0] for name in known["prompts"]} >= {"labels_text", "applies_json", "insights_text"}


def test_a_run_goes_on_with_the_library_that_it_began_with(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    first = batch(kiosks, library, selection=Selection(limit=1))
    carried_out(first, tmp_path / "run")
    library.add([insight("more", condition="when cups of tea are sold at a kiosk")])
    library.put_status(library.entry("tea"), "retired")
    samples = carried_out(batch(kiosks, library), tmp_path / "run")

    assert [sample.attempt.insights for sample in samples] == [("tea",)] * 3
    assert open_run(tmp_path / "run").specification().library == LibraryReference(place=library.store.place, number=1)


def test_a_new_run_takes_the_library_as_it_is_now(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    library.add([insight("more", condition="when cups of tea are sold at a kiosk")])
    samples = carried_out(batch(kiosks, library), tmp_path / "run")

    assert {name for sample in samples for name in sample.attempt.insights} == {"tea", "more"}


def test_a_run_with_its_copy_goes_on_without_the_library(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    first = batch(kiosks, library, selection=Selection(limit=1))
    carried_out(first, tmp_path / "run")
    library.close()
    (tmp_path / "lib.db").unlink()

    assert len(carried_out(batch(kiosks, library), tmp_path / "run")) == 3


def test_a_library_in_postgres_is_asked_as_it_was_when_the_run_began(
    kiosks: Dataset, postgres: str, tmp_path: Path
) -> None:
    with Library.open(f"{postgres}#asked") as library:
        library.add([insight("tea", condition="when cups of tea are sold")])
        first = carried_out(batch(kiosks, library, selection=Selection(limit=1)), tmp_path / "run")
        library.put_status(library.entry("tea"), "retired")
        (tmp_path / "run/library.db").unlink()
        samples = carried_out(batch(kiosks, library), tmp_path / "run")

        assert first[0].is_correct
        assert [sample.attempt.insights for sample in samples] == [("tea",)] * 3
        assert library.store.number() == 2


def test_a_run_and_its_library_may_be_in_one_database(kiosks: Dataset, postgres: str, tmp_path: Path) -> None:
    with Library.open(f"{postgres}#shared") as library:
        library.add([insight("tea", condition="when cups of tea are sold")])
        run = f"{postgres}#run"
        assert len(carried_out(batch(kiosks, library, selection=Selection(limit=1)), run)) == 1
        library.put_status(library.entry("tea"), "retired")
        samples = carried_out(batch(kiosks, library), run)

        assert [sample.attempt.insights for sample in samples] == [("tea",)] * 3
        assert open_run(run).specification().library == LibraryReference(place=library.store.place, number=1)


def test_another_library_or_none_is_another_run(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    carried_out(batch(kiosks, library), tmp_path / "run")
    with Library.open(tmp_path / "other.db") as other, pytest.raises(InputError, match=r"library: .*lib\.db as of"):
        carried_out(batch(kiosks, other), tmp_path / "run")
    with pytest.raises(InputError, match="method: five"):
        carried_out(Batch(datasets=[kiosks], method="five", model=Kiosk()), tmp_path / "run")


def test_a_lost_copy_is_made_again_as_it_was(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    carried_out(batch(kiosks, library, selection=Selection(limit=1)), tmp_path / "run")
    library.put_status(library.entry("tea"), "retired")
    (tmp_path / "run/library.db").unlink()

    assert carried_out(batch(kiosks, library), tmp_path / "run")[2].attempt.insights == ("tea",)


def test_a_library_that_is_not_there_is_refused_before_there_is_a_run(kiosks: Dataset, tmp_path: Path) -> None:
    asked = Batch(datasets=[kiosks], method="five+library", model=Kiosk(), library=str(tmp_path / "missing.db"))

    with pytest.raises(LibraryError, match=r"missing\.db"):
        asyncio.run(carry_out(asked, tmp_path / "run"))
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "missing.db").exists()


def test_votes_ask_the_library_too(kiosks: Dataset, library: Library, tmp_path: Path) -> None:
    one = Selection(limit=1)
    method = "five+repair+library+vote"
    asked = batch(kiosks, library, Kiosk(), method=method, method_settings={"votes": 2}, selection=one)
    (sample,) = carried_out(asked, tmp_path / "run")

    assert sample.attempt.insights == ("tea",)
    assert sample.attempt.candidates == (12.5, 12.5)


def test_a_copy_holds_the_library_as_it_was(library: Library, tmp_path: Path) -> None:
    then = library.state()
    library.add([insight("y", labels=(FLOW._replace(level2="B"),))])
    library.merge_labels(FLOW, FLOW._replace(level2="B"))
    library.put_status(library.entry("tea"), "quarantined")

    with (
        library_copy(library.store.place, LibraryReference(place="lib.db", number=then.number), NoFolder()) as place,
        Library.open(place) as copy,
    ):
        now = copy.state()
        assert (now.insights, now.definitions, now.usage) == (then.insights, then.definitions, then.usage)
        assert [each.insight.id for each in copy.entries("active")] == ["tea"]
    assert not Path(place).exists()


def test_a_shorter_library_at_the_same_place_is_another_one(library: Library) -> None:
    reference = LibraryReference(place="lib.db", number=7)

    with (
        pytest.raises(InputError, match="has 1 events, and had 7"),
        library_copy(library.store.place, reference, NoFolder()),
    ):
        pass


def test_a_password_is_not_recorded(monkeypatch: pytest.MonkeyPatch, library: Library, tmp_path: Path) -> None:
    monkeypatch.setattr(Library, "open", lambda place, **_: library)
    reference = library_of_run("postgresql://ann:secret@db/x#lib", tmp_path / "run")

    assert "secret" not in reference.place


def test_a_method_and_its_library_go_together() -> None:
    assert open_method("five+library+repair", library="x").name == "five+repair+library"
    assert method_settings("five+library") == {
        "temperature": None,
        "insights": 5,
        "insight_tokens": 1500,
        "embeddings": "hashed",
    }
    with pytest.raises(InputError, match=r"five\+repair asks no library"):
        open_method("five+repair", library="x")
    with pytest.raises(InputError, match="embeddings='magic'"):
        open_method("five+library", {"embeddings": "magic"}, library="x")


class NoFolder:
    """A run that is not in a folder."""
