"""The tools as the official client meets them: in memory, over standard input and output, and over HTTP."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

mcp = pytest.importorskip("mcp", reason="mcp is not installed (extra mcp)")
httpx2 = pytest.importorskip("httpx2")

from mcp.client.stdio import StdioServerParameters, stdio_client  # noqa: E402
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

from steepest.agents.llm import FunctionModel, LLMError  # noqa: E402
from steepest.mcp.server import Offered, make_server  # noqa: E402
from steepest.solvers.options import SolveOptions  # noqa: E402
from tests.agents.chat.talks import BAKERY, TOLD  # noqa: E402
from tests.mcp.markets import market_split  # noqa: E402

INFEASIBLE = BAKERY + "  many: bake[cake] >= 2 * most_cakes\n"
TOKEN = "a-long-random-word-for-tests"


NOWHERE = Path(__file__).parent / "no-tables"


def offered(answers=lambda request: BAKERY, folder: Path = NOWHERE, **given) -> Offered:
    return Offered(FunctionModel(answers, name="baker"), folder, **given)


def called(tool: str, arguments: dict, server: Offered | None = None, progress=None):
    """What a tool answers in memory: its structured result, or the words of its error."""

    async def call():
        async with mcp.Client(make_server(server or offered())) as client:
            return await client.call_tool(tool, arguments, progress_callback=progress)

    result = asyncio.run(call())
    if result.is_error:
        return result.content[0].text
    return result.structured_content


def test_every_tool_has_a_typed_result_and_a_description():
    async def listed():
        async with mcp.Client(make_server(offered())) as client:
            return (await client.list_tools()).tools

    tools = {each.name: each for each in asyncio.run(listed())}
    names = ["alternatives", "check", "explain_infeasible", "run", "sensitivity", "solve", "test", "what_if"]
    assert sorted(tools) == names
    assert all(each.output_schema and each.description for each in tools.values())
    assert all("context" not in each.input_schema["properties"] for each in tools.values())


def test_a_problem_in_words_is_solved_and_its_formulation_can_be_worked_on():
    solved = called("solve", {"problem": TOLD})
    assert solved["outcome"] == "solved"
    assert solved["answer"]["objective"] == pytest.approx(336)
    found = called("what_if", {"formulation": solved["formulation"], "scenarios": ["flour = 50", "drop cakes_sold"]})
    assert found["as_it_is"]["objective"] == pytest.approx(336)
    assert [each["objective_change"] for each in found["scenarios"]] == pytest.approx([60, 64])


def test_a_scenario_may_have_units_that_convert():
    scenarios = ["flour = 0.05 t", "flour = 50 litres"]
    found = called("what_if", {"formulation": BAKERY, "scenarios": scenarios})
    assert found["scenarios"][0]["objective_change"] == pytest.approx(60)
    assert "`flour` is in kg, and litres can't be turned into it" in found["scenarios"][1]["error"]


def test_a_scenario_that_can_not_be_used_fails_alone_and_says_why():
    scenarios = ["flour = 50", "flor = 3", "# nothing", "drop cakes_sold"]
    found = called("what_if", {"formulation": BAKERY, "scenarios": scenarios})
    assert [each["objective_change"] for each in found["scenarios"]] == [
        pytest.approx(60),
        None,
        None,
        pytest.approx(64),
    ]
    assert [each["answer"] is None for each in found["scenarios"]] == [False, True, True, False]
    refused = found["scenarios"][1]
    assert (refused["scenario"], "did you mean `flour`?" in refused["error"]) == ("flor = 3", True)
    assert "changes nothing" in found["scenarios"][2]["error"]
    assert [each["error"] for each in found["scenarios"][::3]] == ["", ""]


def test_several_formulations_vote_and_the_result_says_how_sure_it_is():
    asked = []

    def baker(request):
        asked.append(request.sample)
        return BAKERY if request.sample != 2 else BAKERY.replace("flour = 40", "flour = 50")

    found = called("solve", {"problem": TOLD, "samples": 5, "sure_at": 0.99}, offered(baker))
    assert found["answer"]["objective"] == pytest.approx(336)
    assert sorted(set(asked)) == [0, 1, 2, 3]  # the fourth made the lead clear
    assert (found["agreement"]["agreeing"], found["agreement"]["drawn"]) == (3, 4)
    assert found["explanation"].startswith("Not sure: ")
    assert not found["agreement"]["is_sure"]
    assert called("solve", {"problem": TOLD}, offered(baker))["agreement"] is None


@pytest.mark.parametrize("tool", ["run", "what_if", "sensitivity", "test", "explain_infeasible"])
def test_no_result_names_the_folder_of_the_server(tmp_path: Path, tool: str):
    (tmp_path / "other.csv").write_text("product,profit\nbread,4\n")
    line = 'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"'
    more = {"scenarios": ["flour = 3"]} if tool == "what_if" else {}
    for name in ("other.csv", "missing.csv"):
        reads = BAKERY.replace(line, f'table profit[Product] from "{name}" (product, worth)')
        told = str(called(tool, {"formulation": reads, **more}, offered(folder=tmp_path)))
        assert name in told
        assert str(tmp_path) not in told


@pytest.mark.parametrize("folder", ["data", "..", ".", "/"])
def test_a_folder_is_no_word_that_results_are_without(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data" if folder == ".." else tmp_path)
    named = BAKERY.replace("flour_stock", "data_limit").replace("# How many", "# From our data .. how many")
    served = offered(lambda request: named, Path(folder))
    solved = called("solve", {"problem": TOLD}, served)
    assert solved["formulation"].startswith("# From our data .. how many loaves")
    assert solved["answer"]["binding"][0] == "data_limit"
    waits = offered(lambda request: BAKERY.replace("flour = 40", "flour = ?"), Path(folder))
    missing = called("solve", {"problem": TOLD}, waits)
    assert missing["outcome"] == "missing_data"
    assert "but data are missing" in missing["explanation"]
    assert "missing-data" in [each["code"] for each in missing["findings"]]


def test_no_result_names_a_folder_that_was_given_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "other.csv").write_text("product,profit\nbread,4\n")
    monkeypatch.chdir(tmp_path)
    line = 'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"'
    reads = BAKERY.replace(line, 'table profit[Product] from "missing.csv" (product, worth)')
    told = called("run", {"formulation": reads}, offered(folder=Path("data")))
    assert "there is no file missing.csv" in told
    assert str(tmp_path) not in told


@pytest.mark.parametrize("name", ["/etc/passwd", "../other.csv", "missing.csv"])
def test_a_file_that_is_not_offered_is_refused_with_what_a_client_can_do(tmp_path: Path, name: str):
    line = 'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"'
    reads = BAKERY.replace(line, f'table profit[Product] from "{name}" (product, worth)')
    told = called("run", {"formulation": reads}, offered(folder=tmp_path))
    assert "offers no folder of tables: write the data into the formulation" in told
    (tmp_path / "other.csv").write_text("product,profit\nbread,4\n")
    offering = called("run", {"formulation": reads}, offered(folder=tmp_path))
    assert "name a file in the folder of tables that this server offers" in offering
    assert "--data" not in told + offering
    assert str(tmp_path) not in told + offering


def test_a_number_that_is_missing_is_asked_for_where_a_client_can_give_it():
    waits = BAKERY.replace("flour = 40", "flour = missing")
    told = called("run", {"formulation": waits})
    assert "the text does not give flour in kg" in told
    assert told.endswith("repair: write it into the formulation")


def test_a_formulation_is_run_checked_and_tested():
    ran = called("run", {"formulation": BAKERY})
    assert {each["name"]: each["value"] for each in ran["values"]} == {"bake[bread]": 32, "bake[cake]": 30}
    assert "flour_stock" in ran["binding"]
    assert called("check", {"formulation": BAKERY})["usable"]
    assert called("test", {"formulation": BAKERY})["findings"] == []
    assert called("alternatives", {"formulation": BAKERY})["verdict"] == "none"
    assert any("flour" in each for each in called("sensitivity", {"formulation": BAKERY})["sentences"])


def test_a_check_says_what_is_wrong_and_where():
    found = called("check", {"formulation": BAKERY.replace("<= flour", "<= flower")})
    assert not found["usable"]
    [wrong] = [each for each in found["findings"] if each["severity"] == "error"]
    assert "flower" in wrong["message"]
    assert wrong["line"] == 13


def test_why_there_is_no_answer_is_told_with_a_repair():
    found = called("explain_infeasible", {"formulation": INFEASIBLE})
    assert found["status"] == "infeasible"
    assert found["is_smallest"]
    assert found["conflict"]
    assert found["repairs"]


def test_other_answers_are_told_by_what_they_do_otherwise():
    formulation = BAKERY.replace("bread: 3, cake: 8", "bread: 5, cake: 8").replace("bake[cake] <= most_cakes", "1 <= 2")
    found = called("alternatives", {"formulation": formulation, "count": 1})
    assert found["verdict"] == "found"
    assert {each["name"] for each in found["answers"][0]} <= {"bake[bread]", "bake[cake]"}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("run", {"formulation": "nonsense"}, ""),
        ("run", {"formulation": "x" * 1_000_001}, "1000000"),
        ("what_if", {"formulation": BAKERY, "scenarios": []}, "scenarios"),
        ("what_if", {"formulation": "nonsense", "scenarios": ["flour = 3"]}, ""),
        ("what_if", {"formulation": BAKERY, "scenarios": ["flour = 1"] * 21}, "20"),
        ("alternatives", {"formulation": BAKERY, "count": 0}, "count"),
        ("solve", {"problem": ""}, "empty"),
        ("solve", {"problem": TOLD, "samples": 21}, "samples"),
        ("solve", {"problem": TOLD, "sure_at": 70}, "sure_at"),
    ],
)
def test_what_can_not_be_done_is_the_tools_error(tool, arguments, words):
    told = called(tool, arguments)
    assert isinstance(told, str)
    assert words in told


def test_a_model_that_can_not_be_asked_is_told_without_its_key():
    def fails(request):
        raise LLMError("the key sk-abcdefghijklmnopqrstuvwxyz0123456789 is wrong")

    told = called("solve", {"problem": TOLD}, offered(fails))
    assert "is wrong" in told
    assert "abcdefghij" not in told


def test_a_formulation_reads_no_file_but_of_the_folder_that_is_offered(tmp_path: Path):
    (tmp_path / "profit.csv").write_text("product,profit\nbread,4\ncake,9\n")
    line = 'profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"'
    reads = BAKERY.replace(line, 'table profit[Product] from "PATH" (product, profit)')
    assert "profit.csv" in called("run", {"formulation": reads.replace("PATH", "profit.csv")})
    found = called("run", {"formulation": reads.replace("PATH", "profit.csv")}, offered(folder=tmp_path))
    assert found["objective"] == pytest.approx(4 * 32 + 9 * 30)
    inside = tmp_path / "inside"
    inside.mkdir()
    for path in ("../profit.csv", str(tmp_path / "profit.csv")):
        assert isinstance(called("run", {"formulation": reads.replace("PATH", path)}, offered(folder=inside)), str)


def test_progress_is_told_while_it_goes_on():
    lines = []

    async def progress(done, total, message):
        lines.append(message)

    called("solve", {"problem": TOLD}, progress=progress)
    assert any("Formulating" in each for each in lines)


@pytest.mark.slow
def test_a_client_that_gives_up_ends_the_solve():
    running = []

    async def given_up():
        server = make_server(offered(options=SolveOptions(time_limit=120, threads=1), at_once=1))
        async with mcp.Client(server) as client:
            call = asyncio.create_task(client.call_tool("run", {"formulation": market_split()}, read_timeout_seconds=2))
            with pytest.raises(mcp.MCPError):
                await call
            begin = time.monotonic()
            running.append(await client.call_tool("run", {"formulation": BAKERY}))
            return time.monotonic() - begin

    assert asyncio.run(given_up()) < 20
    assert not running[0].is_error


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "STEEPEST_MODEL": "http://127.0.0.1:9/v1#nobody", "STEEPEST_API_KEY": "unused", **more}


@pytest.mark.slow
def test_over_standard_input_and_output(tmp_path: Path):
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "steepest", "mcp"], env=environment(tmp_path), cwd=tmp_path
    )

    async def call():
        async with mcp.Client(stdio_client(parameters)) as client:
            return await client.call_tool("run", {"formulation": BAKERY})

    assert asyncio.run(call()).structured_content["objective"] == pytest.approx(336)


@pytest.fixture
def http(tmp_path: Path):
    """The address of a server that wants a token."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "steepest", "mcp", "--http", f"127.0.0.1:{port}"],
        env=environment(tmp_path, STEEPEST_MCP_TOKEN=TOKEN),
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        assert process.poll() is None
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


@pytest.mark.slow
def test_over_http_with_its_token_and_not_without(http: str):
    async def call():
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as sender,
            mcp.Client(streamable_http_client(http, http_client=sender)) as client,
        ):
            return await client.call_tool("run", {"formulation": BAKERY})

    assert asyncio.run(call()).structured_content["objective"] == pytest.approx(336)
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert httpx2.post(http, json={}, headers=headers).status_code == 401
    rebound = {"Authorization": f"Bearer {TOKEN}", "Host": "evil.example"}
    assert httpx2.post(http, json={}, headers=rebound).status_code in (403, 421)
