"""Which kind of file of a library a file is."""

import json

from steepest.agents.library.exchange import alphaopt, documents
from steepest.agents.library.exchange.parcels import Parcel
from steepest.errors import InputError

__all__ = ["read_parcel"]


def read_parcel(text: str, name: str, *, prefix: str = "alphaopt") -> Parcel:
    """What a JSON file holds: our own document, AlphaOPT's library, or its dictionary of labels.

    Args:
        text: What is in it.
        name: The file, for messages.
        prefix: Of the ids of AlphaOPT's insights.

    Raises:
        InputError: It is none of them, or has a mistake.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:  # no JSON, a number of thousands of digits, nested too deeply
        raise InputError(f"{name} is no JSON: {error}.") from error
    if isinstance(value, dict) and value.get("format") == documents.FORMAT:
        return documents.read_document(value, name)
    if isinstance(value, list):
        return alphaopt.read_library(value, name, prefix=prefix)
    if isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
        return alphaopt.read_taxonomy(value, name)
    raise InputError(
        f"{name} is no file of insights: neither what `steepest library export` writes, nor AlphaOPT's library.json "
        "or taxonomy."
    )
