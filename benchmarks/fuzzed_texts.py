"""Texts for the fuzzing of formulations: valid ones, and what is left of them without, or with other, tokens."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TEXTS = [
    """# Everything at once
sets:
  Store = {"Store 1", "Store 2"}
  Month = 1..4
  Day = cyclic {Mon, Tue, Wed}
  Lane = {(c, s) for c in Center for s in Store if ship_cost[c, s] < 9}
  Serves[Center] = {"Center 1": {"Store 1"}, "Center 2": {"Store 1", "Store 2"}}
parameters:
  budget = 400,000   # [$] "a budget of $400,000"
  share = 25%   # "at most a quarter"
  table Center:
    | Center   | opening [$] | capacity [unit] |
    | Center 1 | 151,000     | 1187            |
    | Center 2 | 192,000     | 1400            |
  table ship_cost[Center, Store]:   # [$/unit]
    |          | Store 1 | Store 2 |
    | Center 1 | 3       | 3       |
    | Center 2 | 3       | 5       |
  demand[Store] = {"Store 1": 30, "Store 2": 45}
  slack[c in Center] = capacity[c] - 100
variables:
  ship[Lane]: real >= 0   # [unit]
  open[Center]: binary
  lots[c in Center]: integer in 0..capacity[c]
  rest[Month]: real >= 0
let:
  inflow[s in Store] = sum(ship[c, t] for (c, t) in Lane if t == s)   # [unit]
minimize: sum(opening[c] * open[c] for c in Center) + sum(ship_cost[c, s] * ship[c, s] for (c, s) in Lane)
constraints:
  demand_met[s in Store]: inflow[s] >= demand[s]   # "every store must get what it ordered"
  only_if_open[(c, s) in Lane]: ship[c, s] <= capacity[c] * open[c]
  carry[t in Month if t > first(Month)]: rest[t] == rest[t-1] + 1
  most: share * sum(lots[c] for c in Center) <= budget
""",
    """# Logic
sets:
  Shop = {east, west, "far north"}
variables:
  open[Shop]: binary
  stock[Shop]: integer in 0..20
  level: semicontinuous in 2..9
maximize: sum(3 * stock[s] - 4 * open[s] for s in Shop) - abs(level - 5)
constraints:
  only[s in Shop]: implies(stock[s] > 0, open[s] == 1)
  some: exactly(2, open[s] == 1 for s in Shop)
  one: either(stock[east] >= 5, stock[west] >= 5, not open[east])
  few: at_most(1, stock[east] >= 9, stock[west] >= 9) and level <= 8
  spread: max(stock[s] for s in Shop) - min(stock[s] for s in Shop) <= 7
""",
    """# A schedule
sets:
  Job = {a, b, c}
  Machine = 1..2
parameters:
  long[Job] = {a: 3, b: 2, c: 4}
  need[Job] = [1, 2, 1]
variables:
  start[Job]: integer in 0..12
  on[Job, Machine]: binary
  done: real in 0..20
minimize: done
constraints:
  one[j in Job]: sum(on[j, m] for m in Machine) == 1
  after[j in Job]: done >= start[j] + long[j]
  apart: no_overlap(start[j], long[j] for j in Job)
  shared: cumulative(2, start[j], long[j], need[j] for j in Job)
  order: start[a] + long[a] <= start[c]
  all: all_different(start[j] for j in Job)
""",
    """# A tour
sets:
  City = 1..4
  Arc = {(i, j) for i in City for j in City if i != j}
parameters:
  far[(i, j) in Arc] = abs(i - j) * 10 + j
variables:
  go[Arc]: binary
minimize: sum(far[i, j] * go[i, j] for (i, j) in Arc)
constraints:
  tour: circuit(go[i, j] for (i, j) in Arc)
""",
    """# Curved
parameters:
  price = 12.5   # [$] "12.50"
  rate = 1/4
variables:
  x: real in 0..10
  y: real in 0.5..8
maximize: price * sqrt(x) + log(y) - rate * x ** 2 - x / y
constraints:
  round: norm2(x, y) <= 9
  product: x * y <= 12
  wave: sin(x) + cos(y) >= -1
  bent: piecewise(x, (0, 0), (5, 3), (10, 4)) <= 3.5
""",
    """# Ranked
sets:
  P = {p1, p2, p3}
parameters:
  gain[P] = {p1: 3, p2: 5, p3: 4}
  risk[P, P] = {(p1, p1): 2, (p2, p2): 3, (p3, p3): 1, (p1, p2): 0.5} default 0
variables:
  w[P]: real in 0..1
maximize[1]: sum(gain[p] * w[p] for p in P)
minimize[2]: sum(risk[p, q] * w[p] * w[q] for p in P for q in P)
constraints:
  all: sum(w[p] for p in P) == 1
  most[p in P]: 0.1 <= w[p] <= 0.7
""",
    """Here is the model:
```
sets: A = {x, y}; B = A | {z}
parameters: c[A] = {x: 1, y: 2}
variables: v[A] continuous >= 0
minimize: sum{a in A} c[a] v[a]
constraints:
  v[x] + 2v[y] => 3 for i in 1..2
  0 <= v[x] <= 5 ^ 2
```
That is all.
""",
]

TOKEN = re.compile(r"\w+|\s+|\"[^\"\n]*\"|[^\w\s]")
WORDS = [
    *"[](){}:=,|#\"'`*+-/<>^%.;!\n\t\\\0", "**", "<=", ">=", "==", "!=", "..", "for", "in", "if", "else", "not", "and",
    "or", "sum", "min", "max", "abs", "sets:", "parameters:", "variables:", "let:", "minimize:", "maximize[2]:",
    "constraints:", "table", "default", "missing", "cyclic", "binary", "integer", "real", "semicontinuous", "implies(",
    "exactly(", "circuit(", "no_overlap(", "cumulative(", "all_different(", "piecewise(", "norm2(", "first(", "last(",
    "len(", "sqrt(", "exp(", "log(", "```", "lambda x: x", "__import__('os')", "yield", "*args", "f'{x}'", "None", "1j",
    "0x1f", "1e400", "nan", "inf", "-inf", "True",
]  # fmt: skip
SIGNS = [
    "é", "ß", "Ω", "变量", "مرحبا", "\u200b", "\u202e", "\ufeff", "\U0001f600", "İ", "\ufb01", "²", "≤", "∑", "\u2212",
    "\u201c", "\x85", "\u2028", "\ud800",
]  # fmt: skip
NUMBERS = [
    "9" * 400, "1e308", "-1e308", "1e-320", "0." + "0" * 300 + "1", "10**400", "2**1000000", "9**9**9", "1..1000000000",
    "1..10**12", str(2**63), str(2**31), "1/0", "0/0", "1,000,000,000,000,000,000", "-0.0", "1e5..1e9", "99999999999%",
]  # fmt: skip


def text_number(number: int, seed: int, corpus: Sequence[str]) -> str:
    """The fuzzed text of a number: always the same for the same seed and corpus."""
    chance = random.Random(f"{seed}/{number}")
    text = chance.choice(corpus)
    for _ in range(chance.choice([1, 1, 1, 1, 2, 2, 3, 8])):
        text = chance.choice(MUTATIONS)(text, chance, corpus)
    return text[:200_000]


def _lose(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    first = chance.randrange(len(tokens))
    del tokens[first : first + chance.choice([1, 1, 1, 2, 6])]
    return "".join(tokens)


def _double(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    first = chance.randrange(len(tokens))
    piece = tokens[first : first + chance.choice([1, 1, 3, 20])]
    return "".join(tokens[:first] + piece * chance.choice([2, 2, 3, 200]) + tokens[first + len(piece) :])


def _exchange(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def _replace(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    others = TOKEN.findall(chance.choice(corpus))
    tokens[chance.randrange(len(tokens))] = chance.choice([chance.choice(WORDS), chance.choice(others)])
    return "".join(tokens)


def _kin(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    """A word for a word, a number for a number, a sign for a sign, mostly of the same text: it often stays valid."""
    places = [each for each in TOKEN.finditer(text) if not each[0].isspace()]
    if not places:
        return text
    place = chance.choice(places)
    others = TOKEN.findall(text if chance.random() < 0.8 else chance.choice(corpus))
    same = [each for each in others if _kind(each) == _kind(place[0])] or [place[0]]
    return text[: place.start()] + chance.choice(same) + text[place.end() :]


def _kind(piece: str) -> str:
    if piece[0].isdigit():
        return "number"
    return "word" if piece[0].isalpha() else "bracket" if piece in "()[]{}" else "sign"


def _insert(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    at = chance.randrange(len(text) + 1)
    piece = "".join(chance.choice(chance.choice([WORDS, SIGNS, NUMBERS])) for _ in range(chance.choice([1, 1, 2, 5])))
    return text[:at] + piece + text[at:]


def _giant(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    places = list(re.finditer(r"\d[\d,.]*", text))
    if not places:
        return text + chance.choice(NUMBERS)
    place = chance.choice(places)
    return text[: place.start()] + chance.choice(NUMBERS) + text[place.end() :]


def _nest(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    at, depth = chance.randrange(len(tokens)), chance.choice([2, 20, 100, 1000, 20_000])
    before, behind = chance.choice([
        ("(", ")"), ("[", "]"), ("{", "}"), ("-", ""), ("not ", ""), ("abs(", ")"), ("1 + ", ""), ("2 ** ", ""),
        ("sum(", " for i in 1..2)"), ("min(1, ", ")"), ("x[", "]"), ("1 if 1 > 0 else ", ""), ("either(", ", x >= 0)"),
    ])  # fmt: skip
    tokens[at] = before * depth + tokens[at] + behind * depth
    return "".join(tokens)


def _cut(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return chance.choice([text[:at], text[at:]])


def _splice(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    lines, others = text.splitlines(keepends=True), chance.choice(corpus).splitlines(keepends=True)
    at, there = chance.randrange(len(lines) + 1), chance.randrange(len(others) + 1)
    return "".join(lines[:at] + others[there:]) if chance.random() < 0.5 else "".join(lines[:at] + others + lines[at:])


def _lines(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return "".join(lines)


def _bytes(text: str, chance: random.Random, corpus: Sequence[str]) -> str:
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice([1, 5, 50])):
        raw.insert(chance.randrange(len(raw) + 1), chance.randrange(256))
    return raw.decode(chance.choice(["utf-8", "latin-1"]), "replace")


MUTATIONS: list[Callable[[str, random.Random, Sequence[str]], str]] = [
    _kin, _kin, _kin, _kin, _kin, _kin, _lose, _double, _exchange, _replace, _replace, _insert, _giant, _giant, _nest,
    _cut, _splice, _lines, _bytes,
]  # fmt: skip


def corpus_of(folder: Path | None) -> list[str]:
    """The valid texts that mutations begin with: those of this file, the examples, and those of a folder."""
    paths = [*sorted(EXAMPLES.glob("*.five")), *(sorted(folder.rglob("*.five")) if folder else [])]
    return [*TEXTS, *(path.read_text(encoding="utf-8") for path in paths)]
