"""Answers as JSON; arrays are written as lists, and a number in them that is not finite as null."""

from __future__ import annotations

import json
from typing import Any

import orjson


def encode(value: Any) -> bytes:
    """JSON in UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        # Lone surrogates, as folder names that are no text have them: ASCII escapes carry them.
        return encode_ascii(value).encode("ascii")


def encode_ascii(value: Any) -> str:
    """JSON that any encoding can carry."""
    return json.dumps(value, default=_as_list, allow_nan=False, separators=(",", ":"))


def _as_list(array: Any) -> Any:
    # By way of orjson, which writes float32 with the digits that it has.
    return orjson.loads(orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY))
