# Makes files by way of libraries that a model script uses anyway: LP files, logs, arrays, databases.
# job: script | ends: completed
import logging
import sqlite3

import numpy as np
import pyomo.environ as pyo

NAME = f"/tmp/{SCENE['mark']}"


def attack():
    scratch = pyo.ConcreteModel()
    scratch.x = pyo.Var(bounds=(0, 1))
    scratch.cost = pyo.Objective(expr=scratch.x)
    return breaches(
        lp=lambda: scratch.write(NAME + ".lp"),
        nl=lambda: scratch.write(NAME + ".nl"),
        array=lambda: np.save(NAME, np.zeros(3)),
        text=lambda: np.savetxt(NAME + ".txt", np.zeros(3)),
        log=lambda: logging.FileHandler(NAME + ".log").emit(logging.makeLogRecord({})),
        database=lambda: sqlite3.connect(NAME + ".db").execute("create table t (x)"),
    )
