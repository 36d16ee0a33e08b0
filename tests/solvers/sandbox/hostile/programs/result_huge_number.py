# Returns an integer with more digits than Python's own reader takes.
# job: function | ends: exception, completed
import sys


def attack():
    sys.set_int_max_str_digits(0)
    return [10**6000]
