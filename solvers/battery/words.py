"""Tests of a model against the words in it: what it optimizes, what its numbers are, what stands for whole things."""

import numpy as np

from steepest.solvers.battery.case import Case
from steepest.solvers.battery.lexicon import limit_said, said_whole, sense_said
from steepest.solvers.battery.probes import Reached, raised
from steepest.solvers.battery.subject import Fact, Subject
from steepest.solvers.battery.tally import Tally
from steepest.solvers.display import format_number
from steepest.solvers.formulation import Constraint, Objective
from steepest.solvers.language.expressions import Comparison, Number
from steepest.solvers.tolerances import INTEGRALITY

_SCALES = (1.1, 2.0, 10.0, 1000.0)
_UPPER, _LOWER = "an upper limit", "a lower limit"
_MOST_CONFIRMED = 3
"""How many numbers that behave as their words say are solved for once more."""


def check_sense(case: Subject, tally: Tally) -> None:
    """Every objective is to be made as large, or as small, as its words say."""
    tally.reason = "no words say which way the objective goes"
    for objective in case.formulation.objectives:
        _check_sense_of(case, objective, tally)


def _check_sense_of(case: Subject, objective: Objective, tally: Tally) -> None:
    is_alone = len(case.formulation.objectives) == 1
    asserted = case.asserted.sense if is_alone else None
    texts = [*objective.quotes, *([case.formulation.title] if is_alone else [])]
    said = (asserted, "as it was said") if asserted is not None else sense_said(texts, case.words_of(objective))
    if said is None:
        return
    if objective not in case.objectives_that_grow:
        tally.reason = "the objective is no plain sum that grows with the decisions, so it may be one turned round"
        return
    tally.checks += 1
    sense, words = said
    if sense != objective.sense:
        tally.found(
            [objective],
            basis="words" if asserted is None else "arrays",
            changed="nothing was changed",
            happened=f"the model is to {objective.sense} it, and the words are `{words}`",
            must_hold=f"the sense that is declared must be the one that is asked for: {sense}",
            confirmed=False,
        )


def check_limits(case: Subject, tally: Tally) -> None:
    """More of an upper limit never makes the optimum worse, more of a lower limit never better."""
    tally.reason = "no words beside a number say that it is a limit, or it is more than a limit to the model"
    solved = 0
    for fact in case.facts:
        way = fact.effect
        if fact.limit is None or not way.is_limit or not way.in_rows or way.direction not in ("helps", "hurts"):
            continue
        tally.checks += 1
        is_upper = fact.limit.role == "upper limit"
        if is_upper != (way.direction == "helps"):
            _limit_turned(case, tally, fact, is_upper)
        elif solved < _MOST_CONFIRMED:
            solved += 1
            _require_direction(case, tally, fact, is_upper)
    for constraint in case.formulation.constraints:
        _check_written_limit(case, tally, constraint)


def _check_written_limit(case: Subject, tally: Tally, constraint: Constraint) -> None:
    """A number that stands in the comparison itself, of decisions that count with no negative sign."""
    match constraint.body:
        case Comparison((_, Number(value)), (operator,)) if operator in ("<=", ">=") and case.counts_up(constraint):
            said = limit_said(constraint.quotes, [value])
        case _:
            return
    if said is None:
        return
    tally.checks += 1
    if (said.role == "upper limit") != (operator == "<="):
        tally.found(
            [constraint],
            basis="words",
            changed="nothing was changed",
            happened=f"{format_number(value)} is {_UPPER if operator == '<=' else _LOWER} there",
            must_hold=f"the words `{said.words}` make it {_UPPER if said.role == 'upper limit' else _LOWER}",
            confirmed=False,
        )


def _limit_turned(case: Subject, tally: Tally, fact: Fact, is_upper: bool) -> None:
    """A limit that limits the other way: shown by moving it as far as it takes."""
    assert fact.limit is not None  # noqa: S101  # the caller has looked
    changed, after = _first_violation(case, fact, is_upper)
    said, modelled = (_UPPER, _LOWER) if is_upper else (_LOWER, _UPPER)
    tally.found(
        [fact.parameter, *case.users(fact.name)[:2]],
        basis=case.basis_of(fact.name),
        changed=changed or "nothing was changed",
        happened=f"the optimum went from {case.base} to {after}" if after is not None else f"the model has {modelled}",
        must_hold=f"the words `{fact.limit.words}` make it {said}: more of it can never make the optimum "
        + ("worse" if is_upper else "better"),
        confirmed=after is not None,
    )


def _first_violation(case: Subject, fact: Fact, is_upper: bool) -> tuple[str, Reached | None]:
    """The first change by which the optimum goes the way that it can't go, and what it comes to then."""
    for scale in _SCALES:
        for factor in (scale, 1 / scale):
            after = case.with_data(raised(case.data, fact.name, factor))
            if after is None:
                continue
            gets_better = factor > 1 if is_upper else factor < 1
            pair = (after, case.base) if gets_better else (case.base, after)
            if case.is_worse(*pair):
                return f"`{fact.name}` was multiplied by {format_number(factor)}", after
    return "", None


def _require_direction(case: Subject, tally: Tally, fact: Fact, is_upper: bool) -> None:
    """What the model's own structure proves must be so in its answers too."""
    after = case.with_data(raised(case.data, fact.name, 1.1))
    if after is None:
        tally.doubt = f"the problem with more of `{fact.name}` was not solved to its end"
        return
    pair = (after, case.base) if is_upper else (case.base, after)
    if case.is_worse(*pair):
        tally.found(
            [fact.parameter],
            basis="arrays",
            changed=f"`{fact.name}` was multiplied by 1.1",
            happened=f"the optimum went from {case.base} to {after}",
            must_hold="the model proves that it can't: one of the two answers is not optimal",
        )


def check_coefficients(case: Case, tally: Tally) -> None:
    """A larger cost never makes the optimum better, a larger reward never worse."""
    tally.reason = "no coefficient of the objective is a cost or a reward by its name"
    facts = [
        each
        for each in case.facts
        if each.money is not None and each.effect.in_objective and each.effect.direction in ("helps", "hurts")
    ]
    by_role = {role: [each for each in facts if _role(each) == role] for role in ("cost", "reward")}
    for role, group in by_role.items():
        if len({each.effect.direction for each in group}) > 1:
            tally.reason = f"the {role}s stand against one another, as in a comparison of before and after"
            return
    turned = [each for each in facts if (_role(each) == "reward") != (each.effect.direction == "helps")]
    if turned and len(turned) == len(facts) and _is_vindicated(case):
        tally.reason = "the objective's own words ask for what its numbers' names speak against"
        return
    tally.checks += len(facts)
    for fact in turned:
        _coefficient_turned(case, tally, fact)


def _role(fact: Fact) -> str:
    return fact.money.role if fact.money is not None else ""


def _is_vindicated(case: Case) -> bool:
    """Whether the words of the objective are for the sense that it has."""
    said = sense_said(case.objective.quotes, case.words_of(case.objective))
    return said is not None and said[0] == case.objective.sense


def _coefficient_turned(case: Case, tally: Tally, fact: Fact) -> None:
    after = case.with_data(raised(case.data, fact.name, 1.5))
    role = _role(fact)
    one, other = (after, case.base) if role == "reward" else (case.base, after)
    shown = one is not None and other is not None and case.is_worse(one, other)
    way = "worse" if role == "reward" else "better"
    tally.found(
        [fact.parameter, case.objective],
        basis=case.basis_of(fact.name),
        changed=f"`{fact.name}` was multiplied by 1.5",
        happened=f"the optimum went from {case.base} to {after}, which the model takes for {way}"
        if shown
        else f"the model takes more of it for {way}",
        must_hold=f"a larger {role} can never make the optimum {way}: is the objective turned round, or a sign?",
        confirmed=shown,
    )


def check_whole_numbers(case: Case, tally: Tally) -> None:
    """Decisions whose words say that they are whole are whole."""
    tally.reason = "no words say of a real decision that it is whole"
    if case.base.values is None:
        return
    for block in case.probes.model.variables:
        variable = next(each for each in case.formulation.variables if each.name == block.name)
        words = said_whole(variable)
        if words is None:
            continue
        tally.checks += 1
        values = case.base.values[block.start : block.start + block.size]
        off = np.flatnonzero(np.abs(values - np.round(values)) > INTEGRALITY)
        if variable.domain == "real" and len(off):
            tally.found(
                [variable],
                basis="words",
                changed="nothing was changed",
                happened=f"it is {format_number(float(values[off[0]]))} in the answer",
                must_hold=f"its words say that it is whole (`{words}`)",
            )
