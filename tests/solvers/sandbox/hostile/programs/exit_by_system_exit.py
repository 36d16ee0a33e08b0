# Exits by exception, which a harness that catches `Exception` lets through.
# job: function, script, timing | ends: exception, completed, crash
def attack():
    raise SystemExit(0)
