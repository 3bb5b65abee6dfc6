"""A curve in few points, for a sparkline and for lists of many curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Series, Steps

LAST_EDGE = float(2**63 - 2**10)
"""The greatest float64 that fits into int64."""

_NO_POINTS = Series(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
"""One for all curves of which nothing is kept."""


def few_points(series: Series, points: int) -> Series:
    """At most `points` means over equal stretches of steps, finite values alone; again, it changes nothing.

    Args:
        series: the curve.
        points: the most points to keep.
    """
    if not points:
        return _NO_POINTS
    finite = np.isfinite(series.values)
    steps, values, wall_times = series.steps[finite], series.values[finite], series.wall_times[finite]
    if len(steps) > points:
        starts = column_starts(steps, points)
        counts = np.diff(np.append(starts, len(steps)))
        # Divided first: the sum of huge losses overflows.
        values = np.add.reduceat(values / np.repeat(counts, counts), starts)
        ends = starts + counts - 1
        steps, wall_times = steps[ends], wall_times[ends]
    return Series(steps, values, wall_times)


def column_starts(steps: Steps, columns: int) -> NDArray[np.intp]:
    """The first point of each column that holds any, ascending from 0; the columns are equally wide in steps."""
    first, last = float(steps[0]), float(steps[-1])
    # In floats, as the span of two int64 steps may not fit into int64, and back again below its end.
    edges = np.ceil(first + np.arange(columns) * ((last - first) / columns))
    starts: NDArray[np.intp] = np.searchsorted(steps, np.minimum(edges, LAST_EDGE).astype(np.int64))
    starts[0] = 0
    return starts[np.append(True, starts[1:] > starts[:-1]) & (starts < len(steps))]
