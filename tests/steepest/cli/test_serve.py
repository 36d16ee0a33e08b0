"""`steepest serve`, as far as it goes without a browser."""

import os
import signal
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from steepest.addresses import listening
from steepest.cli import main
from steepest.web.accounts import Accounts

pytest.importorskip("nicegui", reason="the page needs steepest[web]")


def test_beyond_this_machine_it_demands_people(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--sessions", str(tmp_path / "s.db"), "--model", "http://x/v1#m"]) == 1  # noqa: S104
    assert "--auth FILE" in capsys.readouterr().err


def test_people_without_anybody_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "people").touch()
    given = ["serve", "--auth", str(tmp_path / "people"), "--sessions", str(tmp_path / "s.db"), "--model", "local"]
    assert main(given) == 1
    assert "nobody may log in" in capsys.readouterr().err


def test_a_limit_in_money_needs_a_price(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    given = ["serve", "--user-cost", "1", "--sessions", str(tmp_path / "s.db"), "--model", "http://127.0.0.1:9/v1#m"]
    assert main(given) == 1
    assert "--user-tokens" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--port", port])


def test_an_address_that_is_taken_is_not_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        given = ["serve", "--port", port, "--sessions", str(tmp_path / "s.db"), "--model", "http://127.0.0.1:9/v1#m"]
        assert main(given) == 1
    errors = capsys.readouterr().err
    assert f"port {port} of 127.0.0.1 is in use" in errors
    assert "http://127.0.0.1:" not in errors


def serve(*given: str, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "steepest", "serve", *given]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_somebody_is_added_with_a_password_from_a_pipe(tmp_path: Path) -> None:
    adding = serve("--auth", str(tmp_path / "people"), "--add-user", "anna")
    _, errors = adding.communicate("correct horse\n", timeout=60)
    assert "anna may log in" in errors
    assert Accounts(tmp_path / "people").is_right("anna", "correct horse")


@pytest.mark.slow
def test_it_prints_an_address_that_opens_the_page_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    from tests.web.conftest import free_port

    given = ("--sessions", str(tmp_path / "s.db"), "--port", str(free_port()), "--model", "http://127.0.0.1:9/v1#m")
    server = serve(*given, STEEPEST_API_KEY="unused-secret")
    assert server.stderr is not None
    address = server.stderr.readline().split()[-1]
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(address) as page:
        assert "unused-secret" not in page.read().decode()
    with pytest.raises(HTTPError, match="401"):
        urlopen(address.partition("?")[0])  # noqa: S310  # of this machine
    with pytest.raises(HTTPError, match="404"):
        opener.open(f"{address.partition('?')[0]}nowhere%1b[31m")
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=60)
    assert server.returncode in (0, 130)
    assert "nowhere" in errors
    assert "\x1b" not in errors  # a terminal would obey it
