from decimal import Decimal

from steepest.agents.llm import ChatModel, FunctionModel, complete_sync


def test_a_text_becomes_a_reply_that_cost_nothing(ask):
    reply = complete_sync(FunctionModel(lambda request: request.messages[-1].content.upper()), ask("hi"))
    assert (reply.text, reply.cost, reply.provider, reply.stop) == ("HI", Decimal(0), "function", "end")


def test_a_whole_reply_passes_unchanged(ask, reply_of):
    whole = reply_of(stop="length")
    assert complete_sync(FunctionModel(lambda request: whole), ask()) is whole


def test_an_async_function_is_awaited(ask):
    async def answer(request):
        return "later"

    assert complete_sync(FunctionModel(answer), ask()).text == "later"


def test_it_is_a_chat_model_with_a_name():
    model = FunctionModel(lambda request: "", name="oracle", structured=True)
    assert isinstance(model, ChatModel)
    assert model.structured
    assert repr(model) == "FunctionModel('oracle')"
