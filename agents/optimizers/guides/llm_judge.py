"""A language model as a guide, which judges by a rubric."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from steepest.agents.llm.chat import ChatModel, run_sync
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply, json_object, tagged
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.errors import InputError
from steepest.prompts import OutputForm, RenderedPrompt, load_prompt
from steepest.traces.previews import cut

__all__ = ["LLMJudge"]

_SHOWN = 20_000
"""Characters of an input and of an output that the judge sees; of a longer one the middle is left out."""
_OUR_TAGS = re.compile(r"<(?=\s*/?\s*(?:rubric|input|result|words|score)\b)", re.IGNORECASE)
_SCORE = re.compile(r"<score>(.*?)</score>", re.IGNORECASE | re.DOTALL)


class LLMJudge:
    """Asks a language model for a score and words.

    The input and the output are shown as data, between tags that they can't close. A judge whose replies can't be used,
    after it was asked again, gives the lowest score, and the words say so: no output shall gain by confusing it.

    Args:
        model: Whom to ask; behind retries and limits if it needs them.
        rubric: What makes an output good, in words.
        low: The worst score.
        high: The best score.
        max_tokens: Of a reply.

    Raises:
        InputError: The rubric is empty, or the range of scores is none.
    """

    def __init__(
        self, model: ChatModel, rubric: str, *, low: float = 0.0, high: float = 1.0, max_tokens: int = 2048
    ) -> None:
        if not rubric.strip():
            raise InputError("a judge needs a rubric: say in words what makes an output good")
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"scores from {low} to {high} are no range: low has to be less than high")
        self.model = model
        self.rubric = rubric
        self.low = low
        self.high = high
        self.max_tokens = max_tokens

    def __repr__(self) -> str:
        return f"LLMJudge({self.model.name}, {self.low:g} to {self.high:g})"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """What the model says of an output.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        form = form_of(self.model)
        asked = run_sync(
            ask(
                self.model,
                self._question(form, example, output),
                self._reader(form),
                sample=0,
                schema=self._schema() if form == "json" else None,
                max_tokens=self.max_tokens,
            )
        )
        if asked.value is not None:
            return asked.value
        reasons = "; ".join(dict.fromkeys(each.reason for each in asked.rejections))
        return Judgement(self.low, f"The judge gave no verdict that can be used on this output: {reasons}")

    def _question(self, form: OutputForm, example: Any, output: Any) -> RenderedPrompt:
        return load_prompt(f"judge_{form}").render(
            rubric=self.rubric.strip(), example=_as_data(example), result=_as_data(output), low=self.low, high=self.high
        )

    def _reader(self, form: OutputForm) -> Callable[[str], Judgement]:
        return self._of_json if form == "json" else self._of_text

    def _of_text(self, text: str) -> Judgement:
        scores = [each.strip() for each in _SCORE.findall(text)]
        if len(scores) != 1:
            raise UnusableReply(f"there are {len(scores)} scores in the reply: write <score>NUMBER</score> once")
        try:
            score = float(scores[0])
        except ValueError:
            raise UnusableReply(f"the score {scores[0][:40]!r} is no number: write the number alone") from None
        return self._judgement(score, tagged(text, "words"))

    def _of_json(self, text: str) -> Judgement:
        content = json_object(text, keys=("score",))
        score, words = content.get("score"), content.get("words")
        if isinstance(score, bool) or not isinstance(score, (int, float)):
            raise UnusableReply("`score` has to be a number")
        if not isinstance(words, str):
            raise UnusableReply("`words` has to be a text")
        return self._judgement(float(score), words.strip())

    def _judgement(self, score: float, words: str) -> Judgement:
        if not self.low <= score <= self.high:
            raise UnusableReply(f"the score {score:g} is out of range: it goes from {self.low:g} to {self.high:g}")
        if not words:
            raise UnusableReply("the words are missing: say what is right, what is wrong, and what would be better")
        return Judgement(score, words)

    def _schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"words": {"type": "string"}, "score": {"type": "number"}},
            "required": ["words", "score"],
            "additionalProperties": False,
        }


def _as_data(value: Any) -> str:
    """A text that can't close the tags that it stands between, nor open one of the reply's."""
    if isinstance(value, str):
        text = value
    else:
        try:
            text = json.dumps(value, ensure_ascii=False, indent=1)
        except (TypeError, ValueError):  # no JSON: as Python shows it
            text = repr(value)
    return _OUR_TAGS.sub("‹", cut(text, _SHOWN)) or "(nothing)"
