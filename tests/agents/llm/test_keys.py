from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import ChatMessage, ChatRequest
from steepest.agents.llm.keys import request_key

requests = st.builds(
    ChatRequest,
    system=st.text(),
    messages=st.lists(st.builds(ChatMessage, content=st.text()), max_size=3).map(tuple),
    max_tokens=st.integers(1, 10_000),
    sample=st.integers(0, 3),
    temperature=st.none() | st.floats(0, 2),
)


@given(requests, requests)
def test_keys_are_equal_exactly_when_requests_are(one, other):
    assert (request_key(one) == request_key(other)) == (one == other)


@given(requests)
def test_a_key_survives_storage(request):
    assert request_key(ChatRequest.model_validate_json(request.model_dump_json())) == request_key(request)


def test_the_order_of_a_schema_s_keys_does_not_matter():
    one = ChatRequest(messages=(), output_schema={"type": "object", "properties": {}})
    other = ChatRequest(messages=(), output_schema={"properties": {}, "type": "object"})
    assert request_key(one) == request_key(other)


def test_the_key_never_changes_between_versions():
    request = ChatRequest(system="s", messages=(ChatMessage(role="user", content="ü"),))
    assert request_key(request, "m") == "700aa5e3ad6931e085c7bc845c57a012eccd1f6b857952610a32ea73d2684e64"
