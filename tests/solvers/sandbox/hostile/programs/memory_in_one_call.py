# Takes memory inside one call in C, where no Python code of ours can look in between.
# job: function | ends: memory, exception, completed
def attack():
    return breaches(
        text=lambda: len("x" * 10**12),
        numbers=lambda: len([0] * 10**11),
        empty=lambda: len(bytes(3 << 30)),
        joined=lambda: len("x".join(["y" * 1_000_000] * 3_000)),
        formatted=lambda: len(f"{1:>3000000000}"),
        replaced=lambda: len(("a" * 1_000_000).replace("a", "b" * 3_000)),
    )
