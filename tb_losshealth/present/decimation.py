"""Fewer points than pixels need, without losing a spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.series import Series, Steps

# Each pixel column keeps its first, last, least and greatest point.
POINTS_PER_COLUMN = 4


def window(steps: Steps, first: int | None, last: int | None) -> slice:
    """The points from `first` to `last`, and one neighbour on each side so that the line runs off the edge."""
    low = 0 if first is None else int(np.searchsorted(steps, first, side="left"))
    high = len(steps) if last is None else int(np.searchsorted(steps, last, side="right"))
    return slice(max(low - 1, 0), min(high + 1, len(steps)))


def decimate(series: Series, columns: int) -> NDArray[np.intp]:
    """The points to draw on `columns` pixels.

    Per pixel column the first, last, least and greatest finite value are kept, and one value that is not finite.

    Args:
        series: the curve, or the part of it that is to be shown.
        columns: width in pixels, at least 1.

    Returns:
        Ascending indices into the series; all of them where there are few points.
    """
    count = len(series)
    if count <= POINTS_PER_COLUMN * columns:
        return np.arange(count)
    column = _columns(series.steps, columns)
    starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
    ends = np.append(starts[1:], count) - 1
    finite = np.isfinite(series.values)
    kept = [starts, ends]
    for extreme, filler in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        values = np.where(finite, series.values, filler)
        best = np.repeat(extreme.reduceat(values, starts), ends - starts + 1)
        kept.append(_first_in_column(values == best, column))
    kept.append(_first_in_column(~finite, column))
    return np.unique(np.concatenate(kept))


def summarise(series: Series, points: int) -> tuple[list[int], list[float]]:
    """A curve for a sparkline: at most `points` means over equal stretches of steps, finite values alone."""
    finite = np.isfinite(series.values)
    steps, values = series.steps[finite], series.values[finite]
    if len(steps) > points:
        column = _columns(steps, points)
        starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
        counts = np.diff(np.append(starts, len(steps)))
        # Divided first: the sum of huge losses overflows.
        values = np.add.reduceat(values / np.repeat(counts, counts), starts)
        steps = steps[starts + counts - 1]
    return steps.tolist(), values.tolist()


def _columns(steps: Steps, columns: int) -> NDArray[np.intp]:
    # In floats: the span of two int64 steps may not fit into int64.
    position = steps.astype(np.float64) - float(steps[0])
    column: NDArray[np.intp] = np.minimum(position / position[-1] * columns, columns - 1).astype(np.intp)
    return column


def _first_in_column(chosen: NDArray[np.bool_], column: NDArray[np.intp]) -> NDArray[np.intp]:
    indices = np.flatnonzero(chosen)
    _, first = np.unique(column[indices], return_index=True)
    return indices[first]
