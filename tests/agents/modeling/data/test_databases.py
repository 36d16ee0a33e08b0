"""Tables of a PostgreSQL database, where a server is installed."""

from collections.abc import Iterator

import pytest

from steepest.agents.modeling.data.places import open_catalogue
from steepest.agents.postgres import connect
from steepest.errors import InputError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solve import solve_formulation
from tests.postgres_server import postgres_server

FIVE = """\
sets:
  table Product from "shop.goods" (product)
parameters:
  table profit[Product] from "shop.goods" (product, profit)
variables:
  bake[Product]: real in 0..1
maximize: sum(profit[p] * bake[p] for p in Product)
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres_server() as server:
        with connect(server) as database:
            database.execute("CREATE SCHEMA shop")
            database.execute("CREATE TABLE shop.goods (product text, profit numeric(8, 2))")
            database.execute("INSERT INTO shop.goods VALUES ('bread', 3.00), ('cake', 8.50)")
        yield server


def test_a_table_outside_of_public_has_its_schema_before_its_name(address: str) -> None:
    catalogue = open_catalogue(address)

    assert catalogue.lines == (
        "shop.goods: columns product (text), profit (number, 3 to 8.5) (2 rows); first rows: bread, 3.00 | cake, 8.50",
    )


def test_decimals_of_a_table_are_solved_with(address: str) -> None:
    formulation = Formulation.from_text(FIVE)
    solution = solve_formulation(formulation, open_catalogue(address).bound(formulation))

    assert solution.objective == pytest.approx(11.5)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(InputError, match="the database says") as raised:
        open_catalogue("postgresql://me:secret@127.0.0.1:1/shop?connect_timeout=2")

    assert "secret" not in str(raised.value)
