from decimal import Decimal

from steepest.agents.llm import ChatReply, FunctionModel, Usage, complete_sync
from steepest.traces.bundle import bundle

REPLY = ChatReply(
    text="yes", usage=Usage(input_tokens=20, output_tokens=3), cost=Decimal("0.01"), model="m", provider="p"
)


def test_a_bundle_records_what_the_model_calls_inside_it_took(ask) -> None:
    model = FunctionModel(lambda request: REPLY)

    @bundle
    def decide(question: str) -> str:
        complete_sync(model, ask(question))
        return complete_sync(model, ask(question)).text

    record = decide("really?").record
    assert (record.tokens, record.money) == (46, 0.02)


def test_calls_outside_of_a_bundle_are_nobodys(ask) -> None:
    assert complete_sync(FunctionModel(lambda request: REPLY), ask("really?")).text == "yes"
