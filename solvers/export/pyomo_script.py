"""A formulation as a Pyomo script that stands alone: its data as Python literals, its algebra as Python loops.

Sets and parameters are written out as they are worth; the objective and the constraints keep their sums and indices.
The text is built from the expression tree, with every label a `repr` and every name one that Python accepts, so that
no label or name of a formulation can become code.
"""

from collections.abc import Iterator, Mapping, Sequence

from steepest.solvers.backends.pyomo_model import PyomoModel, depends_on, refuse_terms
from steepest.solvers.backends.pyomo_solve import classify, relative_slack
from steepest.solvers.data.bound_sets import generators_of
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import decisions, definition_order
from steepest.solvers.diagnostics import problem
from steepest.solvers.export.script_expressions import OR, PRODUCT, Clause, ScriptExpressions, ScriptIndex, literal
from steepest.solvers.export.script_names import is_taken, is_taken_in_python, unique_names
from steepest.solvers.formulation import Formulation, NamedExpression, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Head,
    Not,
    Reduction,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key

_WIDTH = 100

_STEP = '''
def step(members, label, steps, wraps=False):
    """The label that stands some places after another one; None where that is outside of the set."""
    place = list(members).index(label) + int(steps)
    if wraps:
        return members[place % len(members)]
    return members[place] if 0 <= place < len(members) else None
'''

_CHECKED = '''
def checked(relation):
    """A relation on data alone is left out where it holds, and can't be met where it does not."""
    if relation is True:
        return pyo.Constraint.Skip
    return pyo.Constraint.Infeasible if relation is False else relation
'''

_SOLVE = """
if __name__ == "__main__":
    solver = SolverFactory(SOLVER)
    options = {"load_solutions": False, "raise_exception_on_nonoptimal_result": False}
"""

_REPORT = """
    if results.incumbent_objective is None:
        print("status:", results.termination_condition.name)
    else:
        print("status:", results.solution_status.name)
        results.solution_loader.load_vars()
        print("objective:", OBJECTIVE)
        for variable in m.component_data_objects(pyo.Var):
            if variable.value is not None:
                print(variable.name, "=", variable.value)
"""


def to_pyomo_script(formulation: Formulation, data: Data) -> str:
    """Write a Python script that builds and solves the problem with Pyomo and HiGHS, and imports nothing else.

    What is no LP, MIP or QP it solves by SCIP, which Pyomo finds where pyscipopt is installed.

    Raises:
        FormulationError: The data do not fit, or a term has no algebraic form.
    """
    refuse_terms(formulation, _is_unsaid)
    instance = ScalarInstance(formulation, data)
    return _Script(instance, PyomoModel(instance)).text()


def _is_unsaid(node: Expression) -> bool:
    """Whether a term over decisions can't be said in a script, where nothing is made linear."""
    match node:
        case Call(function) | Reduction(function):
            return function in (LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS | {"min", "max"}) - {"norm2"}
        case Connective(operator):
            return operator == "or"
    return isinstance(node, Not)


class _Script:
    """The script of one instance; `built` is the model that it will build, which tells what turns out constant."""

    def __init__(self, instance: ScalarInstance, built: PyomoModel) -> None:
        formulation = instance.formulation
        self.instance = instance
        self.built = built
        self.formulation = formulation
        self.decided = decisions(formulation)
        names = [each.name for each in formulation.sets] + [each.name for each in formulation.parameters]
        names += [each.name for each in formulation.lets] + [each.name for each in formulation.variables]
        self.names = unique_names(names, is_taken)
        used = set(self.names.values())
        self.constraint_names = unique_names(
            [each.name for each in formulation.constraints], lambda name: is_taken(name) or name in used
        )
        used |= set(self.constraint_names.values())
        indices = sorted({name for generator in generators_of(formulation) for name in generator.names})
        index_names = unique_names(indices, lambda name: is_taken_in_python(name) or name in used)
        used |= set(index_names.values())
        self.write = ScriptExpressions(instance, self.names, self.decided, index_names, used)

    def text(self) -> str:
        """The whole script."""
        data = [*self.sets(), *self.parameters()]
        model = [*self.variables(), *self.lets(), *self.objectives(), *self.constraints()]
        preamble = [literal(self.formulation.title)] if self.formulation.title else []
        preamble += [
            "import pyomo.environ as pyo",
            "from pyomo.contrib.solver.common.factory import SolverFactory",
        ]
        if "step" in self.write.needs:
            preamble.append(_STEP)
        if self.built.constant_constraints:
            preamble.append(_CHECKED)
        body = "\n".join([*preamble, "", *data, "m = pyo.ConcreteModel()", "", *model])
        return f"{body}\n{self.solve()}"

    # Data

    def sets(self) -> Iterator[str]:
        if self.formulation.sets:
            yield "# Sets"
        for element in self.formulation.sets:
            name = self.names[element.name]
            if element.name in self.instance.sets:
                yield _listed(name, [literal(member) for member in self.instance.sets[element.name]], "[]")
            else:
                family = self.instance.families[element.name].items()
                yield _listed(name, [f"{_key(key)}: {literal(list(each.members))}" for key, each in family], "{}")
        yield ""

    def parameters(self) -> Iterator[str]:
        """Parameters, and named expressions without decisions, as they are worth."""
        if self.formulation.parameters:
            yield "# Parameters"
        for parameter in self.formulation.parameters:
            unit = _unit(parameter.unit)
            values = self.instance.parameters[parameter.name].values
            if parameter.index is None:
                yield f"{self.names[parameter.name]} = {literal(values[()])}{unit}"
            else:
                cells = [f"{_key(key)}: {literal(value)}" for key, value in values.items()]
                yield _listed(self.names[parameter.name], cells, "{}", unit)
        for let in self.formulation.lets:
            if let.name not in self.decided:
                yield self.data_let(let)
        yield ""

    def data_let(self, let: NamedExpression) -> str:
        evaluator = ScalarEvaluator(self.instance, element=f"let {let.name}")
        values = {key: evaluator.value(let.expression, env) for key, env in self.instance.lets[let.name][1].items()}
        if let.index is None:
            return f"{self.names[let.name]} = {literal(values[()])}"
        return _listed(self.names[let.name], [f"{_key(key)}: {literal(each)}" for key, each in values.items()], "{}")

    # The model

    def variables(self) -> Iterator[str]:
        for variable in self.formulation.variables:
            yield from self.semicontinuous(variable) if variable.domain == "semicontinuous" else self.variable(variable)
        yield ""

    def variable(self, variable: Variable) -> Iterator[str]:
        name = self.names[variable.name]
        domain = {"real": "Reals", "integer": "Integers", "binary": "Binary"}[variable.domain]
        clauses, scope = self.head(variable.index)
        options = [f"domain=pyo.{domain}"]
        if variable.lower is not None or variable.upper is not None:
            bounds = ", ".join(
                "None" if bound is None else self.write.write(bound, scope)
                for bound in (variable.lower, variable.upper)
            )
            options.append(f"bounds={self.rule(clauses, scope, variable, f'({bounds})')}")
        yield self.component(name, "Var", clauses, *options) + _unit(variable.unit)

    def semicontinuous(self, variable: Variable) -> Iterator[str]:
        name = self.names[variable.name]
        switch = self.write.fresh(f"{name}_is_on")
        clauses, scope = self.head(variable.index)
        key = _brackets(clauses)
        lower = "0" if variable.lower is None else self.write.write(variable.lower, scope, PRODUCT)
        upper = "0" if variable.upper is None else self.write.write(variable.upper, scope, PRODUCT)
        bounds = self.rule(clauses, scope, variable, f"(0, {upper})")
        yield self.component(name, "Var", clauses, f"bounds={bounds}")
        yield self.component(switch, "Var", clauses, "domain=pyo.Binary")
        for suffix, relation in (
            ("is_at_least", f"m.{name}{key} >= {lower} * m.{switch}{key}"),
            ("is_at_most", f"m.{name}{key} <= {upper} * m.{switch}{key}"),
        ):
            rule = f"lambda {', '.join(('m', *_names(clauses)))}: {relation}"
            yield self.component(self.write.fresh(f"{name}_{suffix}"), "Constraint", clauses, f"rule={rule}")

    def component(self, name: str, kind: str, clauses: Sequence[Clause], *options: str) -> str:
        return f"m.{name} = pyo.{kind}({', '.join((*self.domain_options(clauses), *options))})"

    def rule(self, clauses: Sequence[Clause], scope: Mapping[str, ScriptIndex], variable: Variable, bounds: str) -> str:
        """The bounds of a variable, as a function where they depend on its index."""
        given = [bound for bound in (variable.lower, variable.upper) if bound is not None]
        if not any(depends_on(bound, frozenset(scope)) for bound in given):
            return bounds
        return f"lambda {', '.join(('m', *_names(clauses)))}: {bounds}"

    def lets(self) -> Iterator[str]:
        """Named expressions over decisions, each after those that it refers to."""
        lets = {let.name: let for let in self.formulation.lets if let.name in self.decided}
        for name in definition_order(self.formulation):
            if name in lets:
                yield from self.function(self.names[name], lets[name].index, lets[name].expression, "Expression")

    def function(self, name: str, head: Head | None, body: Expression | str, kind: str) -> Iterator[str]:
        """A component with the rule that makes it."""
        clauses, scope = self.head(head)
        text = body if isinstance(body, str) else self.write.write(body, scope)
        yield f"\n\ndef {name}({', '.join(('m', *_names(clauses)))}):"
        yield f"    return {text}\n"
        yield "\n" + self.component(name, kind, clauses, f"rule={name}")

    def objectives(self) -> Iterator[str]:
        for place, rank in enumerate(self.built.ranks):
            terms = [
                self.write.write(node, {}) if factor == 1 else f"{literal(factor)} * ({self.write.write(node, {})})"
                for factor, node in rank.terms
            ]
            name = self.objective_name(place)
            yield f"\nm.{name} = pyo.Objective(expr={' + '.join(terms)}, sense=pyo.{rank.sense})"
            if place:
                yield f"m.{name}.deactivate()"
        if not self.built.ranks:
            yield f"\nm.{self.objective_name(0)} = pyo.Objective(expr=0)"

    def constraints(self) -> Iterator[str]:
        for constraint in self.formulation.constraints:
            _, scope = self.head(constraint.index)
            relations = self.relations(constraint.body, scope)
            name = self.constraint_names[constraint.name]
            for place, relation in enumerate(relations):
                part = name if place == 0 else self.write.fresh(f"{name}_part_{place + 1}")
                text = f"checked({relation})" if constraint.name in self.built.constant_constraints else relation
                yield from self.function(part, constraint.index, text, "Constraint")

    def relations(self, body: Expression, scope: Mapping[str, ScriptIndex]) -> list[str]:
        """The relations that a body comes down to, each of which is a constraint of its own."""
        match body:
            case Connective("and", conditions):
                return [relation for each in conditions for relation in self.relations(each, scope)]
            case Conditional(then, test, otherwise):
                left, right = self.relations(then, scope), self.relations(otherwise, scope)
                if len(left) == len(right) == 1:
                    return [f"({left[0]}) if {self.write.write(test, scope, OR)} else ({right[0]})"]
                raise problem("unsupported", f"`{body}` has branches of several relations", place=body.place)
            case Comparison(operands, operators) if len(operators) > 1 and depends_on(body, self.decided):
                return self.chain(operands, operators, scope)
            case Comparison((left, right), (sign,)):
                return [self.write.compare(left, sign, right, scope)]
        return [f"bool({self.write.write(body, scope)})"]

    def chain(
        self, operands: Sequence[Expression], operators: Sequence[str], scope: Mapping[str, ScriptIndex]
    ) -> list[str]:
        is_range = len(operators) == 2 and set(operators) in ({"<="}, {">="})
        if is_range and not any(depends_on(end, self.decided) for end in (operands[0], operands[2])):
            low, body, high = operands if operators[0] == "<=" else reversed(operands)
            return [f"pyo.inequality({', '.join(self.write.write(each, scope) for each in (low, body, high))})"]
        pairs = zip(operands, operators, operands[1:], strict=False)
        return [self.write.compare(left, sign, right, scope) for left, sign, right in pairs]

    def objective_name(self, place: int) -> str:
        return self.write.fresh(f"objective_{place + 1}")

    # Heads

    def head(self, head: Head | None) -> tuple[list[Clause], dict[str, ScriptIndex]]:
        return self.write.clauses(head.generators, {}) if head is not None else ([], {})

    def domain_options(self, clauses: Sequence[Clause]) -> list[str]:
        """The index set of a component, if it has one: a set by its name, or a list of index tuples."""
        if not clauses:
            return []
        if len(clauses) == 1 and clauses[0].condition is None:
            return [clauses[0].code if clauses[0].code.isidentifier() else f"list({clauses[0].code})"]
        names = _names(clauses)
        element = names[0] if len(names) == 1 else f"({', '.join(names)})"
        return [f"[{element} {' '.join(str(clause) for clause in clauses)}]"]

    # The end

    def solve(self) -> str:
        solver = "highs" if classify(self.built) in ("LP", "MIP", "QP") else "scip_direct"
        lines = [_SOLVE.rstrip("\n").replace("SOLVER", repr(solver)), "    results = solver.solve(m, **options)"]
        for place in range(1, len(self.built.ranks)):
            before, now = f"m.{self.objective_name(place - 1)}", f"m.{self.objective_name(place)}"
            sign, more = ("<=", "+") if self.built.ranks[place - 1].sense == "minimize" else (">=", "-")
            slack = relative_slack(self.built.objectives[place - 1])
            room = f" {more} {slack:g} * max(1, abs(reached))" if slack else ""
            lines += [
                "    if results.incumbent_objective is not None:",
                "        reached = results.incumbent_objective",
                f"        {before}.deactivate()",
                f"        m.{self.write.fresh(f'rank_{place}_is_held')} = pyo.Constraint("
                f"expr={before}.expr {sign} reached{room})",
                f"        {now}.activate()",
                "        results = solver.solve(m, **options)",
            ]
        return "\n".join(lines) + _REPORT.replace("OBJECTIVE", f"pyo.value(m.{self.objective_name(0)})")


def _names(clauses: Sequence[Clause]) -> tuple[str, ...]:
    return tuple(name for clause in clauses for name in clause.names)


def _brackets(clauses: Sequence[Clause]) -> str:
    return f"[{', '.join(_names(clauses))}]" if clauses else ""


def _unit(unit: str | None) -> str:
    """A unit as a comment, without signs that could end it."""
    return f"  # [{''.join(sign for sign in unit if sign.isprintable())}]" if unit else ""


def _key(key: Key) -> str:
    return literal(key[0] if len(key) == 1 else key)


def _listed(name: str, items: Sequence[str], braces: str, comment: str = "") -> str:
    """An assignment of a list or dictionary, an item a line where it is long."""
    line = f"{name} = {braces[0]}{', '.join(items)}{braces[1]}{comment}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{name} = {braces[0]}{comment}", *(f"    {item}," for item in items), braces[1]])
