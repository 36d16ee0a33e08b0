"""Formulations for property tests: any that can be written down, and small linear ones that can be solved."""

from collections.abc import Sequence

from hypothesis import strategies as st

from steepest.solvers.formulation import (
    Constraint,
    Family,
    Formulation,
    IndexedValue,
    NamedExpression,
    Objective,
    Parameter,
    Set,
    TableSource,
    Variable,
)
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    Label,
    Name,
    Not,
    Number,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)
from steepest.solvers.language.labels import label_or_number, normalize_label
from steepest.solvers.language.parser import negate
from steepest.solvers.language.spelling import is_identifier

# Names and labels. Index names have a digit behind an i, which no other name and no label has: an index that shares
# its name with a label or a declared name is refused by the reader (tests/solvers/test_reader.py).

AWKWARD_NAMES = [
    "sets",
    "minimize",
    "max",
    "table",
    "default",
    "matrix",
    "cyclic",
    "sum",
    "from",
    "yield",
    "forall",
    "é",
]
AWKWARD_LABELS = [
    "", "-", "missing", "table", "for", "in", "Center 1", "four-color", "2-6", "007", "a|b", "a#b", 'a"b', "it's",
    "x  y", "1.5", "[kg]", "50%", "$3", "\\", "a\nb", "units", "e5", "1e5", "Ä ö", "c,d", "{x}", "# no", "“q”",
]  # fmt: skip


def _is_index_name(name: str) -> bool:
    return name[:1] == "i" and name[1:].isdigit()


names = st.one_of(
    st.sampled_from(AWKWARD_NAMES),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True),
).filter(lambda name: is_identifier(name) and not _is_index_name(name))

labels: st.SearchStrategy[Label] = st.one_of(
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_ -]{0,8}", fullmatch=True),
    st.sampled_from(AWKWARD_LABELS),
    st.text(max_size=8),
    st.integers(-999, 99_999),
    st.floats(-1e6, 1e6),
).map(normalize_label).filter(lambda label: not (isinstance(label, str) and _is_index_name(label)))  # fmt: skip

values = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False, width=64), labels).map(
    normalize_label
)
prose = st.one_of(
    st.just(""), st.text(max_size=20), st.sampled_from(["kg", "[1] see", '"q" then', "## x", ", and", "$/h"])
)
quotes = st.lists(st.text(max_size=15), max_size=2)
units = st.one_of(
    st.none(), st.sampled_from(["kg", "$/h", "kg/(m s)", "a|b", '"', "# of items", "m^2"]), st.text(max_size=6)
)
numbers = st.one_of(st.integers(0, 10**6), st.floats(0, 1e9)).map(Number)


def label_node(label: Label) -> Expression:
    """A label in an expression."""
    return label_or_number(label) if isinstance(label, str) else Number(normalize_label(label))  # type: ignore[arg-type]


@st.composite
def expressions(draw: st.DrawFn, known: Sequence[str], bound: Sequence[str] = (), depth: int = 3) -> Expression:
    """Numeric expressions over some names, with the index names that are bound around them."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(atoms(known, bound))
    inner = expressions(known, bound, depth - 1)
    match draw(st.integers(0, 9)):
        case 0:
            terms = draw(st.lists(inner, min_size=2, max_size=4))
            signs = [1, *(draw(st.sampled_from([1, -1])) for _ in terms[1:])]
            return Sum(tuple(terms), tuple(signs))  # type: ignore[arg-type]  # 1 or -1
        case 1 | 2:
            return Arithmetic(draw(st.sampled_from(["*", "/", "**"])), draw(inner), draw(inner))
        case 3:
            return negate(draw(inner))
        case 4:
            function = draw(st.sampled_from(["sqrt", "min", "max", "abs", "norm2"]))
            return Call(function, tuple(draw(st.lists(inner, min_size=1, max_size=3))))
        case 5:
            return Conditional(draw(inner), draw(conditions(known, bound, depth - 1)), draw(inner))
        case 6 | 7:
            generators, inside = draw(some_generators(known, bound, depth - 1))
            function = draw(st.sampled_from(["sum", "min", "max", "circuit"]))
            body: Expression = draw(expressions(known, inside, depth - 1))
            if draw(st.booleans()):
                body = TupleOf((body, draw(expressions(known, inside, depth - 1))))
            return Reduction(function, body, generators)
    return Index(draw(st.sampled_from(known)), tuple(draw(st.lists(index_nodes(bound), min_size=1, max_size=3))))


def atoms(known: Sequence[str], bound: Sequence[str]) -> st.SearchStrategy[Expression]:
    """Numbers and names."""
    return st.one_of(numbers, st.sampled_from([*known, *bound, "pi", "nobody"]).map(Name))


def index_nodes(bound: Sequence[str]) -> st.SearchStrategy[Expression]:
    """What stands between the brackets of an index."""
    literal = labels.map(label_node)
    if not bound:
        return literal
    names_in_scope = st.sampled_from(list(bound)).map(Name)
    lag = st.builds(lambda name, by, sign: Sum((name, Number(by)), (1, sign)), names_in_scope, st.integers(1, 3),
                    st.sampled_from([1, -1]))  # fmt: skip
    return st.one_of(literal, names_in_scope, lag)


@st.composite
def conditions(draw: st.DrawFn, known: Sequence[str], bound: Sequence[str] = (), depth: int = 2) -> Expression:
    """Comparisons and what is made of them."""
    if depth > 0 and draw(st.integers(0, 3)) == 0:
        operands = draw(st.lists(conditions(known, bound, depth - 1), min_size=2, max_size=3))
        return Connective(draw(st.sampled_from(["and", "or"])), tuple(operands))
    if depth > 0 and draw(st.integers(0, 4)) == 0:
        return Not(draw(conditions(known, bound, depth - 1)))
    if draw(st.integers(0, 4)) == 0:
        pair = TupleOf((draw(atoms(known, bound)), draw(labels.map(label_node))))
        return Comparison((pair, Name(draw(st.sampled_from(known)))), (draw(st.sampled_from(["in", "not in"])),))
    operands = draw(st.lists(expressions(known, bound, max(0, depth - 1)), min_size=2, max_size=3))
    operators = [draw(st.sampled_from(["<=", ">=", "==", "!=", "<", ">"])) for _ in operands[1:]]
    return Comparison(tuple(operands), tuple(operators))


@st.composite
def some_generators(
    draw: st.DrawFn, known: Sequence[str], bound: Sequence[str], depth: int
) -> tuple[tuple[Generator, ...], list[str]]:
    """Generators with fresh index names, and all the names bound behind them."""
    inside = list(bound)
    found = []
    for _ in range(draw(st.integers(1, 2))):
        source = draw(sources(known, inside, depth))
        fresh = [f"i{len(inside) + offset}" for offset in range(draw(st.integers(1, 2)))]
        inside += fresh
        condition = draw(st.none() | conditions(known, inside, max(0, depth - 1)))
        found.append(Generator(fresh[0] if len(fresh) == 1 else tuple(fresh), source, condition))
    return tuple(found), inside


def sources(known: Sequence[str], bound: Sequence[str], depth: int) -> st.SearchStrategy[Expression]:
    """Sets: names mostly, sometimes literals, ranges and what is made of sets."""
    simple = st.sampled_from(list(known)).map(Name)
    if depth <= 0:
        return simple
    return st.one_of(simple, simple, members(known, bound, depth - 1))


@st.composite
def members(draw: st.DrawFn, known: Sequence[str], bound: Sequence[str] = (), depth: int = 2) -> Expression:
    """What a set is defined by."""
    match draw(st.integers(0, 5 if depth > 0 else 2)):
        case 0:
            found = draw(st.lists(labels, max_size=4, unique=True))
            return SetLiteral(tuple(map(label_node, found)), draw(st.booleans()) if found else False)
        case 1:
            return SetLiteral(tuple(TupleOf(tuple(map(label_node, draw(st.tuples(labels, labels))))) for _ in range(2)))
        case 2:
            first = draw(st.one_of(st.integers(-5, 5).map(Number), st.just(Name(known[0]))))
            return Range(
                first, draw(st.one_of(st.integers(6, 9).map(Number), st.just(Name("nobody")))), draw(st.booleans())
            )
        case 3:
            generators, inside = draw(some_generators(known, bound, depth - 1))
            new = inside[len(bound) :]
            element = Name(new[0]) if len(new) == 1 else TupleOf(tuple(map(Name, new)))
            return SetComprehension(element, generators)
        case 4:
            return Sum((Name(known[0]), draw(members(known, bound, depth - 1))), (1, draw(st.sampled_from([1, -1]))))
    return Arithmetic(draw(st.sampled_from(["|", "&"])), Name(known[0]), draw(members(known, bound, depth - 1)))


@st.composite
def heads(draw: st.DrawFn, known: Sequence[str]) -> Head:
    """Heads with and without index names and a condition."""
    if draw(st.booleans()):
        return Head(
            tuple(
                Generator(None, Name(name)) for name in draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
            )
        )
    generators, inside = draw(some_generators(known, (), 1))
    plain = [Generator(each.pattern, each.source) for each in generators]
    condition = draw(st.none() | conditions(known, inside, 1))
    return Head((*plain[:-1], Generator(plain[-1].pattern, plain[-1].source, condition)))


table_sources = st.builds(TableSource, path=st.text(max_size=10), columns=st.lists(st.text(max_size=6), max_size=3))


def _provenance() -> dict[str, st.SearchStrategy[object]]:
    return {"quotes": quotes, "note": prose}


@st.composite
def sets(draw: st.DrawFn, name: str, known: Sequence[str]) -> Set:
    """A set of any kind."""
    common = draw(st.fixed_dictionaries(_provenance()))
    match draw(st.integers(0, 3)):
        case 0:
            keys = draw(st.lists(st.lists(labels, min_size=1, max_size=2), min_size=1, max_size=3, unique_by=tuple))
            families = [Family(index=key, members=draw(members(known, (), 1))) for key in keys]
            return Set(name=name, index=draw(st.none() | heads(known)), families=families, **common)
        case 1:
            return Set(name=name, index=draw(st.none() | heads(known)), table=draw(table_sources), **common)
    head = draw(st.none() | heads(known))
    bound = head.names if head is not None else ()
    return Set(name=name, index=head, members=draw(members(known, bound)), **common)


@st.composite
def cells(draw: st.DrawFn) -> list[IndexedValue]:
    """The cells of a parameter: a full grid, or any."""
    cell_values = st.one_of(values, st.none())
    if draw(st.booleans()):
        rows, columns = (draw(st.lists(labels, min_size=1, max_size=3, unique=True)) for _ in range(2))
        return [IndexedValue(index=[row, column], value=draw(cell_values)) for row in rows for column in columns]
    width = draw(st.integers(1, 3))
    keys = draw(st.lists(st.lists(labels, min_size=width, max_size=width), min_size=1, max_size=12, unique_by=tuple))
    return [IndexedValue(index=key, value=draw(cell_values)) for key in keys]


@st.composite
def parameters(draw: st.DrawFn, name: str, known: Sequence[str]) -> Parameter:
    """A parameter of any kind."""
    head = draw(st.none() | heads(known) | st.just(Head((Generator(None, Name(known[0])),))))
    common = draw(st.fixed_dictionaries({**_provenance(), "unit": units}))
    if draw(st.booleans()):
        common = {"unit": common["unit"]}
    default = draw(st.none() | st.floats(-1e6, 1e6))
    match draw(st.integers(0, 5)):
        case 0:
            return Parameter(name=name, index=head, missing=True, default=default, **common)
        case 1:
            return Parameter(name=name, index=head, value=draw(values), default=default, **common)
        case 2:
            bound = head.names if head is not None else ()
            return Parameter(
                name=name, index=head, expression=draw(expressions(known, bound)), default=default, **common
            )
        case 3:
            return Parameter(name=name, index=head, table=draw(table_sources), default=default, **common)
    return Parameter(name=name, index=head, values=draw(cells()), default=default, **common)


@st.composite
def variables(draw: st.DrawFn, name: str, known: Sequence[str]) -> Variable:
    """A variable with any domain and bounds."""
    head = draw(st.none() | heads(known))
    bound = head.names if head is not None else ()
    limits = st.none() | expressions(known, bound, 2)
    common = draw(st.fixed_dictionaries({**_provenance(), "unit": units}))
    domain = draw(st.sampled_from(["real", "integer", "binary", "semicontinuous"]))
    return Variable(name=name, index=head, domain=domain, lower=draw(limits), upper=draw(limits), **common)


@st.composite
def bodies(draw: st.DrawFn, known: Sequence[str], bound: Sequence[str]) -> Expression:
    """What a constraint says, without the strict inequalities that a reader refuses."""
    operands = draw(st.lists(expressions(known, bound), min_size=2, max_size=3))
    compared = Comparison(tuple(operands), tuple(draw(st.sampled_from(["<=", ">=", "=="])) for _ in operands[1:]))
    return draw(
        st.sampled_from(
            [
                compared,
                Call("implies", (draw(conditions(known, bound, 1)), compared)),
                Call("exactly", (Number(1), compared, compared)),
                Call("all_different", tuple(operands)),
            ]
        )
    )


@st.composite
def formulations(draw: st.DrawFn) -> Formulation:
    """Formulations that can be written down, with every kind of element; few of them mean anything."""
    drawn = draw(st.lists(names, min_size=7, max_size=12, unique_by=str.lower))
    cut = sorted(draw(st.tuples(*[st.integers(1, len(drawn))] * 3)))
    groups = [drawn[: cut[0]], drawn[cut[0] : cut[1]], drawn[cut[1] : cut[2]], drawn[cut[2] :]]
    known = drawn[:4]
    other_names = names.filter(lambda name: name not in drawn)

    def lets(name: str) -> NamedExpression:
        head = draw(st.none() | heads(known))
        bound = head.names if head is not None else ()
        common = draw(st.fixed_dictionaries({**_provenance(), "unit": units}))
        return NamedExpression(name=name, index=head, expression=draw(expressions(known, bound)), **common)

    def constraint(name: str) -> Constraint:
        head = draw(st.none() | heads(known))
        bound = head.names if head is not None else ()
        common = draw(st.fixed_dictionaries(_provenance()))
        return Constraint(name=name, index=head, body=draw(bodies(known, bound)), **common)

    objectives = st.builds(
        Objective,
        sense=st.sampled_from(["minimize", "maximize"]),
        expression=expressions(known),
        priority=st.none() | st.integers(-2, 9),
        weight=st.none() | st.floats(-1e6, 1e6),
        unit=units,
        **_provenance(),
    )
    return Formulation(
        title=draw(prose),
        sets=[draw(sets(name, known)) for name in groups[0]],
        parameters=[draw(parameters(name, known)) for name in groups[1]],
        variables=[draw(variables(name, known)) for name in groups[2]],
        lets=[lets(name) for name in groups[3]],
        objectives=draw(st.lists(objectives, max_size=2)),
        constraints=[constraint(name) for name in draw(st.lists(other_names, max_size=3, unique=True))],
    )


# Small linear models that can be solved


@st.composite
def small_linear_formulations(draw: st.DrawFn) -> Formulation:
    """Well-formed, bounded linear models with sets, filters, tuple sets, lets, lags and derived parameters."""
    return Formulation.from_text(draw(small_linear_texts()))


@st.composite
def small_linear_texts(draw: st.DrawFn) -> str:
    """The texts of small linear models."""
    whole = st.integers(0, 9)

    def pick(*choices: str) -> str:
        return draw(st.sampled_from(choices))

    def data(keys: Sequence[object], low: int = 0) -> str:
        return "{" + ", ".join(f"{key}: {draw(st.integers(low, 9))}" for key in keys) + "}"

    products = draw(st.sampled_from([["bread", "cake"], ['"rye bread"', '"four-color"', "pie"], ["1", "2", "3"]]))
    periods = draw(st.integers(2, 4))
    arcs = [f"({a}, {b})" for a in products for b in products if a != b]
    chosen = draw(st.lists(st.sampled_from(arcs), min_size=1, unique=True))
    domain, flow_domain = pick("integer", "real", "binary"), pick("integer", "real")
    upper = "1" if domain == "binary" else "limit[p]"
    bound = "binary" if domain == "binary" else f"{domain} in 0..{upper}"
    month = pick(f"1..{periods}", f"cyclic 1..{periods}", "{" + ", ".join(["jan", "feb", "mar", "apr"][:periods]) + "}")
    month_keys = (["jan", "feb", "mar", "apr"] if month.startswith("{") else ["1", "2", "3", "4"])[:periods]
    arc = pick("{" + ", ".join(chosen) + "}", "{(p, q) for p in Product for q in Product if p != q}")
    demand = [f"({p}, {t})" for p in products for t in month_keys]
    sparse = draw(st.lists(st.sampled_from(demand), min_size=1, unique=True))
    optional = {
        "lag": f"carry[p in Product, t in Month if t != first(Month)]: stock[p, t] <= stock[p, t-1] + {draw(whole)}",
        "filter": f"some: sum(make[p, t] for p in Product if p != {products[0]} for t in Month) >= {pick('0', '1')}",
        "two": f"between[t in Month]: {-draw(whole)} <= made[t] - {draw(whole)} <= {draw(st.integers(5, 20))}",
        "equal": f"even[p in Product]: stock[p, first(Month)] == {draw(st.integers(0, 2))}",
        "flow": "flow[p in Product]: sum(move[p2, q2] for (p2, q2) in Arc if q2 == p) <= spare + stock[p, last(Month)]",
    }
    kept = draw(st.lists(st.sampled_from(sorted(optional)), unique=True))
    return f"""sets:
  Product = {{{", ".join(products)}}}
  Month = {month}
  Arc = {arc}
  Other = {{p for p in Product if p != {products[0]}}}
parameters:
  spare = {draw(whole)}
  limit[Product] = {data(products)}
  profit[Product] = {data(products, -4)}
  demand[Product, Month] = {data(sparse)} default {draw(whole)}
  freight[(p, q) in Arc] = {draw(whole)} if p == {products[0]} else limit[q] + 1
  capacity[t in Month] = spare + {draw(whole)} - len(Other)
variables:
  make[p in Product, t in Month]: {bound}
  stock[Product, Month]: real in 0..{draw(st.integers(1, 20))}
  move[Arc]: {flow_domain} in 0..{draw(st.integers(1, 5))}
let:
  made[t in Month] = sum(make[p, t] for p in Product)
  moved = sum(freight[p, q] * move[p, q] for (p, q) in Arc)
  kept = 0.5 * sum(stock[o, t] for o in Other for t in Month)
maximize: sum(profit[p] * make[p, t] for p in Product for t in Month) - moved + kept
constraints:
  balance[p in Product, t in Month]: stock[p, t] <= make[p, t] + demand[p, t]
  room[t in Month]: made[t] <= capacity[t] + {draw(whole)}
  {(chr(10) + "  ").join(optional[each] for each in kept)}
"""


def mutations(text: str) -> st.SearchStrategy[str]:
    """Texts a few edits away from one."""

    def edited(edits: list[tuple[int, int, str]]) -> str:
        changed = text
        for at, length, insertion in edits:
            position = at % (len(changed) + 1)
            changed = changed[:position] + insertion + changed[position + length :]
        return changed

    pieces = st.sampled_from([*"[](){}:=,|#\"'*-<>\n \t", "for", "in", "table", "sets:", "```", "default", "..", "0"])
    return st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 6), pieces), min_size=1, max_size=4).map(edited)
