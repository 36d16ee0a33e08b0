"""What is known of a data set."""

import re

from steepest.evals.datasets.formats import FORMATS
from steepest.evals.datasets.manifests import known_sets, manifest_of
from steepest.evals.problems import Problem


def problems(count: int, **fields: object) -> list[Problem]:
    return [Problem.model_validate({"id": f"p/{i}", "question": "q", "answer": i, **fields}) for i in range(count)]


def test_problems_are_counted_by_status_type_group_and_note() -> None:
    some = [
        *problems(2, type="LP", group="a"),
        Problem(id="x", question="q", status="infeasible", notes="checked"),
        Problem(id="y", question="q", status="optimal", answer=1, type="IP"),
    ]
    manifest = manifest_of("pots", "pots.jsonl", "unified", "00", some)
    assert manifest.statuses == {"optimal": 3, "infeasible": 1}
    assert manifest.types == {"LP": 2, "IP": 1, "none": 1}
    assert (manifest.problems, manifest.groups, manifest.with_notes) == (4, 3, 1)
    assert (manifest.title, manifest.variant, manifest.license, manifest.remarks) == ("", "", "", ())


def test_a_published_set_is_known_by_its_native_file_or_by_what_its_records_say() -> None:
    native = manifest_of("OptMATH_Bench", "OptMATH_Bench.json", "orlm", "00", problems(5))
    assert native.title == "OptMATH-Bench"
    unified = manifest_of("half", "half.jsonl", "unified", "00", problems(5, dataset="nl4opt-e"))
    assert unified.variant == "labels by OptiBench's authors"
    assert unified.size == 289
    part = manifest_of("bwor.dev", "bwor.dev.jsonl", "unified", "00", problems(5, dataset="bwor", license="mine"))
    assert (part.license, part.commit) == ("mine", known_sets()["bwor"].commit)


def test_a_file_that_only_has_the_name_of_a_published_set_is_not_taken_for_it() -> None:
    assert manifest_of("optibench", "optibench.json", "mamo", "00", problems(5)).title == ""
    assert manifest_of("logior", "logior.jsonl", "unified", "00", problems(5, dataset="mine")).title == ""
    assert manifest_of("complexor", "complexor.jsonl", "plain", "00", problems(19)).title == ""


def test_the_same_name_in_two_formats_is_two_editions() -> None:
    editions = {manifest_of("nl4opt", "", format, "00", problems(5)).title for format in ("orlm", "lpwp")}
    assert editions == {"NL4OPT, ORLM edition", "NL4OPT, Chain-of-Experts edition"}


def test_several_sources_are_listed() -> None:
    some = [*problems(1, source="b"), *problems(1, source="a")]
    assert manifest_of("pots", "", "unified", "00", some).source == "a, b"


def test_the_reference_says_which_problems_were_asked() -> None:
    reference = manifest_of("bwor", "data/bwor.json", "orlm", "abc", problems(2)).reference
    assert reference.model_dump() == {
        "name": "bwor",
        "path": "data/bwor.json",
        "sha256": "abc",
        "problems": 2,
        "format": "orlm",
        "variant": "labels by BWOR's authors",
        "license": "unstated",
    }


def test_the_table_of_known_sets_is_whole() -> None:
    for name, known in known_sets().items():
        assert known.format in FORMATS, name
        assert known.size > 0
        assert re.fullmatch("[0-9a-f]{12}", known.commit), name
        assert all(file == file.lower() for file in known.files)
