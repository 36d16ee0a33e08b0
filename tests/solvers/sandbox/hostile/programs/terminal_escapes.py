# Speaks to the terminal of whoever reads: moves the cursor, sets the title, hides and reverses text.
# job: function, script | ends: exception
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[8m\x9b31m\r\b\u202eesrever\u2066\u200b\u2028"


def attack():
    print(ESCAPES)
    Fault = type(f"Fault{ESCAPES}", (Exception,), {"__module__": ESCAPES})
    raise Fault(f"words{ESCAPES}")
