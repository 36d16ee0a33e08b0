import json

from steepest.traces.rendering.islands import PER_PART, json_island, parts
from tests.evals.reports.pages import records_of


def test_records_are_packed_in_parts_and_come_back_as_they_were() -> None:
    records = [{"text": f"</script> {number} \u2028 ]]>"} for number in range(PER_PART + 1)]
    page = "".join(parts(iter(records)))
    assert page.count('type="application/gzip"') == 2
    assert records_of(page) == records


def test_no_text_ends_the_json_that_it_stands_in() -> None:
    island = json_island("index", {"text": "</script><!-- \u2028 &"})
    assert island.count("</script>") == 1
    assert "<!--" not in island
    assert json.loads(island.partition(">")[2].removesuffix("</script>")) == {"text": "</script><!-- \u2028 &"}


def test_nothing_to_pack_makes_no_part() -> None:
    assert list(parts([])) == []
