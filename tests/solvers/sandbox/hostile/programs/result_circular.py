# Returns an object that contains itself.
# job: function | ends: exception
def attack():
    circle = []
    circle.append({"again": circle})
    return circle
