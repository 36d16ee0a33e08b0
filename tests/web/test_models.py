"""The formulation in mathematical notation, tied to the words."""

import re

from steepest.agents.chat.events import Version
from steepest.agents.modeling.reading.coverage import read_problem
from steepest.solvers.formulation import Formulation
from steepest.web.models import model_view
from tests.agents.chat.talks import BAKERY, TOLD


def version(problem: str = TOLD, text: str = BAKERY) -> Version:
    formulation = Formulation.from_text(text)
    return Version(
        number=1,
        problem=problem,
        outcome="solved",
        formulation=formulation,
        reading=read_problem(problem, formulation),
    )


def linked(view: str, words: str) -> set[str]:
    """The ids of the elements that show exactly these words."""
    found = re.findall(rf'data-o="([^"]*)"[^>]*>{re.escape(words)}<', view)
    return {id for each in found for id in each.split()}


def test_a_number_and_its_words_have_an_id_in_common() -> None:
    view = model_view(version())
    source, _, rest = view.partition("</p>")
    assert linked(source, "40")
    assert linked(source, "40") <= linked(rest, "40")
    assert not linked(source, "40") & linked(source, "30")


def test_a_name_in_the_mathematics_lights_all_numbers_of_it() -> None:
    source, _, rest = model_view(version()).partition("</p>")
    assert linked(source, "3") | linked(source, "8") <= linked(rest, "profit")


def test_words_that_the_model_leaves_out_are_marked() -> None:
    view = model_view(version(f"{TOLD} There are also 77 kg of sugar."))
    assert re.search(r'class="left-out"[^>]*>77<', view)


def test_the_text_is_whole_and_escaped() -> None:
    problem = f"<script>x</script> & {TOLD}"
    source = model_view(version(problem)).partition("</p>")[0]
    assert "<script>" not in source
    assert "&lt;script&gt;x&lt;/script&gt; &amp;" in re.sub(r"</?span[^>]*>", "", source)


def test_a_version_without_a_formulation_shows_the_text_alone() -> None:
    view = model_view(Version(number=1, problem="Hello.", outcome="not_a_problem"))
    assert view == '<p class="source">Hello.</p>'


def test_labels_and_names_of_a_model_are_escaped() -> None:
    text = re.sub(r"\bcake\b", '"<img src=x>"', BAKERY)
    assert "<img" not in model_view(version(text=text))
