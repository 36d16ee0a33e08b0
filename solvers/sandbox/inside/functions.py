"""The job that calls a function: a source, the name of a function in it, and the arguments of each call."""

import json
from typing import Any

from steepest.solvers.sandbox.inside.channel import Channel
from steepest.solvers.sandbox.inside.feedback import describe
from steepest.solvers.sandbox.inside.json_values import to_json
from steepest.solvers.sandbox.inside.loading import LoadError, load_function, settled


def run(header: dict[str, Any], body: bytes, channel: Channel) -> None:
    """Call the function once for each set of arguments, and send what came of each call at once.

    A line of JSON a call, {"returned": value} or {"raised": failure}; {"failure": failure} alone where the source gives
    no such function. Each call has arguments of its own, decoded right before it, so that none can change the next's.

    Args:
        header: "function", its name, and "screening", whether the source is screened first.
        body: {"source": text, "calls": [{"args": [...], "kwargs": {...}}, ...]} as JSON.
        channel: Where the lines go.
    """
    request = json.loads(body)
    source: str = request["source"]
    calls = [json.dumps(call) for call in request["calls"]]
    try:
        function = load_function(source, header["function"], screening=header["screening"])
    except LoadError as error:
        channel.write_line({"failure": error.failure})
        return
    for call in calls:
        arguments = json.loads(call)
        try:
            answer = {"returned": to_json(settled(function(*arguments["args"], **arguments["kwargs"])))}
        except BaseException as error:  # an exit, too, ends only the call
            answer = {"raised": describe(error, source)}
        channel.write_line(answer)
