import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.sandbox.jail.seccomp import ALLOW, ENOSYS, EPERM, Bits, Condition, OneOf, Rule, compile_rules
from steepest.solvers.sandbox.jail.syscalls import Table, for_machine
from tests.solvers.sandbox.jail.interpreter import verdict

NAMES = [f"call{number}" for number in range(40)]
TABLE = Table("test", 1234, {name: number * 3 for number, name in enumerate(NAMES)})

words = st.one_of(st.integers(0, 15), st.integers(0, (1 << 64) - 1))
halves = st.integers(0, 15) | st.integers(0, (1 << 32) - 1)
one_of = st.builds(OneOf, st.integers(0, 5), st.lists(halves, min_size=1, max_size=3).map(tuple), st.booleans())
bits = st.builds(Bits, st.integers(0, 5), st.integers(0, 15), words)
rules = st.builds(
    Rule, st.sampled_from(NAMES), st.lists(one_of | bits, max_size=2).map(tuple), st.sampled_from([ALLOW, ENOSYS])
)


def holds(condition: Condition, arguments: list[int]) -> bool:
    argument = arguments[condition.argument]
    if isinstance(condition, OneOf):
        return (argument if condition.wide else argument & 0xFFFFFFFF) in condition.values
    allowed = condition.needed | condition.possible
    return argument & condition.needed == condition.needed and argument & ~allowed == 0


@given(
    st.lists(rules, max_size=12, unique_by=lambda rule: rule.call),
    st.integers(0, 130),
    st.lists(words, min_size=6, max_size=6),
)
def test_the_filter_says_what_the_rules_say(chosen: list[Rule], number: int, arguments: list[int]):
    rule = next((rule for rule in chosen if TABLE.number(rule.call) == number), None)
    met = rule is not None and all(holds(condition, arguments) for condition in rule.conditions)
    expected = EPERM if rule is None else rule.then if met else rule.otherwise
    assert verdict(compile_rules(TABLE, chosen), TABLE.audit_arch, number, arguments) == expected


def test_a_rule_for_a_call_that_the_machine_lacks_is_left_out():
    table = for_machine("aarch64")
    assert compile_rules(table, [Rule("open")]) == compile_rules(table, [])


def test_two_rules_for_one_call_are_refused():
    with pytest.raises(ValueError, match="two rules for read"):
        compile_rules(for_machine("x86_64"), [Rule("read"), Rule("read", then=EPERM)])
