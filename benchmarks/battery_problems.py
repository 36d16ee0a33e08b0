"""Right models for the battery's mutation study: fourteen classes, drawn by seed, written as a language model writes.

Half of the classes index by sets, half have a variable for each thing, as in the short problems of the benchmarks.
Parameters have units and quotes; where a quote is left out by the draw, the name is all that tells what a number is.
"""

import random
from collections.abc import Callable, Mapping, Sequence

FOODS = ("oats", "beans", "rice", "eggs", "milk", "nuts", "spinach", "tofu")
NUTRIENTS = ("protein", "iron", "calcium", "fiber")
TOWNS = ("Basel", "Bern", "Chur", "Genf", "Thun", "Zug", "Sion", "Biel", "Uster", "Wil")
GOODS = ("chairs", "tables", "shelves", "desks", "lamps", "stools")
PEOPLE = ("Ann", "Ben", "Cem", "Dora", "Eli", "Fay")
JOBS = ("welding", "paint", "wiring", "testing", "packing", "cutting")
ITEMS = ("tent", "stove", "rope", "camera", "axe", "radio", "blanket", "map")
GRADES = ("regular", "premium", "export")
OILS = ("light", "medium", "heavy", "synthetic")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MACHINES = ("lathe", "mill", "press", "drill")


class Draw(random.Random):
    """Draws data, and whether a quote is written."""

    def some(self, names: Sequence[str], low: int, high: int) -> list[str]:
        """Some of the names, in any order."""
        return self.sample(list(names), self.randint(low, high))

    def cells(self, names: Sequence[str], low: int, high: int, step: float = 1) -> str:
        """A number for each name, as a parameter is written."""
        values = (f"{name}: {self.number(low, high, step)}" for name in names)
        return "{" + ", ".join(values) + "}"

    def number(self, low: int, high: int, step: float = 1) -> float:
        """A multiple of a step."""
        value = self.randint(low, high) * step
        return int(value) if float(value).is_integer() else round(value, 6)

    def table(self, rows: Sequence[str], columns: Sequence[str], low: int, high: int) -> str:
        """A pipe table of whole numbers."""
        lines = ["    | | " + " | ".join(columns) + " |"]
        lines += [f"    | {row} | " + " | ".join(str(self.randint(low, high)) for _ in columns) + " |" for row in rows]
        return "\n".join(lines)

    def said(self, text: str) -> str:
        """A quote, most of the time."""
        return f' "{text}"' if self.random() < 0.7 else ""


def _set(names: Sequence[str]) -> str:
    return "{" + ", ".join(names) + "}"


def diet(draw: Draw) -> str:
    foods, nutrients = draw.some(FOODS, 3, 5), draw.some(NUTRIENTS, 2, 3)
    need = draw.cells(nutrients, 40, 120)
    return f"""# A diet at the least cost
sets:
  Food = {_set(foods)}
  Nutrient = {_set(nutrients)}
parameters:
  cost[Food] = {draw.cells(foods, 1, 9)}   # [$/serving]{draw.said("the cost of a serving")}
  table content[Food, Nutrient]:   # [g/serving]
{draw.table(foods, nutrients, 1, 12)}
  required[Nutrient] = {need}   # [g]{draw.said("each nutrient is required in these amounts")}
  max_servings = {draw.number(20, 40)}   # [serving]
variables:
  eat[Food]: real >= 0   # [serving]
minimize: sum(cost[f] * eat[f] for f in Food)   # [$]
constraints:
  enough[n in Nutrient]: sum(content[f, n] * eat[f] for f in Food) >= required[n]   # [g]
  not_too_much[f in Food]: eat[f] <= max_servings   # [serving]
"""


def short_diet(draw: Draw) -> str:
    a, b = draw.sample(FOODS, 2)
    protein, iron, most = draw.number(60, 120), draw.number(60, 120), draw.number(60, 99)
    return f"""# Servings of {a} and {b} at the least cost
parameters:
  cost_{a} = {draw.number(2, 9)}   # [$/serving]
  cost_{b} = {draw.number(2, 9)}   # [$/serving]
  protein_{a} = {draw.number(2, 12)}   # [g/serving]
  protein_{b} = {draw.number(2, 12)}   # [g/serving]
  iron_{a} = {draw.number(2, 12)}   # [g/serving]
  iron_{b} = {draw.number(2, 12)}   # [g/serving]
  protein_needed = {protein}   # [g]{draw.said(f"at least {protein} g of protein")}
  iron_needed = {iron}   # [g]{draw.said(f"at least {iron} g of iron")}
  most = {most}   # [serving]{draw.said(f"no more than {most} servings in all")}
variables:
  {a}: integer >= 0   # [serving]
  {b}: integer >= 0   # [serving]
minimize: cost_{a} * {a} + cost_{b} * {b}   # [$]{draw.said("minimize the cost")}
constraints:
  protein: protein_{a} * {a} + protein_{b} * {b} >= protein_needed   # [g]
  iron: iron_{a} * {a} + iron_{b} * {b} >= iron_needed   # [g]
  in_all: {a} + {b} <= most   # [serving]
"""


def transport(draw: Draw) -> str:
    towns = draw.sample(TOWNS, 6)
    plants, stores = towns[:3], towns[3:]
    return f"""# What to ship from each plant to each store
sets:
  Plant = {_set(plants)}
  Store = {_set(stores)}
parameters:
  table ship_cost[Plant, Store]:   # [$/pallet]
{draw.table(plants, stores, 5, 40)}
  capacity[Plant] = {draw.cells(plants, 80, 140)}   # [pallet]{draw.said("each plant has a limited capacity")}
  demand[Store] = {draw.cells(stores, 30, 75)}   # [pallet]{draw.said("the stores' orders must be met")}
variables:
  ship[Plant, Store]: real >= 0   # [pallet]
minimize: sum(ship_cost[p, s] * ship[p, s] for p in Plant for s in Store)   # [$]
constraints:
  within_capacity[p in Plant]: sum(ship[p, s] for s in Store) <= capacity[p]
  demand_met[s in Store]: sum(ship[p, s] for p in Plant) >= demand[s]
"""


def assignment(draw: Draw) -> str:
    count = draw.randint(3, 5)
    people, jobs = PEOPLE[:count], JOBS[:count]
    return f"""# Who does which job
sets:
  Person = {_set(people)}
  Job = {_set(jobs)}
parameters:
  table hours[Person, Job]:   # [h]
{draw.table(people, jobs, 1, 20)}
variables:
  assign[Person, Job]: binary
minimize: sum(hours[p, j] * assign[p, j] for p in Person for j in Job)   # [h] "minimize the total time"
constraints:
  one_job[p in Person]: sum(assign[p, j] for j in Job) <= 1   # "each person does at most one job"
  done[j in Job]: sum(assign[p, j] for p in Person) == 1   # "every job is done once"
"""


def knapsack(draw: Draw) -> str:
    items = draw.some(ITEMS, 5, 8)
    weight, volume = draw.number(20, 40), draw.number(25, 45)
    return f"""# What to pack for the most benefit
sets:
  Item = {_set(items)}
parameters:
  benefit[Item] = {draw.cells(items, 5, 40)}   # [point]
  weight[Item] = {draw.cells(items, 2, 15)}   # [kg]
  volume[Item] = {draw.cells(items, 2, 15)}   # [l]
  max_weight = {weight}   # [kg]{draw.said(f"the bag holds at most {weight} kg")}
  max_volume = {volume}   # [l]{draw.said(f"up to {volume} l")}
variables:
  take[Item]: binary
maximize: sum(benefit[i] * take[i] for i in Item)   # [point]{draw.said("maximize the total benefit")}
constraints:
  weight_limit: sum(weight[i] * take[i] for i in Item) <= max_weight
  volume_limit: sum(volume[i] * take[i] for i in Item) <= max_volume
"""


def mix(draw: Draw) -> str:
    goods, machines = draw.some(GOODS, 3, 4), draw.some(MACHINES, 2, 3)
    least = draw.number(2, 5)
    return f"""# How many of each product to make
sets:
  Product = {_set(goods)}
  Machine = {_set(machines)}
parameters:
  price[Product] = {draw.cells(goods, 40, 90)}   # [$/item]
  material_cost[Product] = {draw.cells(goods, 5, 25)}   # [$/item]
  table hours[Product, Machine]:   # [h/item]
{draw.table(goods, machines, 1, 6)}
  available[Machine] = {draw.cells(machines, 80, 160)}   # [h]{draw.said("hours available on each machine")}
  max_sales[Product] = {draw.cells(goods, 10, 40)}   # [item]{draw.said("the largest sales of each product")}
  min_batch = {least}   # [item]{draw.said(f"at least {least} of each product")}
variables:
  make[Product]: integer >= 0   # [item]
maximize: sum((price[p] - material_cost[p]) * make[p] for p in Product)   # [$]{draw.said("maximize the profit")}
constraints:
  machine_hours[m in Machine]: sum(hours[p, m] * make[p] for p in Product) <= available[m]
  sales[p in Product]: make[p] <= max_sales[p]
  every_product[p in Product]: make[p] >= min_batch
"""


def short_mix(draw: Draw) -> str:
    a, b = draw.sample(GOODS, 2)
    wood, labor, cap, least = draw.number(200, 400), draw.number(150, 300), draw.number(20, 40), draw.number(2, 6)
    return f"""# How many {a} and {b} to make for the most profit
parameters:
  profit_{a} = {draw.number(20, 60)}   # [$/item]{draw.said("profit on each")}
  profit_{b} = {draw.number(20, 60)}   # [$/item]{draw.said("profit on each")}
  wood_{a} = {draw.number(3, 12)}   # [kg/item]
  wood_{b} = {draw.number(3, 12)}   # [kg/item]
  labor_{a} = {draw.number(2, 9)}   # [h/item]
  labor_{b} = {draw.number(2, 9)}   # [h/item]
  wood_stock = {wood}   # [kg]{draw.said(f"{wood} kg of wood are available")}
  labor_hours = {labor}   # [h]{draw.said(f"at most {labor} hours of labor")}
  most_{a} = {cap}   # [item]{draw.said(f"at most {cap} {a} can be sold")}
  least_{b} = {least}   # [item]{draw.said(f"at least {least} {b} are ordered")}
variables:
  {a}: integer >= 0   # [item]
  {b}: integer >= 0   # [item]
maximize: profit_{a} * {a} + profit_{b} * {b}   # [$]{draw.said("maximize profit")}
constraints:
  wood: wood_{a} * {a} + wood_{b} * {b} <= wood_stock   # [kg]
  labor: labor_{a} * {a} + labor_{b} * {b} <= labor_hours   # [h]
  sales: {a} <= most_{a}   # [item]
  orders: {b} >= least_{b}   # [item]
"""


def facility(draw: Draw) -> str:
    towns = draw.sample(TOWNS, 7)
    sites, stores = towns[:3], towns[3:]
    return f"""# Which warehouses to open and whom each one serves
sets:
  Site = {_set(sites)}
  Customer = {_set(stores)}
parameters:
  opening_cost[Site] = {draw.cells(sites, 100, 400)}   # [$]{draw.said("opening a site costs")}
  table delivery_cost[Site, Customer]:   # [$/unit]
{draw.table(sites, stores, 2, 20)}
  capacity[Site] = {draw.cells(sites, 60, 120)}   # [unit]{draw.said("the capacity of each site")}
  demand[Customer] = {draw.cells(stores, 10, 40)}   # [unit]{draw.said("what each customer orders")}
variables:
  open[Site]: binary
  send[Site, Customer]: real >= 0   # [unit]
minimize: sum(opening_cost[s] * open[s] for s in Site) + sum(delivery_cost[s, c] * send[s, c] for s in Site for c in Customer)   # [$]
constraints:
  served[c in Customer]: sum(send[s, c] for s in Site) >= demand[c]   # "every customer's demand is met"
  only_if_open[s in Site]: sum(send[s, c] for c in Customer) <= capacity[s] * open[s]
"""  # noqa: E501


def blending(draw: Draw) -> str:
    oils = draw.some(OILS, 3, 4)
    tons, octane, sulfur = draw.number(50, 120), draw.number(85, 91), draw.number(3, 5)
    return f"""# The cheapest blend
sets:
  Oil = {_set(oils)}
parameters:
  cost[Oil] = {draw.cells(oils, 200, 500)}   # [$/t]
  octane[Oil] = {draw.cells(oils, 78, 99)}   # [1]
  sulfur[Oil] = {draw.cells(oils, 1, 8)}   # [1]
  stock[Oil] = {draw.cells(oils, 30, 80)}   # [t]
  tons_needed = {tons}   # [t]{draw.said(f"at least {tons} t of the blend")}
  min_octane = {octane}   # [1]{draw.said(f"octane of at least {octane}")}
  max_sulfur = {sulfur}   # [1]{draw.said(f"sulfur of at most {sulfur}")}
variables:
  use[o in Oil]: real in 0..stock[o]   # [t]
minimize: sum(cost[o] * use[o] for o in Oil)   # [$]{draw.said("minimize the cost")}
constraints:
  amount: sum(use[o] for o in Oil) >= tons_needed   # [t]
  octane_level: sum(octane[o] * use[o] for o in Oil) >= min_octane * sum(use[o] for o in Oil)
  sulfur_level: sum(sulfur[o] * use[o] for o in Oil) <= max_sulfur * sum(use[o] for o in Oil)
"""


def lots(draw: Draw) -> str:
    months = draw.randint(4, 6)
    demand = ", ".join(str(draw.randint(10, 60)) for _ in range(months))
    return f"""# Production in lots with setups
sets:
  Month = 1..{months}
parameters:
  demand[Month] = [{demand}]   # [item]{draw.said("the demand of each month must be met")}
  setup_cost = {draw.number(50, 200)}   # [$]{draw.said("a setup costs")}
  unit_cost = {draw.number(2, 9)}   # [$/item]
  holding_cost = {draw.number(1, 3)}   # [$/item]{draw.said("keeping an item for a month costs")}
  capacity = {draw.number(70, 120)}   # [item]{draw.said("the capacity of the line")}
variables:
  make[Month]: real >= 0   # [item]
  stock[Month]: real >= 0   # [item]
  run[Month]: binary
minimize: sum(setup_cost * run[t] + unit_cost * make[t] + holding_cost * stock[t] for t in Month)   # [$]
constraints:
  first_month: stock[1] == make[1] - demand[1]
  balance[t in Month if t > 1]: stock[t] == stock[t-1] + make[t] - demand[t]
  only_in_runs[t in Month]: make[t] <= capacity * run[t]
"""


def inventory(draw: Draw) -> str:
    months = draw.randint(4, 6)
    demand = ", ".join(str(draw.randint(20, 70)) for _ in range(months))
    room = draw.number(30, 60)
    return f"""# Production with overtime and stock
sets:
  Month = 1..{months}
parameters:
  demand[Month] = [{demand}]   # [item]
  regular_cost = {draw.number(5, 9)}   # [$/item]
  overtime_cost = {draw.number(10, 15)}   # [$/item]
  holding_cost = {draw.number(1, 3)}   # [$/item]
  regular_capacity = {draw.number(40, 55)}   # [item]{draw.said("the regular capacity of a month")}
  overtime_capacity = {draw.number(20, 30)}   # [item]{draw.said("overtime is limited, too")}
  max_stock = {room}   # [item]{draw.said(f"the store holds at most {room} items")}
  initial_stock = {draw.number(5, 15)}   # [item]
variables:
  regular[Month]: real >= 0   # [item]
  overtime[Month]: real >= 0   # [item]
  stock[Month]: real >= 0   # [item]
minimize: sum(regular_cost * regular[t] + overtime_cost * overtime[t] + holding_cost * stock[t] for t in Month)   # [$]
constraints:
  start: stock[1] == initial_stock + regular[1] + overtime[1] - demand[1]
  balance[t in Month if t > 1]: stock[t] == stock[t-1] + regular[t] + overtime[t] - demand[t]
  regular_limit[t in Month]: regular[t] <= regular_capacity
  overtime_limit[t in Month]: overtime[t] <= overtime_capacity
  room[t in Month]: stock[t] <= max_stock
"""


def staffing(draw: Draw) -> str:
    least = draw.number(2, 4)
    return f"""# Nurses who begin on each day and work five days
sets:
  Day = cyclic {_set(DAYS)}
parameters:
  needed[Day] = {draw.cells(DAYS, 5, 20)}   # [nurse]{draw.said("nurses needed each day")}
  wage_cost = {draw.number(500, 900)}   # [$/nurse]
  min_begin = {least}   # [nurse]{draw.said(f"at least {least} nurses begin on Monday")}
variables:
  begin[Day]: integer >= 0   # [nurse]
minimize: sum(wage_cost * begin[d] for d in Day)   # [$]
constraints:
  covered[d in Day]: begin[d] + begin[d-1] + begin[d-2] + begin[d-3] + begin[d-4] >= needed[d]
  on_monday: begin[Mon] >= min_begin
"""


def cutting(draw: Draw) -> str:
    patterns, widths = range(1, 6), ("narrow", "middle", "wide")
    rows = [f"    | {p} | " + " | ".join(str(draw.randint(0, 4)) for _ in widths) + " |" for p in patterns]
    return f"""# The fewest rolls for all orders
sets:
  Pattern = 1..5
  Width = {_set(widths)}
parameters:
  table pieces[Pattern, Width]:   # [piece/roll]
    | | {" | ".join(widths)} |
{chr(10).join(rows)}
    | 5 | 1 | 1 | 1 |
  ordered[Width] = {draw.cells(widths, 30, 90)}   # [piece] "at least as many pieces as ordered"
variables:
  cut[Pattern]: integer >= 0   # [roll]
minimize: sum(cut[p] for p in Pattern)   # [roll] "minimize the number of rolls"
constraints:
  orders[w in Width]: sum(pieces[p, w] * cut[p] for p in Pattern) >= ordered[w]
""".replace(rows[4] + "\n", "")


def campaign(draw: Draw) -> str:
    a, b = draw.sample(("radio", "papers", "online", "posters"), 2)
    money, share, least = draw.number(20000, 40000, 1), draw.number(30, 60), draw.number(5, 12)
    return f"""# How many {a} and {b} advertisements to buy
parameters:
  reach_{a} = {draw.number(2000, 9000)}   # [viewer/ad]
  reach_{b} = {draw.number(2000, 9000)}   # [viewer/ad]
  cost_{a} = {draw.number(300, 900)}   # [$/ad]
  cost_{b} = {draw.number(300, 900)}   # [$/ad]
  budget = {money}   # [$]{draw.said(f"a budget of at most ${money}")}
  max_share_{a} = {share}%   # {draw.said(f"at most {share}% of all advertisements").strip() or "a share"}
  min_{b} = {least}   # [ad]{draw.said(f"at least {least} {b} advertisements")}
variables:
  {a}: integer >= 0   # [ad]
  {b}: integer >= 0   # [ad]
maximize: reach_{a} * {a} + reach_{b} * {b}   # [viewer]{draw.said("maximize the number of viewers")}
constraints:
  within_budget: cost_{a} * {a} + cost_{b} * {b} <= budget   # [$]
  share: {a} <= max_share_{a} * ({a} + {b})   # [ad]
  enough: {b} >= min_{b}   # [ad]
"""


CLASSES: Mapping[str, Callable[[Draw], str]] = {
    each.__name__: each
    for each in (
        diet,
        short_diet,
        transport,
        assignment,
        knapsack,
        mix,
        short_mix,
        facility,
        blending,
        lots,
        inventory,
        staffing,
        cutting,
        campaign,
    )
}
