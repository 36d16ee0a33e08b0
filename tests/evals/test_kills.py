"""A run that is killed again and again pays for nothing twice and comes to what an uninterrupted one comes to."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steepest.evals.stores.places import open_run
from tests.evals.runner_to_kill import CONCURRENCY

ROOT = Path(__file__).parents[2]
PROBLEMS = 40
CALLS = 3


def start(place, server):
    script = ROOT / "tests" / "evals" / "runner_to_kill.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(place), str(server.port), str(PROBLEMS)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def finish(place, server):
    with start(place, server) as runner:
        said, _ = runner.communicate(timeout=120)
    assert said == f"done {PROBLEMS}\n"


def kill_after(place, server, calls, seconds):
    """Start the run and kill it a moment after so many further calls; False when it was done before."""
    before = server.asked.total()
    with start(place, server) as runner:
        while runner.poll() is None and server.asked.total() < before + calls:
            time.sleep(0.002)
        time.sleep(seconds)
        runner.kill()
        runner.communicate()
    return runner.returncode != 0


def without_clocks(sample):
    content = sample.model_dump(mode="json", exclude={"finished", "worker"})
    spent = content["attempt"]["spent"]["seconds"]
    assert content["attempt"].pop("seconds") >= spent
    for record in content["attempt"]["transcript"]:
        del record["time"]
    return content


@pytest.mark.slow
def test_a_run_killed_at_random_moments_pays_for_nothing_twice(server, place):
    chance = random.Random(20261122)
    finish(f"{place}-whole", server)
    whole = [without_clocks(sample) for sample in open_run(f"{place}-whole").samples()]
    assert server.asked.total() == len(server.asked) == PROBLEMS * CALLS

    server.asked.clear()
    kills = 0
    while kills < 15 and kill_after(place, server, chance.randint(0, 8), chance.uniform(0, 0.03)):
        kills += 1
    finish(place, server)

    assert kills >= 8
    assert [without_clocks(sample) for sample in open_run(place).samples()] == whole
    assert len(server.asked) == PROBLEMS * CALLS
    # Only a call that was under way when its runner was killed may have been made again.
    assert server.asked.total() - len(server.asked) <= kills * CONCURRENCY
    print(f"{kills} kills, {server.asked.total() - len(server.asked)} of {len(server.asked)} calls made again")
