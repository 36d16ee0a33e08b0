"""The programs that reach out, against one isolation in a process of its own: for another user, or in a container.

    python -m tests.solvers.sandbox.hostile.report portable [--container]

Prints the isolation as a line of JSON, then a line for each verdict; or why the isolation can't be had.
"""

import argparse
import json
from dataclasses import asdict

from steepest.solvers.sandbox import Isolation, SandboxUnavailableError
from tests.solvers.sandbox.container import apply_container_limits
from tests.solvers.sandbox.hostile.catalogue import shots_out
from tests.solvers.sandbox.hostile.shooting_range import shooting_range


def main() -> None:
    """Run every program that fits this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("isolation", type=Isolation)
    parser.add_argument("--container", action="store_true", help="under the default limits of a container")
    arguments = parser.parse_args()
    if arguments.container:
        apply_container_limits()
    try:
        with shooting_range(arguments.isolation, scripts=False) as firing:
            print(json.dumps({"isolation": firing.isolation}))
            for program, kind in shots_out():
                print(json.dumps(asdict(firing.shoot(program, kind))), flush=True)
    except SandboxUnavailableError as error:
        print(json.dumps({"unavailable": str(error)}))


if __name__ == "__main__":
    main()
