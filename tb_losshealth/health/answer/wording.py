"""Numbers and their changes as text."""

from __future__ import annotations

import math

MAX_DIGITS = 12
"""Significant digits shown at most: a double has 15, and most logs are in single precision."""


def format_number(value: float, digits: int = 3) -> str:
    """A value with `digits` significant digits, and with thousands separators where it is large."""
    value += 0.0  # no "-0"
    if 999.5 <= abs(value) < 1e6:
        return f"{value:,.{max(digits - len(f'{abs(value):.0f}'), 0)}f}"
    return f"{value:.{digits}g}"


def format_change(start: float, end: float) -> str:
    """Both values of a change, and the percentage where it means something: `1 -> 0.5 (-50 %)`."""
    digits = _digits(start, end)
    text = f"{format_number(start, digits)} -> {format_number(end, digits)}"
    change = (end - start) / abs(start) if start else math.inf
    if not 0.005 <= abs(change) < 100 or (start < 0) != (end < 0):
        return text
    return f"{text} ({change:+.0%})".replace("%", " %")


def _digits(start: float, end: float) -> int:
    """Three significant digits, or as many as show two digits of the difference."""
    difference = abs(end - start)
    if not 0 < difference < math.inf:
        return 3
    first, shown = (math.floor(math.log10(size)) for size in (max(abs(start), abs(end)), difference))
    return min(max(3, first - shown + 2), MAX_DIGITS)


def differs(start: float, end: float) -> bool:
    """Whether two values differ by more than rounding, so that `format_change` can show the difference."""
    return abs(end - start) > 10.0 ** (1 - MAX_DIGITS) * max(abs(start), abs(end))


def describe_change(what: str, start: float, end: float) -> str:
    """How `what` changed: that it fell or rose, or that it "went" where both values are equal.

    "Went" leaves open what happened in between; "stayed" would not.
    """
    verb = "went" if not differs(start, end) else "fell" if end < start else "rose"
    return f"{what} {verb} {format_change(start, end)}"
