"""How long it takes until something happens: `import steepest`, `steepest --help`, `steepest run` of a small file.

Needs nothing but the installed package. Each is run in new processes, since an import is only slow the first time; the
best of several counts, since the rest of the machine can only make it slower. Then the imports that cost the most.

    python benchmarks/startup.py [runs]
"""

import subprocess
import sys
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "bakery.five"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import steepest": ["-c", "import steepest"],
    "steepest --help": ["-m", "steepest", "--help"],
    "steepest run bakery.five": ["-m", "steepest", "run", str(EXAMPLE), "--quiet"],
}
MOST_IMPORTS = 15


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    for name, arguments in COMMANDS.items():
        seconds = [seconds_of(arguments) for _ in range(runs)]
        print(f"{name:<26} best {min(seconds) * 1000:6.0f} ms   median {sorted(seconds)[runs // 2] * 1000:6.0f} ms")
    for name in ("import steepest", "steepest --help"):
        print(f"\nthe imports of `{name}` that cost the most (own, cumulative, in ms)")
        for own, cumulative, module in imports_of(COMMANDS[name])[:MOST_IMPORTS]:
            print(f"{own / 1000:8.1f} {cumulative / 1000:8.1f}  {module}")


def seconds_of(arguments: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def imports_of(arguments: list[str]) -> list[tuple[int, int, str]]:
    """Own and cumulative microseconds of each imported module, the most expensive first (`-X importtime`)."""
    command = [sys.executable, "-X", "importtime", *arguments]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line.removeprefix("import time:").split("|") for line in finished.stderr.splitlines()]
    rows = [(int(own), int(total), module.strip()) for own, total, module in lines if own.strip().isdigit()]
    return sorted(rows, reverse=True)


if __name__ == "__main__":
    main()
