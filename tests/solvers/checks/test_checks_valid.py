"""Right models are told nothing but notes: a false alarm would send a person or a model to repair what is right."""

from collections.abc import Callable
from typing import Any

import pytest

from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.formulation import Formulation

BAKERY = {
    "sets": {"Product": "{bread, cake}"},
    "parameters": {
        "profit[Product]": {"bread": 3, "cake": 8},
        "use[Product]": {"bread": 0.5, "cake": 0.8},
        "flour": 40,
        "least": 5,
    },
    "variables": {"bake[Product]": "integer >= 0"},
    "maximize": "sum(profit[p] * bake[p] for p in Product)",
    "constraints": {
        "flour_stock": "sum(use[p] * bake[p] for p in Product) <= flour",
        "enough_cakes": "bake[cake] >= least",
        "others[p in Product if p != cake]": "bake[p] <= flour",
    },
}

LOT_SIZING = {
    "sets": {"Month": "1..12"},
    "parameters": {"demand[Month]": dict.fromkeys(range(1, 13), 10), "hold": 2, "start": 3, "capacity": 15},
    "variables": {"make[Month]": "real in 0..capacity", "stock[Month]": "real >= 0"},
    "minimize": "sum(hold * stock[t] for t in Month)",
    "constraints": {
        "opening": "stock[1] == start + make[1] - demand[1]",
        "carry[t in Month if t > first(Month)]": "stock[t] == stock[t - 1] + make[t] - demand[t]",
        "closing": "stock[last(Month)] >= start",
    },
}

LOT_SIZING_WITH_CONDITIONAL = LOT_SIZING | {
    "lets": {"before[t in Month]": "stock[t - 1] if t > 1 else start"},
    "constraints": {"carry[t in Month]": "stock[t] == before[t] + make[t] - demand[t]"},
}

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

SHIFTS = {
    "sets": {"Day": "cyclic {Mon, Tue, Wed, Thu, Fri, Sat, Sun}"},
    "parameters": {"need[Day]": dict(zip(DAYS, range(3, 10), strict=True))},
    "variables": {"begin[Day]": "integer >= 0"},
    "minimize": "sum(begin[d] for d in Day)",
    "constraints": {"cover[d in Day]": "begin[d] + begin[d - 1] + begin[d - 2] >= need[d]"},
}

TOUR = {
    "sets": {
        "City": "1..4",
        "Arc": "{(i, j) for i in City for j in City if i != j}",
        "Later": "{c in City if c != 1}",
    },
    "parameters": {
        "cost[City, City]": {(i, j): 10 * i + j for i in range(1, 5) for j in range(1, 5) if i != j},
        "n": "=len(City)",
    },
    "variables": {"go[Arc]": "binary", "position[Later]": "real >= 1 <= n"},
    "minimize": "sum(cost[i, j] * go[i, j] for (i, j) in Arc)",
    "constraints": {
        "leave[i in City]": "sum(go[i, j] for j in City if j != i) == 1",
        "arrive[j in City]": "sum(go[i, j] for i in City if i != j) == 1",
        "no_subtour[i in Later, j in Later if i != j]": "position[i] - position[j] + n * go[i, j] <= n - 1",
    },
}

MAX_FLOW = {
    "sets": {
        "Station": "0..3",
        "Line": "{(i, j) for i in Station for j in Station if capacity[i, j] > 0}",
        "Middle": "Station - {source, sink}",
    },
    "parameters": {
        "source": 0,
        "sink": 3,
        "capacity[Station, Station]": {(i, j): (i + 2 * j) % 4 for i in range(4) for j in range(4)},
    },
    "variables": {"flow[(i, j) in Line]": "real in 0..capacity[i, j]"},
    "maximize": "sum(flow[i, j] for (i, j) in Line if i == source) - sum(flow[i, j] for (i, j) in Line if j == source)",
    "constraints": {
        "balance[s in Middle]": "sum(flow[i, j] for (i, j) in Line if j == s)"
        " == sum(flow[i, j] for (i, j) in Line if i == s)",
    },
}

LITERAL_PAIRS = {
    "sets": {"Product": "1..5", "Conflict": "{(1, 3), (1, 5), (2, 4)}"},
    "parameters": {"gain[Product]": {i: i * 2 for i in range(1, 6)}, "room": 3},
    "variables": {"store[Product]": "binary"},
    "maximize": "sum(gain[p] * store[p] for p in Product)",
    "constraints": {
        "apart[(p, q) in Conflict]": "store[p] + store[q] <= 1",
        "room_left": "sum(store[p] for p in Product) <= room",
    },
}

WHOLE_TUPLES = {
    "sets": {"Arc": "{(a, b), (b, c)}"},
    "parameters": {"cost[Arc]": {("a", "b"): 1, ("b", "c"): 2}, "total": 3},
    "variables": {"flow[Arc]": "real >= 0"},
    "minimize": "sum(cost[arc] * flow[arc] for arc in Arc)",
    "constraints": {"all_of_it": "sum(flow[arc] for arc in Arc) >= total", "part": "flow[a, b] <= total"},
}

FAMILIES = {
    "sets": {
        "Type": "1..3",
        "Job": "1..3",
        "CanDo[Type]": {1: "{1, 2}", 2: "{2, 3}", 3: "{3}"},
        "Pair": "{(t, s) for t in Type for s in CanDo[t]}",
    },
    "parameters": {"people": 4, "demand[Job]": {1: 1, 2: 2, 3: 3}, "wish[Type]": {1: 1, 2: 3, 3: 3}},
    "variables": {"assign[Pair]": "integer >= 0"},
    "maximize": "sum(assign[t, wish[t]] for t in Type if wish[t] in CanDo[t])",
    "constraints": {
        "available[t in Type]": "sum(assign[t, s] for s in CanDo[t]) <= people",
        "met[s in Job]": "sum(assign[t, s] for t in Type if s in CanDo[t]) >= demand[s]",
    },
}

SPARSE_PRICES = {
    "sets": {"Time": "1..5", "Age": "1..4", "Keep": "{(i, j) for i in Time for j in Time if i < j}"},
    "parameters": {
        "price[Time]": {1: 2.5, 2: 2.6, 3: 2.8, 4: 3.1},
        "salvage[Age]": {1: 2.0, 2: 1.6, 3: 1.3, 4: 1.1},
        "upkeep[Age]": {1: 0.3, 2: 0.8, 3: 1.5, 4: 2.0},
        "cost[(i, j) in Keep]": "=price[i] - salvage[j - i] + sum(upkeep[a] for a in Age if a <= j - i)",
    },
    "variables": {"keep[Keep]": "binary"},
    "minimize": "sum(cost[i, j] * keep[i, j] for (i, j) in Keep)",
    "constraints": {
        "begin": "sum(keep[i, j] for (i, j) in Keep if i == 1) == 1",
        "flow[t in Time if 1 < t < 5]": "sum(keep[i, j] for (i, j) in Keep if j == t)"
        " == sum(keep[i, j] for (i, j) in Keep if i == t)",
    },
}

LABEL_VALUES = {
    "sets": {"Worker": "{Ann, Bob}", "Plant": "{North, South}"},
    "parameters": {"home[Worker]": {"Ann": "North", "Bob": "South"}, "need[Plant]": {"North": 1, "South": 2}},
    "variables": {"hours[Worker, Plant]": "real >= 0"},
    "minimize": "sum(hours[w, p] for w in Worker for p in Plant)",
    "constraints": {
        "at_home[w in Worker]": "hours[w, home[w]] >= need[home[w]]",
        "away[w in Worker, p in Plant if p != home[w]]": "hours[w, p] <= need[p]",
    },
}

REGIMES = {
    "sets": {"Model": "{A, B}", "Regime": "{regular, overtime}"},
    "parameters": {
        "profit[Model]": {"A": 300, "B": 450},
        "loss[Model]": {"A": 20, "B": 25},
        "unit_profit[m in Model, r in Regime]": '=profit[m] - (loss[m] if r == "overtime" else 0)',
        "limit": 40,
    },
    "variables": {"make[Model, Regime]": "integer >= 0"},
    "lets": {"made[m in Model]": "sum(make[m, r] for r in Regime)"},
    "maximize": "sum(unit_profit[m, r] * make[m, r] for m in Model for r in Regime)",
    "constraints": {"limits[m in Model]": "0 <= made[m] <= limit"},
}

UNIT_COMMITMENT = {
    "sets": {"Unit": "{coal, gas}", "Hour": "0..3"},
    "parameters": {
        "least[Unit]": 35,
        "most[Unit]": {"coal": 126, "gas": 130},
        "demand[Hour]": {0: 100, 1: 120, 2: 90, 3: 80},
        "owned[Unit]": {"coal": 5, "gas": 2},
        "reserve": 0.15,
    },
    "variables": {
        "on[u in Unit, h in Hour]": "integer in 0..owned[u]",
        "power[Unit, Hour]": "real >= 0",
        "started[Unit, Hour]": "integer >= 0",
    },
    "minimize": "sum(power[u, h] + started[u, h] for u in Unit for h in Hour)",
    "constraints": {
        "meet[h in Hour]": "sum(power[u, h] for u in Unit) >= (1 + reserve) * demand[h]",
        "limits[u in Unit, h in Hour]": "least[u] * on[u, h] <= power[u, h] <= most[u] * on[u, h]",
        "starts[u in Unit, h in Hour if h > 0]": "started[u, h] >= on[u, h] - on[u, h - 1]",
        "first_starts[u in Unit]": "started[u, 0] >= on[u, 0]",
    },
}

FROM_TABLES = {
    "sets": {"Center": "table", "Store": "table", "Lane": "{(c, s) for c in Center for s in Store if cost[c, s] < 9}"},
    "parameters": {"cost[Center, Store]": "table", "demand[Store]": "table", "capacity[Center]": "missing"},
    "variables": {"ship[Lane]": "real >= 0", "open[Center]": "binary"},
    "minimize": "sum(cost[c, s] * ship[c, s] for (c, s) in Lane)",
    "constraints": {
        "met[s in Store]": "sum(ship[c, s2] for (c, s2) in Lane if s2 == s) >= demand[s]",
        "supply[c in Center]": "sum(ship[c2, s] for (c2, s) in Lane if c2 == c) <= capacity[c] * open[c]",
    },
}

TIN = {
    "parameters": {"volume": 500},
    "variables": {"r": "real >= 0", "h": "real >= 0"},
    "minimize": "2 * pi * r**2 + 2 * pi * r * h",
    "constraints": {"holds": "pi * r**2 * h + 2 / 3 * pi * r**3 == volume"},
}

RATIO = BAKERY | {
    "lets": {"made": "sum(bake[p] for p in Product)", "gain": "sum(profit[p] * bake[p] for p in Product)"},
    "maximize": "100 * gain / made",
}

LOGIC = {
    "sets": {"Lane": "{east, west}"},
    "parameters": {"big": 9, "wanted": 12},
    "variables": {"ship[Lane]": "real in 0..big", "open[Lane]": "binary"},
    "minimize": "sum(ship[k] + open[k] for k in Lane)",
    "constraints": {
        "only_if_open[k in Lane]": "implies(ship[k] > 0, open[k] == 1)",
        "one_of_them": "exactly(1, open[k] == 1 for k in Lane)",
        "either_way": "either(ship[east] >= wanted, ship[west] >= wanted)",
    },
}

SET_ALGEBRA = {
    "sets": {
        "Pick": "1..3",
        "Drop": "11..13",
        "Stop": "Pick + Drop",
        "Node": "{0} | Stop | {21}",
        "Arc": "{(i, j) for i in Node for j in Node if i != j and i != 21 and j != 0}",
        "Inner": "Node & Stop",
    },
    "parameters": {"open[Node]": dict.fromkeys([0, 1, 2, 3, 11, 12, 13, 21], 6), "gap": 10},
    "variables": {"go[Arc]": "binary", "time[Node]": "real >= 0"},
    "minimize": "sum(go[i, j] for (i, j) in Arc) + time[21]",
    "constraints": {
        "leave[i in Inner]": "sum(go[i, j] for (i2, j) in Arc if i2 == i) == 1",
        "pair[p in Pick]": "time[p + gap] >= time[p] + open[p]",
    },
}

ABSENT_DIAGONAL_BEHIND_A_FILTER = {
    "sets": {"Region": "1..3"},
    "parameters": {
        "cost[Region, Region]": {(1, 2): 1, (2, 1): 2, (1, 3): 3, (3, 1): 4, (2, 3): 5, (3, 2): 6},
        "need": 2,
    },
    "variables": {"move[Region, Region]": "real >= 0"},
    "minimize": "sum(cost[i, j] * move[i, j] for i in Region for j in Region if i != j)",
    "constraints": {"enough[r in Region]": "sum(move[i, r] for i in Region if i != r) >= need"},
}

VALID = {name: model for name, model in list(globals().items()) if name.isupper() and isinstance(model, dict)}


@pytest.mark.parametrize("model", VALID.values(), ids=VALID)
def test_a_right_model_is_left_in_peace(build: Callable[..., Formulation], model: dict[str, Any]) -> None:
    formulation = build(**model)
    found = check_formulation(
        formulation, bound=("Center", "Store", "cost", "demand", "capacity") * (model is FROM_TABLES)
    )
    assert [str(item) for item in found if item.severity != "note"] == []


def test_checking_changes_nothing(build: Callable[..., Formulation]) -> None:
    formulation = build(**TOUR)
    before = formulation.model_copy(deep=True)
    formulation.check()
    assert formulation == before
