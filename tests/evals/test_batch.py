import asyncio
from pathlib import Path

import pytest

from steepest.agents.llm import FunctionModel
from steepest.errors import InputError
from steepest.evals import batch as batch_module
from steepest.evals.batch import Batch, carry_out
from steepest.evals.datasets.dataset import Dataset, load_dataset
from steepest.evals.progress import Event, RunStarted, SampleFinished
from steepest.evals.specification import Selection
from steepest.evals.stores.places import open_run
from tests.evals.runs_for_tests import problem

NOBODY = FunctionModel(lambda request: "status: optimal\nobjective: 12.5", name="nobody")


@pytest.fixture
def kiosks(tmp_path: Path) -> Dataset:
    path = tmp_path / "kiosks.jsonl"
    asked = [problem(f"kiosks/{number}", answer=12.5 if number % 2 else 13.0) for number in range(6)]
    path.write_text("".join(each.model_dump_json() + "\n" for each in asked))
    return load_dataset(path)


def carried_out(batch: Batch, place: Path) -> tuple[str, list[Event]]:
    events: list[Event] = []
    end = asyncio.run(carry_out(batch, place, events.append))
    return end.reason, events


def test_a_batch_is_asked_graded_and_kept(kiosks: Dataset, tmp_path: Path) -> None:
    batch = Batch(datasets=[kiosks], method="direct", model=NOBODY, profiles=["orlm"])
    reason, events = carried_out(batch, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert reason == "done"
    assert isinstance(events[0], RunStarted)
    assert sum(isinstance(event, SampleFinished) for event in events) == 6
    assert [sample.is_correct for sample in run.samples()] == [False, True] * 3
    assert [grade.profile for sample in run.samples() for grade in sample.grades] == ["strict", "orlm"] * 6
    specification = run.specification()
    assert (specification.model, specification.method, specification.profiles) == (
        "nobody",
        "direct",
        ("strict", "orlm"),
    )


def test_a_second_start_does_only_what_is_missing(kiosks: Dataset, tmp_path: Path) -> None:
    small = Batch(datasets=[kiosks], method="direct", model=NOBODY, selection=Selection(limit=2))
    carried_out(small, tmp_path / "run")
    _, events = carried_out(Batch(datasets=[kiosks], method="direct", model=NOBODY), tmp_path / "run")
    assert sum(isinstance(event, SampleFinished) for event in events) == 4


def test_shards_ask_different_problems_of_one_selection(kiosks: Dataset) -> None:
    parts = [Batch(datasets=[kiosks], method="direct", model="x", selection=Selection(shard=(n, 2))) for n in (1, 2)]
    ids = [{each.id for each in part.selected()} for part in parts]
    assert ids[0] | ids[1] == {each.id for each in kiosks.problems}
    assert not ids[0] & ids[1]
    assert len(parts[0].selected(all_shards=True)) == 6


def test_an_object_does_not_travel_to_a_cluster(kiosks: Dataset, tmp_path: Path) -> None:
    batch = Batch(datasets=[kiosks], method="direct", model=NOBODY, engine="ray")
    with pytest.raises(InputError, match="have to be named"):
        carried_out(batch, tmp_path / "run")


def test_a_local_model_without_its_library_is_refused_before_the_start(
    kiosks: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="needs xllamacpp: pip install"):
        carried_out(Batch(datasets=[kiosks], method="direct", model="local"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_another_method_is_refused_in_the_same_folder(kiosks: Dataset, tmp_path: Path) -> None:
    carried_out(Batch(datasets=[kiosks], method="direct", model=NOBODY), tmp_path / "run")
    with pytest.raises(InputError, match="method"):
        carried_out(Batch(datasets=[kiosks], method="five", model=NOBODY), tmp_path / "run")
