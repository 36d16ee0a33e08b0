import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.library.exchange.markdown import markdown, put_back, read_markdown
from steepest.agents.library.insights import Insight
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError
from steepest.errors import InputError
from tests.agents.library.insights import BOUNDS, FLOW, ids, insight

TRICKY = "\n".join(
    [
        "first",
        "<!-- exported: a@1 -->",
        "# a heading",
        "\\# escaped",
        "## Condition",
        "- version: 3",
        "```",
        "# in",
        "```",
        "  - i",
    ]
)


@pytest.fixture
def filled(sqlite_library):
    sqlite_library.add(
        [
            insight("a", title="Balance: in and out", example="# Wrong\nx\n\n```\n# Correct\n```\ny\n", tasks=("t",)),
            insight("b", labels=(FLOW, BOUNDS), condition=TRICKY, foreign={"kept": 1}),
        ]
    )
    return sqlite_library


def page(library):
    return markdown(each.insight for each in library.entries())


def put(library, text, **options):
    return put_back(library, read_markdown(text, "lib.md"), **options)


def test_what_nobody_edited_writes_nothing(filled):
    brought = put(filled, page(filled))
    assert brought.event is None
    assert brought.same == ("a", "b")


def test_an_edit_changes_what_was_edited_and_nothing_else(filled):
    before = filled.entry("b").insight
    text = page(filled).replace("first\n", "edited\n").replace("- status: active", "- status: quarantined", 1)
    brought = put(filled, text)
    assert set(brought.changed) == {"a", "b"}
    assert filled.entry("b").insight == before.model_copy(update={"condition": TRICKY.replace("first", "edited")})
    assert filled.entry("a").insight.status == "quarantined"
    assert filled.entry("a").insight.provenance.tasks == ("t",)


def test_labels_are_edited_as_lines(filled):
    put(filled, page(filled).replace(f"  - {BOUNDS}\n", "  - General  Formulation > Units > Scale\n"))
    assert [str(each) for each in filled.entry("b").insight.labels] == [
        str(FLOW),
        "General Formulation > Units > Scale",
    ]


def test_files_of_windows_are_read_alike(filled):
    assert put(filled, page(filled).replace("\n", "\r\n")).event is None


def test_a_new_insight_gets_an_id_by_its_content(filled):
    text = page(filled) + "# new: Bounds\n- labels: a > b > c\n\n## Condition\nwhen\n## Explanation\nset them\n"
    brought = put(filled, text)
    (name,) = brought.added
    entry = filled.entry(name).insight
    assert brought.changed == ()
    assert (entry.title, entry.condition, entry.status) == ("Bounds", "when", "active")
    assert entry.provenance.source == "written by hand"


def test_what_was_deleted_in_the_file_stays_unless_asked(filled):
    text = page(filled)
    shorter = text[: text.index("# a:")] + text[text.index("# b") :]
    assert put(filled, shorter).event is None
    assert ids(filled) == ["a", "b"]
    brought = put(filled, shorter, deletes=True)
    assert brought.removed == ("a",)
    assert ids(filled) == ["b"]
    filled.undo(brought.event.number)
    assert ids(filled) == ["a", "b"]


def test_a_part_of_a_library_deletes_nothing_else(filled):
    part = markdown([filled.entry("a").insight])
    assert put(filled, part, deletes=True).event is None


def test_a_stale_file_is_refused_by_name_and_none_of_it_enters(filled):
    text = page(filled).replace("first\n", "edited\n")
    filled.put_status(filled.entry("b"), "retired")
    with pytest.raises(ConflictError, match=r"lib.md, line \d+: b was changed in the library since"):
        put(filled, text.replace("Balance", "Equality"))
    assert filled.entry("a").insight.title == "Balance: in and out"


def test_deleting_what_was_changed_since_is_refused(filled):
    text = page(filled)
    filled.put_status(filled.entry("a"), "retired")
    shorter = text[: text.index("# a:")] + text[text.index("# b") :]
    with pytest.raises(ConflictError, match="a was changed in the library since"):
        put(filled, shorter, deletes=True)


def test_an_insight_that_is_gone_is_refused(filled):
    text = page(filled)
    filled.merge(["a", "b"], insight("whole"))
    with pytest.raises(ConflictError, match="a is not in the library any more"):
        put(filled, text)


def test_insights_of_another_library_are_new_ones(filled, tmp_path):
    with Library.open(tmp_path / "other.db") as other:
        brought = put(other, page(filled))
        assert set(brought.added) == {each.insight.id for each in filled.entries()}
        assert page(other) == page(filled)
        assert put(other, page(filled)).event is None


def test_a_file_of_another_library_is_refused(filled, tmp_path):
    other = insight("a", title="of another library")
    with pytest.raises(ConflictError, match="a was changed in the library"):
        put(filled, markdown([other]))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("- status: active", "- status: asleep", r"line 6: a: status: Input should be 'candidate'"),
        ("- status: active", "- state: active", r"line 9: '- state: active' is none of"),
        (f"  - {FLOW}", "  - Flow", r"line 6: a: 'Flow' is no label: write it as"),
        ("## Condition", "## Conditions", r"line 13: '## Conditions' is no heading here"),
        ("## Explanation", "## Condition", r"line 17: a has two sections Condition"),
        ("## Explanation\n", "", r"line 6: a: explanation: Value error, it is empty"),
        ("# a: Balance: in and out", "# a b", r"line 6: '# a b' is no heading here"),
        ("# b:", "# a:", r"the file has a twice|a was changed"),
        ("y\n\n````", "y\n", r"line 6: a: its example begins with a fence that is never closed"),
    ],
)
def test_a_broken_file_names_the_line(filled, old, new, told):
    with pytest.raises(InputError, match=told):
        put(filled, page(filled).replace("# b\n", "# b:\n").replace(old, new, 1))


TEXT = st.text(alphabet="ab #\\`-:\n\t\u00e9\u2028", min_size=1, max_size=60).filter(str.strip)


@given(condition=TEXT, explanation=TEXT, example=st.text(alphabet="a #\\`-\n\r", max_size=60), title=TEXT)
def test_any_text_survives(condition, explanation, example, title):
    before = Insight(id="a", title=title, labels=(FLOW,), condition=condition, explanation=explanation, example=example)
    (section,) = read_markdown(markdown([before]), "lib.md").sections
    from steepest.agents.library.exchange.markdown import _insight

    after = _insight(section, before, "lib.md")
    assert (after.condition, after.explanation) == (before.condition, before.explanation)
    assert after.example.replace("\r", "") == before.example.replace("\r", "")
    assert after.title == " ".join(title.split())


@pytest.mark.parametrize("text", ["", "a" * 100_000, "words\nand more words\n"])
def test_a_file_without_any_insight_is_told(text):
    with pytest.raises(
        InputError, match=r"^big\.md: there is no insight in it; each begins with a heading `# id: title`"
    ):
        read_markdown(text, "big.md")


def test_an_export_of_an_empty_library_is_read_as_it_is(tmp_path):
    assert read_markdown(markdown([]), "lib.md").sections == ()


def test_a_line_of_text_that_begins_with_a_sign_is_escaped():
    text = markdown([insight("a", condition=TRICKY)])
    assert re.search(r"^\\# a heading$", text, re.MULTILINE)
    assert re.search(r"^\\\\# escaped$", text, re.MULTILINE)
