"""The script in a model's reply. It is found, not parsed: what a model writes is read by nobody outside the sandbox."""

import re

__all__ = ["script_in"]

_FENCED = re.compile(r"^[ \t]*```[^`\n]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|from)[ \t]+\w", re.MULTILINE)


def script_in(reply: str) -> str | None:
    """The script of a reply: its last block of code that imports something, or the whole of it if it does itself.

    A block without its closing fence counts: small models forget it.
    """
    reply = reply.replace("\r\n", "\n")
    blocks = [block for block in _FENCED.findall(reply) if _IMPORT.search(block)]
    if blocks:
        script: str = blocks[-1]
        return script.strip("\n") + "\n"
    if "```" not in reply and _IMPORT.search(reply):
        return reply.strip() + "\n"
    return None
