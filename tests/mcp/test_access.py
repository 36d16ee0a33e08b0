"""Who reaches the server over HTTP."""

import pytest

from steepest.addresses import listening
from steepest.cli import main
from steepest.errors import InputError
from steepest.mcp.access import BearerOnly, read_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("8000", ("127.0.0.1", 8000)),
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("[::1]:8000", ("::1", 8000)),
        ("192.0.2.7:80", ("192.0.2.7", 80)),
    ],
)
def test_addresses_are_read(text, address):
    assert read_address(text) == address


@pytest.mark.parametrize("text", ["", "host", ":80", "host:", "host:99999", "host:-1"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InputError, match="HOST:PORT"):
        read_address(text)


def test_a_token_that_is_easily_guessed_is_refused():
    with pytest.raises(InputError, match="at least 16"):
        BearerOnly(lambda *_: None, "secret")


def test_beyond_this_machine_a_token_is_demanded(capsys, monkeypatch):
    pytest.importorskip("mcp")
    monkeypatch.delenv("STEEPEST_MCP_TOKEN", raising=False)
    monkeypatch.setenv("STEEPEST_MODEL", "http://127.0.0.1:9/v1#nobody")
    assert main(["mcp", "--http", "192.0.2.7:0"]) == 1
    assert "STEEPEST_MCP_TOKEN" in capsys.readouterr().err


def test_of_port_0_the_port_that_was_given_is_told(capsys, monkeypatch):
    pytest.importorskip("mcp")
    uvicorn = pytest.importorskip("uvicorn")
    served = []
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets: served.extend(each.getsockname()[1] for each in sockets)
    )
    monkeypatch.setenv("STEEPEST_MODEL", "http://127.0.0.1:9/v1#nobody")
    assert main(["mcp", "--http", "127.0.0.1:0"]) == 0
    [port] = served
    assert port > 0
    assert f"serving tools at http://127.0.0.1:{port}/mcp" in capsys.readouterr().err


def test_an_address_that_is_taken_is_not_told(capsys, monkeypatch):
    pytest.importorskip("mcp")
    monkeypatch.setenv("STEEPEST_MODEL", "http://127.0.0.1:9/v1#nobody")
    with listening("127.0.0.1", 0) as taken:
        assert main(["mcp", "--http", f"127.0.0.1:{taken.getsockname()[1]}"]) == 1
    errors = capsys.readouterr().err
    assert "is in use" in errors
    assert "serving tools" not in errors
