"""The offline model: writes policies from a small grammar of rules, seeded, and knows nothing of which are good.

It stands in for a language model where none is at hand, so that the example and its test run anywhere. What it gets
right is found by the search alone: most of what it writes is worse than what it was shown.
"""

import hashlib
import random

from steepest.agents.llm import ChatRequest

SCANS = {
    "rows": "(r, c)",
    "columns": "(c, r)",
    "diagonals": "(r + c, r)",
    "from the middle": "(abs(2 * r - n + 1) + abs(2 * c - n + 1), r, c)",
    "from the border": "(-abs(2 * r - n + 1) - abs(2 * c - n + 1), r, c)",
    "scattered": "((r * 37 + c * 23) % 61, r, c)",
}
FIRST = {
    "every cell alike": "0",
    "every second cell": "(r + c) % 2",
    "every third cell": "(r + c) % 3",
    "cells with free neighbours": "-sum(near(r, c, '.'))",
    "away from misses": "sum(near(r, c, 'o'))",
}
AFTER_A_HIT = {
    "go on as before": "0",
    "beside hits": "-max(near(r, c, 'X'))",
    "beside several hits": "-sum(near(r, c, 'X'))",
    "away from hits": "max(near(r, c, 'X'))",
}
POLICY = '''
def next_shots(seen):
    """Rows and columns of the next five shots."""
    n = len(seen)

    def near(r, c, mark):
        cells = [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
        return [int(0 <= a < n and 0 <= b < n and seen[a][b] == mark) for a, b in cells]

    def rank(cell):
        r, c = cell
        return ({hit}, {first}, {scan})

    unknown = [(r, c) for r in range(n) for c in range(n) if seen[r][c] == "."]
    return [list(cell) for cell in sorted(unknown, key=rank)[:5]]
'''.strip()
REPLY = """
<reasoning>After a hit {hit}; prefer {first}; scan {scan}.</reasoning>
<change name="next_shots">
{code}
</change>
""".strip()


def propose(request: ChatRequest) -> str:
    """A reply to a request for a better policy: rules drawn by what was asked and which sample of it this is."""
    words = request.messages[-1].content
    rng = random.Random(hashlib.sha256(f"{words}{request.sample}".encode()).hexdigest())
    hit, first, scan = rng.choice(list(AFTER_A_HIT)), rng.choice(list(FIRST)), rng.choice(list(SCANS))
    code = POLICY.format(hit=AFTER_A_HIT[hit], first=FIRST[first], scan=SCANS[scan])
    return REPLY.format(hit=hit, first=first, scan=scan, code=code)
