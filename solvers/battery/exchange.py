"""Exchange of congruent entities: with all data of two entities exchanged, the optimum is the same.

A model that means two products alike is the same model with their names exchanged. What it says of one of them alone
(`bake[cake] >= ordered_cakes`) is exchanged too, words and all; what it says of both alike stays as it is written, and
there the exchanged data must do the same. They don't where a number of the one stands in the place of the other's.
"""

from collections import Counter
from collections.abc import Callable

from steepest.solvers.battery.case import Case
from steepest.solvers.battery.entities import Pair, Part, entity_pairs, expression_of, head_of, parts_of
from steepest.solvers.battery.exchanged import exchanged_but, exchanged_data
from steepest.solvers.battery.lexicon import tokens
from steepest.solvers.battery.mirroring import shape
from steepest.solvers.battery.probes import is_same
from steepest.solvers.battery.tally import Tally
from steepest.solvers.language.expressions import (
    Arithmetic,
    Comparison,
    Expression,
    Index,
    LabelRef,
    Name,
    walk,
)

_ANY = "*"
"""Decisions of every label of a set."""


def check_exchange(case: Case, tally: Tally) -> None:
    """With the data of two entities that the model treats alike exchanged, the optimum is the same."""
    tally.reason = "no two entities have the same kinds of data and are treated alike"
    told: set[str] = set()
    for pair in entity_pairs(case.formulation):
        alike, crossed = _parts_alike(case, pair)
        tally.checks += bool(alike or crossed)
        for group in crossed:
            names = {getattr(each, "name", "objective") for each in group}
            if names <= told or _is_meant(group, pair) or not any(_crosses(part, pair) for part in group):
                continue
            if _is_shown(case, tally, pair, group):
                told |= names


def _is_shown(case: Case, tally: Tally, pair: Pair, group: list[Part]) -> bool:
    """Whether the optimum is another one with the data exchanged in what is said of both."""
    data = exchanged_data(case.data, pair)
    formulation = exchanged_but(case.formulation, pair, group)
    if data is None or formulation is None:
        return False
    model = case.probes.compiled(data, formulation)
    after = case.probes.solved(model) if model is not None else None
    if after is None or is_same(after, case.base):
        return False
    tally.found(
        group,
        basis="words",
        changed=f"all data of `{pair.one}` and `{pair.other}` were exchanged",
        happened=f"the optimum went from {case.base} to {after}",
        must_hold="it must stay the same, since the model treats both alike: a number of the one seems to stand in the "
        "place of the other's",
    )
    return True


def _parts_alike(case: Case, pair: Pair) -> tuple[int, list[list[Part]]]:
    """How many parts treat both alike, and the groups of parts that do so but for whose numbers they use."""
    mirror = pair.mirror
    groups: dict[frozenset[str], list[Part]] = {}
    for part in parts_of(case.formulation):
        if not _speaks_of_both(part, pair):
            continue
        node, head = expression_of(part), head_of(part)
        shapes = frozenset({shape(mirror.blurred(node), head), shape(mirror.blurred(mirror(node)), head)})
        groups.setdefault(shapes, []).append(part)
    alike, crossed = 0, []
    for group in groups.values():
        blurred = _shapes(group, mirror.blurred)
        if blurred != _shapes(group, lambda node: mirror.blurred(mirror(node))):
            continue
        if _shapes(group, lambda node: node) == _shapes(group, mirror):
            alike += 1
        else:
            crossed.append(group)
    return alike, crossed


def _shapes(group: list[Part], change: Callable[[Expression], Expression]) -> Counter[str]:
    return Counter(shape(change(expression_of(part)), head_of(part)) for part in group)


def _speaks_of_both(part: Part, pair: Pair) -> bool:
    """Whether decisions of one of them stand in a part, or of all labels of their set."""
    node = expression_of(part)
    if pair.mirror.mentions(node):
        return True
    if not pair.of_set:
        return False
    over = _over(part, pair)
    cells = [each for each in walk(node) if isinstance(each, Index) and each.name not in pair.mirror.parameters]
    return any(isinstance(place, Name) and place.name in over for each in cells for place in each.indices)


def _is_meant(group: list[Part], pair: Pair) -> bool:
    """Whether one part on its own says by its words that it is about one of the two."""
    if len(group) > 1:
        return False
    texts = [getattr(group[0], "name", ""), *group[0].quotes, group[0].note]
    words = {word for text in texts for word in tokens(text)}
    return bool(set(tokens(pair.one)) & words) != bool(set(tokens(pair.other)) & words)


def _over(part: Part, pair: Pair) -> frozenset[str]:
    """The index names that go through the set of the two."""
    head = head_of(part)
    generators = [*(head.generators if head is not None else ())]
    generators += [each for node in walk(expression_of(part)) for each in getattr(node, "generators", ())]
    return frozenset(
        name
        for each in generators
        if isinstance(each.source, Name) and each.source.name == pair.of_set
        for name in each.names
    )


def _crosses(part: Part, pair: Pair) -> bool:
    """Whether a number that can only be the one's is a coefficient of the other's decisions, or their only limit.

    The right-hand side of a constraint on both may be anybody's: `hours1` of the first machine, not the first product.
    """
    node, over = expression_of(part), _over(part, pair)
    if not pair.of_set and isinstance(node, Comparison) and _is_crossed(node, pair, over):
        return True
    products = (each for each in walk(node) if isinstance(each, Arithmetic) and each.operator == "*")
    return any(_is_crossed(each, pair, over) for each in products)


def _is_crossed(node: Expression, pair: Pair, over: frozenset[str]) -> bool:
    """Whether all data of the two in an expression are the one's and all decisions of the two the other's."""
    data: set[str] = set()
    decided: set[str] = set()
    for each in walk(node):
        if isinstance(each, Name | Index):
            owners = _owners(each, pair, over)
            (data if each.name in pair.mirror.parameters else decided).update(owners)
    return len(data) == 1 and len(decided) == 1 and data != decided


def _owners(node: Name | Index, pair: Pair, over: frozenset[str]) -> frozenset[str]:
    """Which of the two an element belongs to, by a word of its name or by a label; both, or any, or neither."""
    both = {pair.one, pair.other}
    if not pair.of_set:
        return frozenset(both & set(tokens(node.name)) if node.name in pair.mirror.names else ())
    places = getattr(node, "indices", ())
    labels = {each.value for each in places if isinstance(each, LabelRef)} & both
    goes_through = any(isinstance(each, Name) and each.name in over for each in places)
    is_decision = node.name not in pair.mirror.parameters
    return frozenset(labels | ({_ANY} if goes_through and is_decision else set()))
