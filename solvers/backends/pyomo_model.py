"""A formulation as a Pyomo model: for users who want one in hand, and as the second way to every answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from steepest.solvers.backends.pyomo_logic import PyomoLogic
from steepest.solvers.backends.ranking import ranked_objectives
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import decisions, expressions_of
from steepest.solvers.diagnostics import Diagnostic, FormulationError, problem
from steepest.solvers.export.script_names import unique_names
from steepest.solvers.formulation import Constraint, Formulation, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Index,
    Name,
    Not,
    Reduction,
    walk,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key, spell_key
from steepest.solvers.scalar.scope import Environment

Model: TypeAlias = Any
"""A `pyomo.environ.ConcreteModel`; pyomo has no types."""

_COMBINATORIAL = GLOBAL_CONSTRAINTS - {"norm2", "piecewise"}


def to_pyomo(formulation: Formulation, data: Data) -> Model:
    """Build a Pyomo model whose variables and constraints have the names of the formulation's.

    Variables are indexed by labels: `model.bake["bread"]`. A name that Pyomo's model has itself gets a `_` behind it.
    Constraints on data alone are left out where they hold. Of several objectives that
    are ranked, the first is active.

    Raises:
        FormulationError: The data do not fit, or a term has no algebraic form (logic, global constraints).
    """
    return PyomoModel(ScalarInstance(formulation, data)).model


def depends_on(node: Expression, names: frozenset[str]) -> bool:
    """Whether any of the names occurs in an expression."""
    return any(isinstance(each, Name | Index) and each.name in names for each in walk(node))


def refuse_terms(formulation: Formulation, is_refused: Callable[[Expression], bool]) -> None:
    """Refuse terms over decisions that have no algebraic form.

    Args:
        formulation: Whose terms to look at.
        is_refused: Which terms are refused if they are over decisions.

    Raises:
        FormulationError: Names every such term.
    """
    decided = decisions(formulation)
    terms = [
        (f"constraint {constraint.name}", node)
        for constraint in formulation.constraints
        for node in walk(constraint.body)
        if is_refused(node) and depends_on(node, decided)
    ]
    terms += [
        (f"let {let.name}", node)
        for let in formulation.lets
        for expression in expressions_of(let)
        for node in walk(expression)
        if is_refused(node) and depends_on(node, decided)
    ]
    if terms:
        raise FormulationError([_unsupported(element, node) for element, node in terms])


class PyomoModel:
    """A Pyomo model under construction, and which of its parts stands for what."""

    def __init__(self, instance: ScalarInstance) -> None:
        import pyomo.environ as pyo

        refuse_terms(instance.formulation, _is_combinatorial)
        self.pyo = pyo
        self.instance = instance
        self.model = pyo.ConcreteModel()
        formulation = instance.formulation
        names = [each.name for each in formulation.variables] + [each.name for each in formulation.constraints]
        self.names = unique_names(names, lambda name: hasattr(self.model, name))
        self.variables: dict[str, Any] = {}
        self.constraints: list[tuple[str, Key, Any]] = []
        self._auxiliaries = 0
        self.ranks = ranked_objectives(formulation)
        self.objectives: list[Any] = []
        self.constant_constraints: set[str] = set()
        functions = {name: getattr(pyo, name) for name in ("sqrt", "exp", "log", "sin", "cos")} | {"abs": abs}
        self.evaluator = ScalarEvaluator(instance, self.at, functions)
        self.logic = PyomoLogic(self.evaluator, self._add_freely)
        self.evaluator.modeller = self.logic
        self.decisions = decisions(formulation)
        for variable in formulation.variables:
            self._add_variable(variable)
        for constraint in formulation.constraints:
            self._add_constraint(constraint)
        self._add_objectives()

    @property
    def relations(self) -> list[Any]:
        """Every constraint: those of the formulation, and those that say what auxiliary variables are."""
        return [*(constraint for _, _, constraint in self.constraints), *self.logic.constraints]

    def at(self, name: str, key: Key) -> Any:
        """The Pyomo variable at an index tuple."""
        return self.variables[name][_subscript(key)]

    def _add_variable(self, variable: Variable) -> None:
        pyo, name = self.pyo, variable.name
        bounds = {key: (lower, upper) for key, lower, upper in self.instance.bounds(variable)}
        if variable.domain == "semicontinuous":
            self.variables[name] = self._add_semicontinuous(variable, bounds)
            return
        domain = {"real": pyo.Reals, "integer": pyo.Integers, "binary": pyo.Binary}[variable.domain]
        self.variables[name] = self._add_variables(name, bounds, domain)

    def _add_variables(self, name: str, bounds: Mapping[Key, tuple[Any, Any]], domain: Any) -> Any:
        index = () if set(bounds) == {()} else ([_subscript(key) for key in bounds],)
        component = self.pyo.Var(*index, domain=domain)
        self._add(name, component)
        for key, (lower, upper) in bounds.items():
            one = component[_subscript(key)]
            if lower is not None and (domain is not self.pyo.Binary or lower > 0):
                one.setlb(lower)
            if upper is not None and (domain is not self.pyo.Binary or upper < 1):
                one.setub(upper)
        return component

    def _add_semicontinuous(self, variable: Variable, bounds: Mapping[Key, tuple[Any, Any]]) -> Any:
        """Zero or between the bounds: a binary variable says which."""
        pyo, name = self.pyo, variable.name
        for key, (lower, upper) in bounds.items():
            if upper is None or (lower or 0) < 0:
                message = f"the semicontinuous variable {name}{spell_key(key)} needs bounds, the lower one 0 or more"
                repair = "write `semicontinuous in low..high`"
                raise problem("missing-bound", message, element=f"variable {name}", repair=repair)
        component = self._add_variables(name, {key: (0, upper) for key, (_, upper) in bounds.items()}, pyo.Reals)
        switch = self._add_variables(f"{name}_is_on", dict.fromkeys(bounds, (None, None)), pyo.Binary)
        limits = pyo.ConstraintList()
        self._add(f"{name}_is_zero_or_more", limits)
        for key, (lower, upper) in bounds.items():
            where = _subscript(key)
            limits.add(component[where] >= (lower or 0) * switch[where])
            limits.add(component[where] <= upper * switch[where])
        return component

    def _add_constraint(self, constraint: Constraint) -> None:
        self.evaluator.element = f"constraint {constraint.name}"
        parts: list[dict[Key, Any]] = []
        for key, env in self.instance.constraint_domain(constraint).items():
            for place, relation in enumerate(self._relations(constraint.body, env)):
                if place == len(parts):
                    parts.append({})
                if isinstance(relation, bool):
                    self.constant_constraints.add(constraint.name)
                if relation is not True:
                    parts[place][key] = self.pyo.Constraint.Infeasible if relation is False else relation
        for place, relations in enumerate(parts or [{}]):
            name = constraint.name if place == 0 else f"{constraint.name}_{place + 1}"
            self._add_relations(name, constraint, relations)

    def _add_relations(self, name: str, constraint: Constraint, relations: Mapping[Key, Any]) -> None:
        if constraint.index is None:
            if not relations:
                return
            component = self.pyo.Constraint(expr=relations[()])
        else:
            rule = {_subscript(key): relation for key, relation in relations.items()}
            component = self.pyo.Constraint(list(rule), rule=lambda _, *key: rule[_subscript(key)])
        self._add(name, component)
        self.constraints.extend((constraint.name, key, component[_subscript(key)]) for key in relations)

    def _relations(self, body: Expression, env: Environment) -> Iterator[Any]:
        """The algebraic comparisons that a body comes down to; a truth value where it is on data alone."""
        match body:
            case Comparison(operands, operators) if not {"in", "not in"} & set(operators):
                yield from self._chain(body, operands, operators, env)
            case Connective("and", conditions):
                for condition in conditions:
                    yield from self._relations(condition, env)
            case Connective() | Not() if depends_on(body, self.decisions):
                self.logic.require(body, env)
            case Call() | Reduction() if body.function in LOGICAL_FUNCTIONS and depends_on(body, self.decisions):
                self.logic.require(body, env)
            case Conditional(then, test, otherwise):
                yield from self._relations(then if self.evaluator.holds(test, env) else otherwise, env)
            case _:
                yield self.evaluator.holds(body, env)

    def _chain(
        self, body: Comparison, operands: Sequence[Expression], operators: Sequence[str], env: Environment
    ) -> Iterator[Any]:
        values = [self.evaluator.value(operand, env) for operand in operands]
        is_data = [isinstance(value, str | int | float) for value in values]
        if is_data == [True, False, True] and set(operators) in ({"<="}, {">="}):
            low, body_value, high = values if operators[0] == "<=" else reversed(values)
            yield self.pyo.inequality(low, body_value, high) if low <= high else False
            return
        for place, sign in enumerate(operators):
            if is_data[place] and is_data[place + 1]:
                yield self.evaluator.compare(operands[place], sign, operands[place + 1], env)
            elif sign == "<=":
                yield values[place] <= values[place + 1]
            elif sign == ">=":
                yield values[place] >= values[place + 1]
            elif sign == "==":
                yield values[place] == values[place + 1]
            else:
                self._refuse(body)

    def _refuse(self, node: Expression) -> NoReturn:
        raise FormulationError([_unsupported(self.evaluator.element, node)])

    def _add_objectives(self) -> None:
        pyo = self.pyo
        senses = {"minimize": pyo.minimize, "maximize": pyo.maximize}
        self.evaluator.element = "objective"
        for place, rank in enumerate(self.ranks):
            expression = sum(
                value if coefficient == 1 else coefficient * value
                for coefficient, value in ((factor, self.evaluator.number(node, {})) for factor, node in rank.terms)
            )
            objective = pyo.Objective(expr=expression, sense=senses[rank.sense])
            self._add("objective" if place == 0 else f"objective_{place + 1}", objective)
            self.objectives.append(objective)
            if place:
                objective.deactivate()
        if not self.ranks:
            self._add("objective", pyo.Objective(expr=0))

    def _add_freely(self, name: str, component: Any) -> None:
        """Put an auxiliary component into the model, which is nothing that the formulation names."""
        self._auxiliaries += 1
        self._add(f"{name}_{self._auxiliaries}", component)

    def _add(self, name: str, component: Any) -> None:
        """Put a component into the model under its name, or the nearest one that is free."""
        free = self.names.get(name, name)
        while self.model.component(free) is not None or hasattr(self.model, free):
            free += "_"
        self.model.add_component(free, component)


def _subscript(key: Sequence[Any]) -> Any:
    """An index tuple as Pyomo's brackets take it."""
    if not key:
        return None
    return key[0] if len(key) == 1 else tuple(key)


def _is_combinatorial(node: Expression) -> bool:
    return isinstance(node, Call | Reduction) and node.function in _COMBINATORIAL


def _unsupported(element: str | None, node: Expression) -> Diagnostic:
    return Diagnostic(
        code="unsupported",
        severity="error",
        message=f"`{node}` has no algebraic form in Pyomo",
        element=element,
        place=node.place,
        repair="write it with binary variables, or solve without Pyomo",
    )
