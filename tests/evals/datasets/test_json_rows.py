"""Records of files: JSON lines, arrays, objects of objects, and files that are something else."""

import gzip
import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.json_rows import NumberText, Row, json_rows


def rows_of(path: Path) -> list[Row]:
    return list(json_rows(path, hashlib.sha256()))


def written(tmp_path: Path, content: str | bytes, name: str = "set.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_json_lines_are_told_by_line_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path, '{"a": 1}\n\n  \n{"a": 2}'))
    assert [row.place.rpartition(":")[2] for row in rows] == ["1", "4"]
    assert [row.number for row in rows] == ["0", "1"]


def test_a_number_stays_as_the_file_writes_it(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, '{"a": 12.50, "b": -0.0, "c": 1E5, "d": NaN, "e": "12.50"}'))
    assert row.value == {"a": "12.50", "b": "-0.0", "c": "1E5", "d": "NaN", "e": "12.50"}
    assert [name for name, value in row.value.items() if isinstance(value, NumberText)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_endings_and_a_byte_order_mark_change_nothing(tmp_path: Path, ending: str, mark: bytes) -> None:
    rows = rows_of(written(tmp_path, mark + f'{{"a": "x"}}{ending}{{"a": "y"}}{ending}'.encode()))
    assert [row.value for row in rows] == [{"a": "x"}, {"a": "y"}]


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1}, {"a": 2}]',
        '[\n{"a": 1},\n{"a": 2}\n]\n',
        '\n\n[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]',
        '\ufeff[{"a": 1}, {"a": 2}]',
    ],
)
def test_an_array_of_objects_is_read_whatever_its_layout(tmp_path: Path, content: str) -> None:
    rows = rows_of(written(tmp_path, content, "set.json"))
    assert [row.value for row in rows] == [{"a": "1"}, {"a": "2"}]
    assert rows[1].place.endswith("set.json, record 2")


@pytest.mark.parametrize("content", ['{"p_1": {"a": 1}, "p_2": {"a": 2}}', '{\n "p_1": {"a": 1},\n "p_2": {"a": 2}\n}'])
def test_an_object_of_objects_gives_a_record_a_key(tmp_path: Path, content: str) -> None:
    assert [row.number for row in rows_of(written(tmp_path, content))] == ["p_1", "p_2"]


def test_one_record_over_several_lines_is_one_record(tmp_path: Path) -> None:
    assert [row.value for row in rows_of(written(tmp_path, '{\n "a": 1,\n "b": []\n}'))] == [{"a": "1", "b": []}]


def test_a_broken_line_is_told_with_its_column_and_the_others_are_read(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path, '{"a": 1}\n{"a": 2,}\n{"a": 3}\n'))
    assert [row.value for row in rows] == [{"a": "1"}, None, {"a": "3"}]
    assert rows[1].place.endswith("set.jsonl:2")
    assert "column 9" in rows[1].trouble


def test_a_broken_first_line_does_not_make_the_file_a_document(tmp_path: Path) -> None:
    assert [row.value for row in rows_of(written(tmp_path, '{"a": "1\n{"a": 2}\n'))] == [None, {"a": "2"}]


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        (b"3", "an object was expected, here is a number"),
        (b"null", "here is null"),
        (b'"text"', "here is a string"),
        (b'{"a": 1, "a": 2}', 'the key "a" stands more than once'),
        (b'{"a": "\xff"}', "not UTF-8 text: byte 8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_record_says_what_it_is(tmp_path: Path, line: bytes, trouble: str) -> None:
    row = rows_of(written(tmp_path, b'{"a": 1}\n' + line))[1]
    assert row.value is None
    assert trouble in row.trouble


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("set.jsonl", '{"a": 1}')
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gzip.compress(b'{"a": 1}\n', mtime=0), "a gzip file: unpack it first"),
        (zipped(), "a zip archive"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16 text: save it as UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
        (b"<!DOCTYPE html>\n", "a web page"),
        (b"\x00\x01\x02", "is no text"),
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"[1, 2", "no JSON"),
        (b'{\n"a": 1\n}\n{\n"a": 2\n}', "no JSON: Extra data at line 4"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(InputError, match=kind):
        rows_of(written(tmp_path, content))


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(InputError, match="no regular file"):
        rows_of(pipe)
    for path in (loop, tmp_path / "nowhere", Path("nul\0byte")):
        with pytest.raises(InputError, match="can't be read"):
            rows_of(path)


def test_a_line_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    text = "x" * 10_000_000
    (row,) = rows_of(written(tmp_path, f'{{"a": "{text}"}}\n'))
    assert row.value == {"a": text}


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    path, digest = written(tmp_path, b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": broken'), hashlib.sha256()
    list(json_rows(path, digest))
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()
