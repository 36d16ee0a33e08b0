"""Reading a page as its script does."""

import json
import re
from base64 import b64decode
from gzip import decompress
from typing import Any


def index_of(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="index">(.*?)</script>', page, re.DOTALL)
    index: dict[str, Any] = json.loads(text)
    return index


def records_of(page: str) -> list[dict[str, Any]]:
    packed = re.findall(r'<script type="application/gzip" id="part(\d+)">([\w+/=]*)</script>', page)
    assert [int(number) for number, _ in packed] == list(range(len(packed)))
    return [record for _, part in packed for record in json.loads(decompress(b64decode(part)))]
