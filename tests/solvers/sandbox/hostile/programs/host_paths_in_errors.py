# Provokes errors whose texts name folders of the host: where Python lives, who its user is.
# job: function, script | ends: exception, forbidden | reaches: out
import sys
import traceback

import numpy as np
import pyomo.environ as pyo


def attack():
    try:
        np.linalg.inv(np.zeros((2, 3)))
    except Exception as error:
        notes = [sys.prefix, sys.base_prefix, np.__file__, pyo.__file__, *sys.path, os.__file__, sys.executable]
        text = "".join(traceback.format_exception(error)) + "\n".join(notes)
        print(text, file=sys.stderr)
        raise RuntimeError(text) from error
