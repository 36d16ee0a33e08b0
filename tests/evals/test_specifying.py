"""What a run is identified by."""

import subprocess

import pytest

from steepest.evals.specification import DatasetReference, differences
from steepest.evals.specifying import build_specification


class Asking:
    name = "asking"
    prompts = ("ask@1:0123456789ab",)


def built(**options):
    return build_specification(
        datasets=[DatasetReference(name="bakery", path="bakery.jsonl", sha256="ab", problems=1)],
        method=options.pop("method", Asking()),
        model=options.pop("model", "local"),
        **options,
    )


def test_a_run_names_its_method_prompts_and_versions(tmp_path):
    known = built(folder=tmp_path)
    assert (known.method, known.prompts) == ("asking", ("ask@1:0123456789ab",))
    assert {"steepest", "python", "highspy", "pydantic"} <= set(known.versions)


def test_two_descriptions_of_one_run_differ_in_nothing(tmp_path):
    assert differences(built(folder=tmp_path), built(folder=tmp_path)) == []


def test_no_secret_is_recorded(monkeypatch, tmp_path):
    monkeypatch.setenv("MY_API_KEY", "open-sesame-42")
    asking = Asking()
    asking.name = "agent:./ask --key open-sesame-42"
    known = built(
        method=asking,
        model="http://ann:open-sesame-42@host/v1#m",
        method_settings={"header": "Bearer open-sesame-42"},
        folder=tmp_path,
    )
    assert "sesame" not in known.model_dump_json()


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        subprocess.run(["git", *identity, "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "notes.txt").write_text("first")
    git("add", "notes.txt")
    git("commit", "-m", "first")
    return tmp_path


def test_the_commit_is_recorded(repository):
    assert len(built(folder=repository).commit) == 40


def test_changes_since_the_commit_are_told(repository):
    (repository / "notes.txt").write_text("second")
    assert built(folder=repository).commit.endswith("+dirty")


def test_outside_of_git_there_is_no_commit(tmp_path):
    assert built(folder=tmp_path).commit is None


def test_without_git_there_is_no_commit(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert built(folder=repository).commit is None
