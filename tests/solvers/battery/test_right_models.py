"""Right models whose words could mislead the battery: it must accuse none of them."""

import pytest

from steepest.solvers.battery.battery import run_battery
from steepest.solvers.formulation import Formulation

RIGHT = {
    "savings are a difference of two costs": """
sets:
  Site = {north, south}
parameters:
  old_cost[Site] = {north: 9, south: 7}
  cost[Site] = {north: 4, south: 5}
  crews = 10
variables:
  move[Site]: integer in 0..8
maximize: sum((old_cost[s] - cost[s]) * move[s] for s in Site)   # "maximize the savings"
constraints:
  crew_limit: sum(move[s] for s in Site) <= crews
""",
    "two costs of which one is saved": """
sets:
  Site = {north, south}
parameters:
  truck_cost[Site] = {north: 9, south: 7}
  rail_cost[Site] = {north: 4, south: 5}
variables:
  move[Site]: integer in 0..8
maximize: sum((truck_cost[s] - rail_cost[s]) * move[s] for s in Site)
""",
    "a demand is what can be sold": """
sets:
  Good = {cake, pie}
parameters:
  profit[Good] = {cake: 8, pie: 5}
  demand[Good] = {cake: 20, pie: 30}
  hours = 100
  hours_needed[Good] = {cake: 3, pie: 2}
variables:
  make[Good]: integer >= 0
maximize: sum(profit[g] * make[g] for g in Good)
constraints:
  time: sum(hours_needed[g] * make[g] for g in Good) <= hours
  sales[g in Good]: make[g] <= demand[g]
""",
    "at least eighty percent of a capacity": """
parameters:
  capacity = 100
  utilization = 80%   # "at least 80% of the capacity"
  cost = 3
variables:
  run: real in 0..capacity
minimize: cost * run
constraints:
  busy: run >= utilization * capacity
""",
    "a rate that is at most so much": """
parameters:
  hours_each = 2   # [h/item] "each item takes at most 2 hours"
  hours = 40   # [h] "40 hours are available"
  profit = 5   # [$/item]
variables:
  make: integer >= 0
maximize: profit * make
constraints:
  time: hours_each * make <= hours
""",
    "a machine makes at least so many an hour": """
parameters:
  pace = 5   # "makes at least 5 per hour"
  ordered = 40   # "at least 40 items are ordered"
  wage = 20
variables:
  hours: real >= 0
minimize: wage * hours
constraints:
  orders: pace * hours >= ordered
""",
    "the largest load is made small": """
sets:
  Job = {welding, paint, wiring}
  Person = {Ann, Ben}
parameters:
  hours[Job] = {welding: 4, paint: 3, wiring: 2}
variables:
  assign[Job, Person]: binary
  most: real >= 0
minimize: most   # "minimize the maximum load"
constraints:
  done[j in Job]: sum(assign[j, p] for p in Person) == 1
  load[p in Person]: sum(hours[j] * assign[j, p] for j in Job) <= most
""",
    "penalties are written as negative numbers": """
sets:
  Good = {cake, pie}
parameters:
  profit[Good] = {cake: 8, pie: 5}
  penalty[Good] = {cake: -2, pie: -1}
variables:
  make[Good]: integer in 0..9
  late[Good]: integer >= 0
maximize: sum(profit[g] * make[g] + penalty[g] * late[g] for g in Good)
constraints:
  enough[g in Good]: make[g] + late[g] >= 12
""",
    "min is minutes": """
sets:
  Good = {cake, pie}
parameters:
  profit[Good] = {cake: 8, pie: 5}
  oven_min = 300   # [min]
  min_each = 12   # [min]
variables:
  make[Good]: integer >= 0
maximize: sum(profit[g] * make[g] for g in Good)
constraints:
  oven: min_each * sum(make[g] for g in Good) <= oven_min
""",
    "one of two is asked for more than the other": """
parameters:
  profit_cakes = 8
  profit_pies = 5
  flour_cakes = 2
  flour_pies = 1
  flour = 60   # "at most 60 kg of flour"
  cakes_per_pie = 2   # "at least 2 cakes for each pie"
variables:
  cakes: integer >= 0
  pies: integer >= 0
maximize: profit_cakes * cakes + profit_pies * pies
constraints:
  stock: flour_cakes * cakes + flour_pies * pies <= flour
  more: cakes >= cakes_per_pie * pies
""",
    "products and machines have the same numbers": """
parameters:
  profit1 = 8
  profit2 = 5
  hours11 = 2
  hours12 = 1
  hours21 = 1
  hours22 = 3
  hours1 = 60
  hours2 = 70
variables:
  x1: integer >= 0
  x2: integer >= 0
maximize: profit1 * x1 + profit2 * x2
constraints:
  line1: hours11 * x1 + hours12 * x2 <= hours1
  line2: hours21 * x1 + hours22 * x2 <= hours2
""",
    "small trucks and small boxes": """
parameters:
  cost_small = 8   # [$]
  cost_large = 13   # [$]
  demand_small = 50   # [box] "at least 50 small boxes"
  demand_large = 40   # [box] "at least 40 large boxes"
variables:
  trips_small: integer >= 0
  trips_large: integer >= 0
minimize: cost_small * trips_small + cost_large * trips_large
constraints:
  small_boxes: 5 * trips_small + 9 * trips_large >= demand_small
  large_boxes: 3 * trips_small + 8 * trips_large >= demand_large
""",
    "all is priced as at the hub": """
sets:
  Town = {Basel, Bern, Chur}
parameters:
  price[Town] = {Basel: 5, Bern: 6, Chur: 7}
  limit[Town] = {Basel: 50, Bern: 60, Chur: 70}
variables:
  send[Town]: real >= 0
maximize: sum(price[t] * send[t] for t in Town)
constraints:
  into_Basel: sum(send[t] for t in Town if t != Basel) <= limit[Basel]
  each[t in Town]: send[t] <= limit[t]
""",
    "nothing is required, so nothing is done": """
sets:
  Bar = {milk, dark}
parameters:
  minutes[Bar] = {milk: 15, dark: 12}
  cocoa[Bar] = {milk: 4, dark: 6}
  available = 2000   # "2000 units of cocoa available"
variables:
  make[Bar]: integer >= 0
minimize: sum(minutes[b] * make[b] for b in Bar)   # "minimize total production time"
constraints:
  stock: sum(cocoa[b] * make[b] for b in Bar) <= available
""",
    "what is used is made large and what is wasted small": """
parameters:
  length = 100
variables:
  short: integer >= 0
  long: integer >= 0
maximize: 12 * short + 17 * long   # "minimize the waste"
constraints:
  roll: 12 * short + 17 * long <= length
""",
    "a number beside the problem": """
parameters:
  ovens = 3   # "a bakery with 3 ovens"
  staff_capacity_note = 7
  flour = 40   # "at most 40 kg of flour"
  profit = 2
variables:
  bake: integer >= 0
maximize: profit * bake
constraints:
  stock: bake <= flour
""",
    "machines are available from an hour on": """
sets:
  Job = {cut, weld}
parameters:
  available_from[Job] = {cut: 2, weld: 3}
  hours[Job] = {cut: 4, weld: 5}
variables:
  start[Job]: real >= 0
  last: real >= 0
minimize: last
constraints:
  release[j in Job]: start[j] >= available_from[j]
  end[j in Job]: start[j] + hours[j] <= last
  order: start["weld"] >= start["cut"] + hours["cut"]
""",
    "a tax on what is earned": """
parameters:
  profit = 9
  profit_tax = 2
  hours = 30   # "up to 30 hours"
variables:
  work: real >= 0
maximize: (profit - profit_tax) * work
constraints:
  time: work <= hours
""",
    "two limits of one size": """
parameters:
  most = 5   # "at most 5 cakes and at least 5 pies"
  least = 5   # "at most 5 cakes and at least 5 pies"
variables:
  cakes: integer >= 0
  pies: integer >= 0
maximize: 3 * cakes - pies
constraints:
  cake_limit: cakes <= most
  pie_order: pies >= least
""",
}


UNUSUAL = {
    "a number that the problem does not need": """
parameters:
  flour = 40   # [kg] "at most 40 kg of flour"
  yard = 500   # [box] "the yard holds at most 500 boxes"
  profit = 2
variables:
  bake: integer >= 0
maximize: profit * bake
constraints:
  stock: bake <= flour
""",
    "the largest cost of a worst case": """
sets:
  Line = {north, south}
parameters:
  repair_cost[Line] = {north: 9, south: 7}
variables:
  fails[Line]: binary
maximize: sum(repair_cost[k] * fails[k] for k in Line)
constraints:
  one: sum(fails[k] for k in Line) <= 1
""",
    "the least profit that is certain": """
sets:
  Good = {cake, pie}
parameters:
  profit[Good] = {cake: 8, pie: 5}
variables:
  sold[Good]: integer in 0..9
minimize: sum(profit[g] * sold[g] for g in Good)
constraints:
  ordered: sum(sold[g] for g in Good) >= 10
""",
    "a decision that is best left alone": """
sets:
  Day = {monday, tuesday}
parameters:
  wage[Day] = {monday: 8, tuesday: 9}
  extra_wage[Day] = {monday: 12, tuesday: 13}
  needed = 20
variables:
  work[Day]: real in 0..16
  extra[Day]: real in 0..4
minimize: sum(wage[d] * work[d] + extra_wage[d] * extra[d] for d in Day)
constraints:
  enough: sum(work[d] for d in Day) >= needed
""",
}
"""Right models that do other than their words suggest."""

SHIFTED = {
    "a decision below zero": """
parameters:
  needed = 20
variables:
  short: real in -9..-1
  make: real >= 0
minimize: 3 * make
constraints:
  enough: make + short >= needed
""",
    "a cost that counts from a requirement on": """
parameters:
  needed = 20
variables:
  make: real >= 0
minimize: 3 * make + (needed - 20)
constraints:
  enough: make >= needed
""",
}
"""Right models in which doing nothing is not allowed, or not free, where nothing is required."""


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_a_right_model_with_unusual_words_is_doubted_and_not_contradicted(text: str) -> None:
    report = run_battery(Formulation.from_text(text))
    assert {each.basis for each in report.findings} == {"words"}
    assert report.contradictions == []


@pytest.mark.parametrize("text", [*RIGHT.values(), *SHIFTED.values()], ids=[*RIGHT, *SHIFTED])
def test_a_right_model_is_accused_of_nothing(text: str) -> None:
    report = run_battery(Formulation.from_text(text))
    assert report.status == "optimal"
    assert [str(each) for each in report.findings] == []
