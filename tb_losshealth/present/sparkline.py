"""Curves as rows of block characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_losshealth.health.curves.series import Floats

BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"

Points = Sequence[Sequence[float]]


def sparklines(curves: Sequence[Points], width: int) -> list[str]:
    """Draws curves on one step axis and one scale, so that they can be compared.

    Args:
        curves: each a list of [step, value], steps ascending, values finite.
        width: characters a line.

    Returns:
        One line a curve; blanks where a curve has no point yet or any more.
    """
    known = [np.asarray(curve, dtype=np.float64) for curve in curves if len(curve)]
    if not known:
        return [" " * width for _ in curves]
    first, last = min(curve[0, 0] for curve in known), max(curve[-1, 0] for curve in known)
    edges = np.linspace(first, last, width + 1)[1:] if last > first else np.full(1, last)
    cells = [_cells(np.asarray(curve, dtype=np.float64).reshape(-1, 2), edges) for curve in curves]
    values = np.concatenate(cells)
    values = values[np.isfinite(values)]
    # The first value of a training may dwarf all that follow: let it touch the ceiling.
    low, high = float(values.min()), float(np.quantile(values, 0.95))
    return [_line(cell, low, high).ljust(width) for cell in cells]


def _cells(curve: Floats, edges: Floats) -> Floats:
    """The mean of the points in each cell; an empty cell between points takes the value before it."""
    cells = np.full(len(edges), np.nan)
    if not len(curve):
        return cells
    at = np.minimum(np.searchsorted(edges, curve[:, 0]), len(edges) - 1)
    counts = np.bincount(at, minlength=len(edges))
    # Divided first: the sum of huge losses overflows.
    means = np.bincount(at, weights=curve[:, 1] / counts[at], minlength=len(edges))
    cells[counts > 0] = means[counts > 0]
    for cell in range(int(at[0]) + 1, int(at[-1])):
        if not counts[cell]:
            cells[cell] = cells[cell - 1]
    return cells


def _line(cells: Floats, low: float, high: float) -> str:
    span = high / 2 - low / 2
    return "".join(
        " "
        if not np.isfinite(value)
        else BLOCKS[round(min(max((value / 2 - low / 2) / span, 0.0), 1.0) * 7)]
        if span
        else BLOCKS[3]
        for value in cells
    )
