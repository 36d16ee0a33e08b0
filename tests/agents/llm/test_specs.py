import pytest

from steepest.agents.llm import FORMS, LocalModel, ModelFileError, Retrying, complete_sync, open_model, specs
from steepest.agents.llm.anthropic_api import AnthropicMessages
from steepest.agents.llm.openai_api import OpenAIChat, OpenAIResponses
from steepest.errors import InputError


def adapter(model):
    """The provider's model inside its policies."""
    assert isinstance(model, Retrying)
    return model.model


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("openai:gpt-5.4", OpenAIResponses),
        ("openai-chat:gpt-5.4", OpenAIChat),
        ("anthropic:claude-x", AnthropicMessages),
    ],
)
def test_providers_come_with_retries_a_limit_and_a_schema(spec, kind, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-aaaaaaaaaaaa")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-bbbbbbbbbbbb")
    model = open_model(spec)
    assert isinstance(adapter(model), kind)
    assert (model.name, model.structured) == (spec, True)
    assert not open_model(spec, structured=False).structured


@pytest.mark.parametrize(
    ("spec", "variable"), [("openai:gpt-5.4", "OPENAI_API_KEY"), ("anthropic:claude-x", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_names_its_variable(spec, variable):
    with pytest.raises(InputError, match=variable):
        open_model(spec)


@pytest.mark.parametrize("address", ["localhost:8000", "http://", "http://[::1", "http://host:port/v1", "ftp://host"])
def test_an_address_that_is_none_names_its_variable(address, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    with pytest.raises(InputError, match="OPENAI_BASE_URL"):
        open_model("openai:m")


def test_a_key_loses_the_line_end_that_copying_left(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", " sk-aaaaaaaaaaaa\n")
    assert adapter(open_model("openai:m")).endpoint.key == "sk-aaaaaaaaaaaa"


def test_a_key_that_cannot_be_one_is_told_without_showing_it(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-aaaa…bbbb")
    with pytest.raises(InputError, match="OPENAI_API_KEY") as caught:
        open_model("openai:m")
    assert "aaaa" not in str(caught.value)


def test_the_embedded_model_needs_no_parts_once_it_is_joined(monkeypatch, tmp_path):
    target = tmp_path / "cache" / "models" / specs.PACKAGED.file
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        file.truncate(specs.PACKAGED.size)
    monkeypatch.setattr(specs, "packaged_parts", lambda: pytest.fail("asked for the parts"))
    assert open_model("local").name == "local"


def test_another_server_needs_no_key(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert adapter(open_model("openai:m")).endpoint.url == "http://127.0.0.1:9/v1"


def test_any_address_is_asked_by_chat_completions(server, ask, answer):
    server.plays(answer(body={"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}))
    model = open_model(f"{server.url}/v1#tiny/model:q4")
    reply = complete_sync(model, ask(max_tokens=5))
    assert (reply.text, reply.stop, reply.cost, reply.provider) == (
        "Hi",
        "end",
        None,
        server.url.removeprefix("http://"),
    )
    assert server.asked[0].path == "/v1/chat/completions"
    assert (server.asked[0].body["model"], server.asked[0].body["max_tokens"]) == ("tiny/model:q4", 5)
    assert not model.structured
    assert open_model(f"{server.url}/v1#m", structured=True).structured


def test_openai_s_key_is_not_handed_to_another_address(server, ask, answer, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-aaaaaaaaaaaa")
    server.plays(answer(body={"choices": [{"message": {"content": "Hi"}}]}))
    complete_sync(open_model(f"{server.url}/v1#m"), ask())
    monkeypatch.setenv("STEEPEST_API_KEY", "own-key-of-the-server")
    complete_sync(open_model(f"{server.url}/v1#m"), ask())
    sent = [asked.headers["authorization"] for asked in server.asked]
    assert sent == ["Bearer none", "Bearer own-key-of-the-server"]


def test_openai_s_key_goes_to_the_address_it_is_set_for(server, ask, answer, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-aaaaaaaaaaaa")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    server.plays(answer(body={"choices": [{"message": {"content": "Hi"}}]}))
    complete_sync(open_model(f"{server.url}/v1#m"), ask())
    assert server.asked[0].headers["authorization"] == "Bearer sk-aaaaaaaaaaaa"


def test_an_address_without_a_model_is_told():
    with pytest.raises(InputError, match="names no model: write http://host/v1#MODEL"):
        open_model("http://host/v1")


@pytest.mark.parametrize("spec", ["", "gpt-5.4", "openai:", "anthropic:", "recorded:", "gemini:x", "localhost:8000"])
def test_an_unknown_spec_names_the_forms(spec):
    with pytest.raises(InputError) as caught:
        open_model(spec)
    assert FORMS in str(caught.value)


def test_a_local_file_is_named(tmp_path):
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF....")
    model = open_model(f"local:{path}", threads=1)
    assert isinstance(model, LocalModel)
    assert (model.name, model.structured) == ("local:tiny.gguf", False)


def test_a_local_file_that_is_missing_is_told_at_once(tmp_path):
    with pytest.raises(ModelFileError, match="No such file"):
        open_model(f"local:{tmp_path}/none.gguf")


def test_a_hub_file_that_is_not_pinned_is_told():
    with pytest.raises(InputError, match="pinned"):
        open_model("local:Qwen/Q-GGUF@main/q4.gguf")


def test_a_pinned_hub_file_is_fetched_only_when_asked():
    model = open_model(f"local:Qwen/Q-GGUF@{'0' * 40}/q4.gguf#{'a' * 64}")
    assert isinstance(model, LocalModel)
