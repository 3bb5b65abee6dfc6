"""The one sentence that says why, with numbers a person can check on the chart."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Format a value with three significant digits and thousands separators."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1000 <= abs(value) < 1e6:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def step(value: int) -> str:
    """Format a step with thousands separators."""
    return f"{value:,}"


def percent(change: float, base: float) -> str:
    """Format `change` relative to `base` as " (+12 %)"; empty where the base says nothing."""
    if base == 0 or not math.isfinite(change / base) or abs(change / base) > 100:
        return ""
    return f" ({change / abs(base):+.0%})".replace("%", " %")
