from decimal import Decimal

import pytest

from steepest.agents.llm import list_providers, model_files, probe


def status(provider, **options):
    return next(found for found in list_providers(**options) if found.provider == provider)


@pytest.fixture(params=["openai", "anthropic"])
def provider(request):
    return request.param


@pytest.fixture
def point(provider, monkeypatch):
    """Set the provider up for an address."""

    def to(url):
        monkeypatch.setenv(f"{provider.upper()}_BASE_URL", url)
        monkeypatch.setenv(f"{provider.upper()}_API_KEY", "sk-aaaaaaaaaaaa")

    return to


def test_what_is_not_set_up_is_not_asked(provider):
    found = status(provider)
    assert (found.state, found.configured_by) == ("not configured", ())
    assert f"{provider.upper()}_API_KEY" in found.detail


def test_an_endpoint_that_answers_lists_its_models(provider, point, server, answer):
    point(server.url)
    server.plays(answer(body={"data": [{"id": "a"}, {"id": "b"}]}))
    found = status(provider)
    assert (found.state, found.detail) == ("answers", "2 models listed.")
    assert found.configured_by == (f"{provider.upper()}_API_KEY", f"{provider.upper()}_BASE_URL")
    assert server.asked[0].path.endswith("/models")
    assert len(server.asked) == 1


def test_a_refused_key_is_told_without_showing_it(provider, point, server, answer):
    point(server.url)
    server.plays(answer(401))
    found = status(provider)
    assert found.state == "key refused"
    assert f"{provider.upper()}_API_KEY" in found.detail
    assert "aaaaaaaa" not in found.model_dump_json()


def test_a_dead_endpoint_is_told(provider, point, dead_url):
    point(dead_url)
    found = status(provider)
    assert found.state == "endpoint dead"
    assert dead_url in found.detail


def test_a_silent_endpoint_is_dead_after_the_timeout(provider, point, server, answer):
    point(server.url)
    server.plays(answer(silent=True))
    assert status(provider, timeout=0.1).state == "endpoint dead"


@pytest.mark.parametrize("body", [b"<html>", b""])
def test_an_endpoint_that_is_something_else_is_told(provider, point, server, answer, body):
    point(server.url)
    server.plays(answer(body=body))
    assert status(provider).state == "endpoint dead"


def test_a_cut_answer_is_a_dead_endpoint(provider, point, server, answer):
    point(server.url)
    server.plays(answer(body=b'{"data": [', cut=True))
    assert status(provider).state == "endpoint dead"


def test_a_redirection_is_not_followed_with_the_key(provider, point, server, answer):
    point(server.url)
    server.plays(answer(302, headers={"location": f"{server.url}/elsewhere"}))
    assert "302" in status(provider).detail
    assert len(server.asked) == 1


def test_an_endpoint_without_models_is_told(provider, point, server, answer):
    point(server.url)
    server.plays(answer(404))
    assert "404" in status(provider).detail


def test_an_address_that_is_no_address_is_told(provider, point):
    point("file:///etc/passwd")
    assert status(provider).state == "endpoint dead"


def test_prices_are_known_for_the_providers_and_unknown_elsewhere(provider, point, server, answer):
    known = status(provider)
    assert isinstance(known.input_price, Decimal)
    assert known.output_price > known.input_price > 0
    point(server.url)
    server.plays(answer(body={"data": []}))
    assert status(provider).input_price is None


def test_the_local_model_is_free_and_says_where_it_is(monkeypatch):
    monkeypatch.setattr(probe, "find_spec", lambda name: object())
    monkeypatch.setattr(probe, "packaged_parts", lambda: ())
    found = status("local")
    assert (found.state, found.input_price) == ("answers", Decimal(0))
    assert "joined" in found.detail


def test_missing_parts_of_the_local_model_are_told(monkeypatch):
    def missing():
        raise model_files.ModelFileError("part 3 is missing")

    monkeypatch.setattr(probe, "find_spec", lambda name: object())
    monkeypatch.setattr(probe, "packaged_parts", missing)
    found = status("local")
    assert (found.state, found.detail) == ("file missing", "part 3 is missing")


def test_a_missing_runtime_is_told(monkeypatch):
    monkeypatch.setattr(probe, "find_spec", lambda name: None)
    assert status("local").state == "not installed"
