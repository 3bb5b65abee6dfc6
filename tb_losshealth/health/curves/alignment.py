"""Train as validation saw it: one train value for each evaluation, and the gap between the two."""

from __future__ import annotations

import math

import numpy as np

from tb_losshealth.health.curves.series import Floats, Series
from tb_losshealth.health.curves.validate import Mode

LONGEST_INTERVAL = 2048
"""Most train points that a median is taken of.

Denser intervals are thinned to every 2nd, 4th, ... point, so that the live monitor needs bounded memory and gives the
same number."""

OTHER_UNIT = 10.0
"""A train that lies more than this many times as far from zero as validation is in another unit: summed where
validation is averaged, or a percentage where validation is a share."""

FIRST = 3
"""First evaluations at each of which that must hold, because a single value may lie near zero."""

_PADDING_LIMIT = 4
"""Largest factor by which padding the intervals to a rectangle may enlarge the work."""


def train_at_evaluations(train: Series, val: Series) -> Floats:
    """Median of train over (previous evaluation, this evaluation].

    Args:
        train: n train points, of any density.
        val: m evaluations.

    Returns:
        float64 [m]; NaN where no finite train value lies in the interval. The first interval is everything
        up to the first evaluation.
    """
    finite = np.isfinite(train.values)
    steps, values = train.steps[finite], train.values[finite]
    ends = np.searchsorted(steps, val.steps, side="right")
    return median_of_segments(values, ends)


def median_of_segments(values: Floats, ends: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    """Median of values[ends[i-1]:ends[i]] for each i (ends[-1] read as 0); NaN for an empty segment."""
    if len(ends) == 0:
        return np.empty(0)
    starts = np.r_[0, ends[:-1]]
    counts = ends - starts
    strides = 1 << np.ceil(np.log2(np.maximum(counts / LONGEST_INTERVAL, 1))).astype(np.int64)
    counts = -(-counts // strides)
    longest = int(counts.max())
    if longest == 0:
        return np.full(len(ends), np.nan)
    if longest == 1:
        return np.where(counts == 1, values[np.minimum(starts, len(values) - 1)], np.nan)
    if longest * len(ends) > _PADDING_LIMIT * int(counts.sum()) + 64 * len(ends):
        return np.array(
            [
                middle(np.sort(values[a : b : int(s)]).tolist()) if b > a else np.nan
                for a, b, s in zip(starts, ends, strides, strict=True)
            ]
        )
    columns = np.arange(longest)
    inside = columns < counts[:, None]
    indices = np.minimum(starts[:, None] + columns * strides[:, None], len(values) - 1)
    table = np.where(inside, values[indices], np.inf)
    table.sort(axis=1)
    rows = np.arange(len(ends))
    last = np.maximum(counts - 1, 0)
    low, high = table[rows, last // 2], table[rows, (last + 1) // 2]
    with np.errstate(invalid="ignore", over="ignore"):
        sums = low + high
        medians: Floats = np.where(np.isfinite(sums), sums / 2, low / 2 + high / 2)
    medians[counts == 0] = np.nan
    return medians


def middle(ordered: list[float]) -> float:
    """Median of at least one value in ascending order."""
    last = len(ordered) - 1
    low, high = ordered[last // 2], ordered[(last + 1) // 2]
    # Of both signs the same to the last digit, as `low + (high - low) / 2` is not.
    return (low + high) / 2 if math.isfinite(low + high) else low / 2 + high / 2


def gap_curve(train: Series, val: Series, mode: Mode = "min") -> Floats:
    """Generalization gap at each evaluation: positive = validation worse.

    Args:
        train: train points.
        val: m evaluations.
        mode: "min" (losses) or "max" (higher is better).

    Returns:
        float64 [m]; NaN where train or validation has no finite value.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        gap: Floats = val.values - train_at_evaluations(train, val)
    gap[~np.isfinite(gap)] = np.nan
    return np.negative(gap) if mode == "max" else gap


def in_one_unit(v: Floats, t: Floats, v_start: float, t_start: float | None) -> tuple[Floats, float]:
    """Train in the unit of validation, where it is logged in another.

    Args:
        v: float64 [n], validation relative to `v_start`.
        t: float64 [n], train at the same evaluations, relative to `t_start`.
        v_start: first validation value.
        t_start: first train value at an evaluation; None without one.

    Returns:
        Train in validation's unit: scaled so that the median of the first values is validation's, if all of them are
        in another unit. And the gap (validation - train) between the two starts, in that unit.
    """
    if t_start is None:
        return t, 0.0
    unit = 1.0
    if len(v) >= FIRST:
        with np.errstate(all="ignore"):
            times = (t[:FIRST] + t_start) / (v[:FIRST] + v_start)
        if np.isfinite(times).all() and times.min() > OTHER_UNIT:
            unit = 1 / float(np.median(times))
    return unit * t, v_start - unit * t_start


def half_interval_earlier(values: Floats) -> Floats:
    """Shift a curve of interval averages to the interval ends.

    A train loss averaged over an epoch belongs to the middle of that epoch, the validation loss to its end
    (Rosebrock 2019, after Geron): the value at the end lies between this average and the next one. The last is
    extended along the last slope, never beyond that half step.

    Args:
        values: float64 [n].

    Returns:
        float64 [n].
    """
    if len(values) < 2:
        return values
    shifted: Floats = np.r_[(values[:-1] + values[1:]) / 2, values[-1] + (values[-1] - values[-2]) / 2]
    return shifted
