"""A dispatcher whose rule is trainable: it runs, is criticized, and takes a better rule. No language model is asked.

Run it: python examples/traced_dispatch.py
"""

from steepest.traces import backward, bundle, model, node, subgraph, trace_of, update

ORDERS = [{"name": "A", "hours": 5, "due": 6}, {"name": "B", "hours": 2, "due": 30}]

EARLIEST_DUE_FIRST = '''
def first(orders):
    """Which order to make next."""
    return min(orders, key=lambda order: order["due"])["name"]
'''


@bundle(trainable=True)
def first(orders):
    """Which order to make next."""
    return min(orders, key=lambda order: order["hours"])["name"]


@model
class Dispatcher:
    """Makes all orders, one after the other."""

    def __init__(self):
        self.greeting = node("Next: ", "greeting", trainable=True, description="what the workshop reads first")

    def forward(self, orders):
        """The announcement of the first order."""
        return self.greeting + first(orders)


def main():
    """One round of feedback."""
    dispatcher = Dispatcher()
    announcement = dispatcher(node(ORDERS, "orders"))
    print(announcement.value)

    reached = backward(announcement, "A will be late: look at the due dates", score=0.0)
    print("feedback reached:", [parameter.label for parameter in reached])
    print("between them and the output:", len(subgraph(reached).nodes), "nodes")
    trace_of(announcement).show()

    code = next(parameter for parameter in reached if "def first" in parameter.value)
    print(update(code, "def second(orders): return None").reason)  # a proposal that is refused, with the reason
    print(update(code, EARLIEST_DUE_FIRST).outcome)
    print(dispatcher(node(ORDERS, "orders")).value)  # the new rule runs in the sandbox


if __name__ == "__main__":
    main()
