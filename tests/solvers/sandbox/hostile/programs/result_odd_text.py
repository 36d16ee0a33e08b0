# Returns text that is no Unicode and numbers that are none.
# job: function | ends: exception, completed
def attack():
    return {"\ud800": "\udfff", "numbers": [float("nan"), float("inf"), -0.0], "zero": "\0\x1b[2J"}
