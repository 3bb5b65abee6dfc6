"""JSON of dictionaries that hold arrays."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tb_losshealth.present.encoding import encode, encode_ascii


@pytest.mark.parametrize("text", ["ümläut-日本", "\ud800 is half of a character"])
def test_arrays_become_lists_whatever_text_is_beside_them(text: str) -> None:
    value = {"text": text, "steps": np.array([1, 2**60]), "values": np.array([0.1, np.nan, np.inf], dtype=np.float32)}
    expected = {"text": text, "steps": [1, 2**60], "values": [0.1, None, None]}
    assert json.loads(encode(value)) == expected
    assert json.loads(encode_ascii(value)) == expected
    assert encode_ascii(value).isascii()
