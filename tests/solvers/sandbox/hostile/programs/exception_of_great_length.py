# Raises an exception with a text of many megabytes and a long chain of causes.
# job: function, script | ends: exception, memory, output, timeout
def attack():
    fault = None
    for number in range(2000):
        try:
            raise ValueError("long " * 5000 + str(number)) from fault
        except ValueError as error:
            fault = error
    raise ExceptionGroup("many " * 500_000, [fault] * 5000)
