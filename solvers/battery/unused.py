"""Numbers that the text gives for a purpose and that reach nothing, and limits that stand in each other's place."""

from dataclasses import dataclass
from itertools import combinations

from steepest.solvers.battery.case import Case
from steepest.solvers.battery.entities import name_pairs
from steepest.solvers.battery.lexicon import limit_said, numbers_in, said_used, tokens
from steepest.solvers.battery.probes import is_same, values_of
from steepest.solvers.battery.report import Role
from steepest.solvers.battery.tally import Tally
from steepest.solvers.display import format_number
from steepest.solvers.formulation import Constraint, Formulation, Objective, Parameter
from steepest.solvers.language.expressions import Comparison, Expression, Index, Name, Number, map_children, walk
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.scatter import Numbers

_COMMON = frozenset(
    [
        "limit",
        "limits",
        "total",
        "max",
        "min",
        "maximum",
        "minimum",
        "capacity",
        "available",
        "availability",
        "constraint",
        "requirement",
        "requirements",
        "required",
        "need",
        "needed",
        "needs",
        "budget",
        "hours",
        "time",
        "met",
        "meet",
        "meets",
        "at",
        "most",
        "least",
        "of",
        "the",
        "per",
        "enough",
        "within",
        "stock",
        "stocked",
        "cap",
        "satisfied",
        "all",
        "each",
        "no",
        "more",
        "than",
        "less",
        "to",
        "for",
        "in",
        "on",
        "and",
        "by",
        "use",
        "used",
        "usage",
        "upper",
        "lower",
        "bound",
        "rule",
        "unit",
        "units",
        "requires",
        "require",
        "uses",
        "takes",
        "take",
        "contains",
        "contain",
        "consumes",
        "provides",
        "provide",
        "holds",
        "hold",
        "can",
        "be",
        "must",
    ]
)
"""Words in names that say nothing of what a limit is about."""
_SHORTEST = 2
"""Longer words than this may say it."""
_UNREMARKABLE = frozenset({0.0, 1.0, 2.0, 100.0})


def check_unused(case: Case, tally: Tally) -> None:
    """Every number that is said to limit, cost or use something has a part in the model."""
    tally.reason = "no number is said to limit, cost or use something"
    for parameter in case.formulation.parameters:
        values = values_of(case.data, parameter.name)
        purpose = _purpose(case, parameter) if values is not None and values.any() else None
        if purpose is None or values is None:
            continue
        tally.checks += 1
        if parameter.name not in case.needed:
            places = _literals(case, values)
            tally.found(
                [parameter],
                basis="words",
                changed="whatever it is changed to",
                happened="nothing else changes: no constraint, objective or bound uses it"
                + (f" ({places})" if places else ""),
                must_hold=f"{purpose}, so the answer must depend on it",
                confirmed=False,
            )


def _purpose(case: Case, parameter: Parameter) -> str | None:
    """What words say that a number is for; a number that nobody's text is quoted for may be a note of the writer's."""
    twin = _twins(case).get(parameter.name)
    if twin is not None:
        return f"`{twin}` is the same for another decision and is used"
    if not parameter.quotes:
        return None
    limit = case.limit(parameter)
    if limit is not None:
        return f"the words `{limit.words}` make it {'an upper' if limit.role == 'upper limit' else 'a lower'} limit"
    used = said_used(parameter.quotes)
    limited = _limit_of_same(case, parameter) if used is not None and parameter.index is not None else None
    if used is not None and limited is not None:
        return f"its words say what each takes or gives (`{used}`) of what `{limited}` limits"
    own = [quote for quote in parameter.quotes if numbers_in(quote) <= 1]
    quoted = next((each for each in _elements(case) if set(each.quotes) & set(own)), None)
    if quoted is not None:
        return f"its words are also those of `{getattr(quoted, 'name', 'the objective')}`"
    money = case.money(parameter)
    return f"its name says `{money.words}`" if money is not None and _is_missed(case, money.role) else None


def _limit_of_same(case: Case, parameter: Parameter) -> str | None:
    """A limit that the words of a number per decision speak of: `total_water` for "requires 50 units of water"."""
    labels = {word for each in case.formulation.sets for word in tokens(spell(each.members) if each.members else "")}
    about = {word for text in (parameter.name, *parameter.quotes) for word in tokens(text)}
    about = {word for word in about if len(word) > _SHORTEST} - _COMMON - labels
    for other in case.formulation.parameters:
        words = {word for text in (other.name, *other.quotes) for word in tokens(text)}
        if other is not parameter and other.index is None and about & words and case.limit(other) is not None:
            return other.name
    return None


def _is_missed(case: Case, role: Role) -> bool:
    """Whether a cost or reward has its place in the objective: the least cost is of all costs."""
    others = [each.money.role for each in case.facts if each.money is not None and each.effect.in_objective]
    return not others or (role == "cost" and set(others) == {"cost"} and case.objective.sense == "minimize")


def _twins(case: Case) -> dict[str, str]:
    """Numbers of one decision whose like of another decision is in use."""
    units = {each.name: each.unit for each in case.formulation.parameters}
    found = {}
    for pair in name_pairs(case.formulation):
        for name, twin in pair.mirror.names.items():
            if name in units and units[name] == units.get(twin) and twin in case.needed:
                found[name] = twin
    return found


def _elements(case: Case) -> list[Constraint | Objective]:
    return [*case.formulation.constraints, *case.formulation.objectives]


def _literals(case: Case, values: Numbers) -> str:
    """Where the numbers stand as such in the model."""
    wanted = set(values.tolist()) - _UNREMARKABLE
    for element in _elements(case):
        expression = element.body if isinstance(element, Constraint) else element.expression
        found = [each.value for each in walk(expression) if isinstance(each, Number) and float(each.value) in wanted]
        if found:
            name = element.name if isinstance(element, Constraint) else "the objective"
            return f"{format_number(found[0])} stands in {name} as a plain number"
    return ""


@dataclass(frozen=True, slots=True)
class _Limit:
    """A constraint and the parameter that is one of its sides."""

    constraint: Constraint
    side: Name | Index
    parameter: Parameter


def check_pairing(case: Case, tally: Tally) -> None:
    """No two limits stand each in the constraint whose words speak of the other."""
    tally.reason = "there are no two constraints whose words say which of two numbers is theirs"
    for one, other in combinations(_limits(case), 2):
        if one.parameter is other.parameter or not (_own(case, one, one) or _own(case, one, other)):
            continue
        if not (_own(case, other, other) or _own(case, other, one)):
            continue
        tally.checks += 1
        if _own(case, one, one) or _own(case, other, other):
            continue
        after = case.probes.compiled(formulation=_swapped(case, one, other))
        reached = case.probes.solved(after) if after is not None else None
        if reached is not None and not is_same(reached, case.base):
            tally.found(
                [one.constraint, other.constraint],
                basis="words",
                changed=f"`{one.parameter.name}` and `{other.parameter.name}` were exchanged in them",
                happened=f"the optimum went from {case.base} to {reached}",
                must_hold="the words of each speak of the other's number, so they seem to stand in each other's place",
            )


def _limits(case: Case) -> list[_Limit]:
    parameters = {each.name: each for each in case.formulation.parameters}
    found = []
    for constraint in case.formulation.constraints:
        body = constraint.body
        if not isinstance(body, Comparison) or len(body.operands) != 2:
            continue
        sides = [each for each in body.operands if isinstance(each, Name | Index) and each.name in parameters]
        if len(sides) == 1 and isinstance(sides[0], Name | Index):
            found.append(_Limit(constraint, sides[0], parameters[sides[0].name]))
    return found


def _own(case: Case, limit: _Limit, of: _Limit) -> bool:
    """Whether the words of a constraint speak of a parameter: the same words in the names, or its number in a quote."""
    constraint, parameter = limit.constraint, of.parameter
    if set(tokens(constraint.name)) & set(tokens(parameter.name)) - _COMMON:
        return True
    if set(constraint.quotes) & set(parameter.quotes):
        return True
    values = values_of(case.data, parameter.name)
    return values is not None and limit_said(constraint.quotes, values.tolist()) is not None


def _swapped(case: Case, one: _Limit, other: _Limit) -> Formulation:
    bodies = {
        one.constraint.name: _replaced(one.constraint.body, one.side, other.side),
        other.constraint.name: _replaced(other.constraint.body, other.side, one.side),
    }
    constraints = [
        each.model_copy(update={"body": bodies[each.name]}) if each.name in bodies else each
        for each in case.formulation.constraints
    ]
    return case.formulation.model_copy(update={"constraints": constraints})


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    return new if node == old else map_children(node, lambda child: _replaced(child, old, new))
