"""Print figures beside their goals."""

from __future__ import annotations

import statistics
from collections.abc import Callable


def report(what: str, figure: float, unit: str, goal: float | None, *, at_least: bool = False) -> None:
    """Print a figure and whether it meets its goal; None is no goal."""
    verdict = ""
    if goal is not None:
        met = figure >= goal if at_least else figure <= goal
        verdict = f" goal {'>=' if at_least else '<='} {goal:g} {'met' if met else 'MISSED'}"
    print(f"  {what:66} {figure:9.1f} {unit:4}{verdict}", flush=True)


def median_of(measure: Callable[[], float], times: int = 5) -> float:
    return statistics.median(measure() for _ in range(times))
