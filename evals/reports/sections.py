"""The parts of a report's page that are made before it opens: figures, tables and plots, each number with its n."""

from collections.abc import Callable, Iterable, Sequence

from steepest.evals.reports.plots_svg import Point, histogram, interval, interval_scale, line_plot, stacked_bar
from steepest.evals.reports.spending import Spending
from steepest.evals.reports.wording import at_k_name, has_stories, solving_times, verdict_words
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import Calibration, Distribution, Proportion, Reason, Slice, Summary
from steepest.traces.rendering.figures import UNKNOWN, count_of, duration, money, number, percent, percent_range
from steepest.traces.rendering.markup import Content, Markup, element, joined

__all__ = [
    "calibration",
    "headline",
    "profiles",
    "reasons",
    "repetitions",
    "run_facts",
    "slices",
    "spending",
    "table",
    "verdicts",
]


def headline(method: str, summary: Summary) -> Markup:
    """The accuracy with its n and interval, and what else a person asks first."""
    whole = summary.overall
    times = solving_times(method, summary)
    big = element("p", percent(whole.accuracy.rate), class_="big")
    words = f"right by the strict profile, {_rest(whole.accuracy)}" if whole.accuracy.n else "no attempt was graded yet"
    cards = [
        *([("infrastructure errors as wrong", _with_n(whole.accuracy_of_all))] if whole.infrastructure_errors else []),
        *([("of distinct stories (groups)", _with_n(whole.by_story))] if has_stories(whole) else []),
        ("came to a solver's verdict", _with_n(whole.executed)),
        ("infrastructure errors", f"{whole.infrastructure_errors:,} of {count_of(whole.attempts, 'attempt')}"),
        ("problems not tried yet", f"{whole.pending:,}"),
        ("cost", _total_cost(summary.cost)),
        ("correction rounds of right answers", _mean(summary.rounds_of_correct)),
        *([("average solving times of right answers", times)] if times else []),
    ]
    facts = [element("div", element("dt", name), element("dd", value)) for name, value in cards]
    return element("section", element("div", big, element("p", words)), element("dl", *facts), id="headline")


def verdicts(whole: Slice) -> Markup:
    """Attempts by verdict, as a bar and in numbers."""
    listed = [(name, count) for name, count in whole.verdicts.items() if count]
    legend = [
        element(
            "li", element("i", class_=f"swatch back-{name}"), f"{name.replace('_', ' ')} ", element("b", f"{count:,}")
        )
        for name, count in listed
    ]
    total = f"Verdicts of {count_of(whole.attempts, 'attempt')}"
    return _section(total, stacked_bar(listed), element("ul", *legend, class_="legend"))


def reasons(listed: Sequence[Reason]) -> Markup:
    """Why attempts have no answer, the most frequent messages first."""
    if not listed:
        return Markup()
    rows = [(f"{each.count:,}", verdict_words([each.verdict]), each.message) for each in listed]
    return _section(
        "The most frequent reasons", element("div", table(("attempts", "verdict", "message"), rows), class_="words")
    )


def slices(title: str, listed: Sequence[Slice]) -> Markup:
    """Accuracy of parts of the problems, with intervals."""
    if not listed:
        return Markup()
    heads = ("", _scaled("accuracy, 95 % interval"), "", "n", "came to a verdict", "infrastructure errors", "not tried")
    rows = [
        (
            each.name or "without a name",
            _whisker(each.accuracy),
            _rate_and_range(each.accuracy),
            f"{each.accuracy.n:,}",
            _with_n(each.executed),
            f"{each.infrastructure_errors:,}",
            f"{each.pending:,}",
        )
        for each in listed
    ]
    return _section(title, table(heads, rows))


def profiles(whole: Slice) -> Markup:
    """The same attempts under each profile of grading."""
    heads = ("profile", _scaled("right, 95 % interval"), "", "n", "of all attempts", "named values right")
    rows = [
        (
            each.profile,
            _whisker(each.graded),
            _rate_and_range(each.graded),
            f"{each.graded.n:,}",
            _with_n(each.all),
            _with_n(each.queries) if each.queries.n else "-",
        )
        for each in whole.profiles
    ]
    return _section("Profiles side by side", table(heads, rows))


def repetitions(summary: Summary) -> Markup:
    """pass@k and maj@k, where problems were tried more than once."""
    if not summary.at_k:
        return Markup()
    rows = [
        (at_k_name(each), _whisker(each.share), _rate_and_range(each.share), f"{each.share.n:,}")
        for each in summary.at_k
    ]
    return _section("Repeated attempts", table(("", _scaled("rate, 95 % interval"), "", "n"), rows))


def spending(summary: Summary, spent: Spending) -> Markup:
    """How tokens, money and time spread."""
    plots = [
        histogram(values, label, shown)
        for values, label, shown in (
            (spent.tokens, "tokens an attempt", _rounded),
            (spent.costs, "US dollars an attempt", _short),
            (spent.seconds, "seconds an attempt", _short),
        )
        if values and max(values) > 0
    ]
    rows = [
        _distribution("tokens read", summary.input_tokens, _rounded),
        _distribution("tokens written", summary.output_tokens, _rounded),
        _distribution("cost", summary.cost, money),
        _distribution("time of an attempt", summary.seconds, duration),
        _distribution("of model calls", summary.model_seconds, duration),
        _distribution("of solvers", summary.solve_seconds, duration),
        _distribution("correction rounds", summary.rounds, lambda rounds: f"{rounds:.3g}"),
    ]
    heads = ("an attempt", "n", "unknown", "total", "mean", "median", "90 %", "99 %", "most")
    return _section("Tokens, money, time", element("div", *plots, class_="plots"), table(heads, rows))


def calibration(found: Calibration | None) -> Markup:
    """Whether the method's confidence can be believed; nothing where it tells none."""
    if found is None:
        return Markup()
    most = max(each.n for each in found.bins)
    reliability = [
        Point(each.confidence, each.accuracy, each.n / most, f"{each.n:,} answers of confidence {each.confidence:.2f}")
        for each in found.bins
    ]
    curve = [Point(each.coverage, each.risk) for each in found.curve]
    plots = element(
        "div",
        line_plot(reliability, "confidence", "right", diagonal=True),
        line_plot(curve, "most confident answers", "wrong", steps=True),
        class_="plots",
    )
    auroc = UNKNOWN + " (all right or all wrong)" if found.auroc is None else f"{found.auroc:.3f}"
    words = (
        f"n = {found.n:,} answers with a confidence, {found.correct:,} right. AUROC {auroc}, expected calibration "
        f"error {found.ece:.3f} (bins of equal mass), Brier score {found.brier:.3f}, area under risk-coverage "
        f"{found.aurc:.3f}."
    )
    return _section("Calibration of the confidence", element("p", words), plots)


def run_facts(specification: RunSpecification, place: str, datasets: Sequence[str]) -> Markup:
    """What the run is: all that decides its answers.

    Args:
        specification: Of the run; names data sets by their files.
        place: Where it is kept.
        datasets: As the problems name them, as everything else on the page does.
    """
    chosen = specification.selection
    facts: list[tuple[str, Content]] = [
        ("run", place),
        ("model", specification.model or "none"),
        ("method", specification.method),
        *((f"method setting {name}", _setting(value)) for name, value in specification.method_settings.items()),
        ("data sets", ", ".join(filter(None, datasets))),
        ("profiles", ", ".join(specification.profiles)),
        ("prompts", ", ".join(specification.prompts)),
        ("seed", specification.seed),
        ("seconds for a solver", number(specification.solver_seconds)),
        ("limit, epochs", f"{chosen.limit or 'none'}, {chosen.epochs}"),
        ("begun", specification.created.isoformat(timespec="seconds")),
        ("git commit", specification.commit or "none"),
        *((f"{name} version", version) for name, version in specification.versions.items()),
    ]
    rows = [(name, value) for name, value in facts if value not in ("", None)]
    sets = [
        (each.name, f"{each.problems:,}", each.format, each.variant, each.license, each.sha256[:16])
        for each in specification.datasets
    ]
    heads = ("file", "problems", "format", "label variant", "licence", "sha256")
    return _section("What was run", table(heads, sets), element("div", table((), rows), class_="words"))


def table(heads: Iterable[Content], rows: Iterable[Sequence[Content]]) -> Markup:
    """A table that scrolls sideways where the screen is narrow."""
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])) for row in rows
    ]
    whole = element("table", element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex="0")


def _section(title: str, *contents: Content) -> Markup:
    return element("section", element("h2", title), *contents)


def _whisker(share: Proportion) -> Markup:
    if share.rate is None or share.low is None or share.high is None:
        return Markup()
    return interval(share.rate, share.low, share.high, f"{percent(share.rate)}, {_rest(share)}")


def _scaled(words: str) -> Markup:
    return joined(words, interval_scale())


def _rate_and_range(share: Proportion) -> Markup:
    if not share.n:
        return joined(UNKNOWN)
    return joined(element("b", percent(share.rate)), f" ({percent_range(share.low, share.high)})")


def _with_n(share: Proportion) -> str:
    return f"{percent(share.rate)} (n = {share.n:,})" if share.n else UNKNOWN


def _rest(share: Proportion) -> str:
    return f"n = {count_of(share.n, 'problem')}, 95 % interval {percent_range(share.low, share.high)}"


def _mean(measured: Distribution) -> str:
    return UNKNOWN if measured.mean is None else f"{measured.mean:.2f} (n = {measured.n:,})"


def _total_cost(cost: Distribution) -> str:
    return money(cost.total, cost.unknown)


def _rounded(count: float | None) -> str:
    return "" if count is None else f"{count:,.0f}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _setting(value: object) -> str:
    return "not set" if value is None else str(value)


def _distribution(name: str, measured: Distribution, shown: Callable[[float], str]) -> tuple[str, ...]:
    figures = (measured.total, measured.mean, measured.median, measured.p90, measured.p99, measured.maximum)
    unknown = f"{measured.unknown:,}" if measured.unknown else ""
    return (name, f"{measured.n:,}", unknown, *("" if each is None else shown(each) for each in figures))
