"""Fewer points than pixels need, without losing a spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.few_points import column_starts
from tb_losshealth.health.curves.series import Floats, Series, Steps

Indices = NDArray[np.intp]

# Each pixel column keeps its first, last, least and greatest point.
POINTS_PER_COLUMN = 4


def window(steps: Steps, first: int | None, last: int | None) -> slice:
    """The points from `first` to `last`, and one neighbour on each side so that the line runs off the edge."""
    low = 0 if first is None else int(np.searchsorted(steps, first, side="left"))
    high = len(steps) if last is None else int(np.searchsorted(steps, last, side="right"))
    return slice(max(low - 1, 0), min(high + 1, len(steps)))


def decimate(series: Series, columns: int, *beside: Floats) -> Indices:
    """The points to draw on `columns` pixels.

    Per pixel column the first, last, least and greatest finite value are kept, and one value that is not finite.

    Args:
        series: the curve, or the part of it that is to be shown.
        columns: width in pixels, at least 1.
        beside: values of other curves at the same steps, whose extremes are kept, too.

    Returns:
        Ascending indices into the series; all of them where there are few points.
    """
    count = len(series)
    if count <= POINTS_PER_COLUMN * columns:
        return np.arange(count)
    starts = column_starts(series.steps, columns)
    ends = np.append(starts[1:], count) - 1
    kept = np.zeros(count, dtype=np.bool_)
    kept[starts] = kept[ends] = True
    for values in (series.values, *beside):
        _keep_extremes(kept, values, starts, ends)
    return np.flatnonzero(kept)


def _keep_extremes(kept: NDArray[np.bool_], values: Floats, starts: Indices, ends: Indices) -> None:
    lost = np.flatnonzero(~np.isfinite(values))
    for extreme, filler in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        filled = values
        if len(lost):
            filled = values.copy()
            filled[lost] = filler
        best = np.repeat(extreme.reduceat(filled, starts), ends - starts + 1)
        kept[_first_in_column(np.flatnonzero(filled == best), starts, ends)] = True
    kept[_first_in_column(lost, starts, ends)] = True


def _first_in_column(chosen: Indices, starts: Indices, ends: Indices) -> Indices:
    """The first of the chosen points in each column; none where a column has none."""
    at = np.searchsorted(chosen, starts)
    inside = at < len(chosen)
    first = chosen[at[inside]]
    return first[first <= ends[inside]]
