"""One cell of a metrics file -> a number, if it is one."""

from __future__ import annotations

import math
import re

_TENSOR = re.compile(r"tensor\(\s*([^,\s)]+)")


def number_of(cell: object) -> float | None:
    """The number that a CSV cell or a JSON value holds; None for an empty cell, text, a list or a truth value."""
    if isinstance(cell, str):
        return _parse(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            return float(cell)
        except OverflowError:  # a JSON integer may have any length
            return math.inf if cell > 0 else -math.inf
    return None


def _parse(cell: str) -> float | None:
    # Longer text is no number, and float() of very long digit strings is slow.
    if not cell or len(cell) > 400:
        return None
    try:
        return float(cell)
    except ValueError:
        # str() of a tensor, as hand-written logs have it: "tensor(0.41, device='cuda:0')".
        written = _TENSOR.search(cell)
        return _parse(written[1]) if written and written[1] != cell else None
