"""Solves in processes of their own."""

import asyncio
import os
import signal
import time

import pytest

from steepest.errors import InputError
from steepest.evals.engines import solver_pool
from steepest.evals.engines.solver_pool import SolverPool
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions

BAKERY = """
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}
  flour[Product] = {bread: 0.5, cake: 0.8}
variables:
  bake[Product]: integer >= 0
maximize: sum(profit[p] * bake[p] for p in Product)
constraints:
  stock: sum(flour[p] * bake[p] for p in Product) <= 40
"""


@pytest.fixture(scope="module")
def pool():
    pool = SolverPool(SolveOptions(time_limit=20, threads=1), processes=1)
    yield pool
    pool.close()


def solve(pool, text):
    return asyncio.run(pool.solve(Formulation.from_text(text)))


def test_a_formulation_is_solved_in_another_process(pool):
    assert solve(pool, BAKERY).objective == 400


def test_a_formulation_that_cannot_be_compiled_says_why(pool):
    with pytest.raises(FormulationError) as told:
        solve(pool, BAKERY.replace("flour[Product] = {bread: 0.5, cake: 0.8}", "flour[Product] = {bread: 0.5}"))
    assert told.value.diagnostics


def test_a_formulation_reads_no_files_of_ours(pool, tmp_path, monkeypatch):
    (tmp_path / "profit.csv").write_text("Product,value\nbread,3\ncake,8\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FormulationError, match=r"profit.csv"):
        solve(pool, BAKERY.replace("{bread: 3, cake: 8}", 'from "profit.csv"'))


def test_a_solve_that_overruns_is_killed_and_the_pool_goes_on(pool, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(solver_pool, "_longest", lambda options: 0.3)
        patched.setattr(solver_pool, "solve", _sleep)
        killed = solve(pool, BAKERY)
    assert (killed.status, solve(pool, BAKERY).status) == ("time_limit", "optimal")


def _sleep(*arguments):
    time.sleep(30)


def test_a_process_that_dies_every_time_is_a_breakdown_of_the_solver(pool, monkeypatch):
    monkeypatch.setattr(solver_pool, "solve", _die)
    with pytest.raises(SolverError, match="died on this model"):
        solve(pool, BAKERY)


def _die(*arguments):
    os._exit(3)


def test_a_cancelled_solve_frees_its_process(pool):
    async def cancel_and_solve():
        first = asyncio.create_task(pool.solve(Formulation.from_text(BAKERY)))
        await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await pool.solve(Formulation.from_text(BAKERY))

    assert asyncio.run(cancel_and_solve()).status == "optimal"


def test_a_pool_without_processes_is_refused():
    with pytest.raises(InputError, match="at least one process"):
        SolverPool(SolveOptions(), processes=0)


def test_a_pool_that_broke_at_rest_is_replaced(pool):
    solve(pool, BAKERY)
    (process,) = pool._pool._pool_manager.worker_manager.workers.values()
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    deadline = time.monotonic() + 10
    while pool._pool.active and time.monotonic() < deadline:
        time.sleep(0.01)
    assert solve(pool, BAKERY).objective == 400


def test_a_pool_that_was_warmed_up_is_ready_at_once():
    pool = SolverPool(SolveOptions(time_limit=20, threads=1), processes=1)
    try:
        asyncio.run(pool.warm_up())
        (process,) = pool._pool._pool_manager.worker_manager.workers.values()
        solve(pool, BAKERY)
        assert process.is_alive()
    finally:
        pool.close()
