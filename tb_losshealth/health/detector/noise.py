"""Scatter about a trend, known at every moment from what came before, and spikes cut by it.

The scale of a set of differences d is taken as (mean sqrt|d|)^2: a power mean with exponent 1/2. One pass and one sum
give it for every prefix, outliers enter by their square root alone, and ties do not break it as they break a median.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats

SQRT_MOMENT = 0.8221789586624
"""E sqrt|z| for a standard normal z: 2^(1/4) Gamma(3/4) / sqrt(pi)."""

UNCUT = 8
"""Values from which on spikes are cut: with fewer, nobody can tell a spike from the curve."""

SPIKE_SCALES = 5.0
"""A value this many scales of the steps between neighbours off the median of the last three is a spike ..."""
SPIKE_GROWTH = 2.0
"""... unless the curve already moved there: it may go on by this many times its last step."""


def running_scale(differences: Floats, early: float = 0.0, since: int = 0) -> Floats:
    """Scale, as a normal sigma, of differences[..., : i + 1] without the share `early` that came first.

    Args:
        differences: float64 [..., n].
        early: share left out.
        since: the first i.

    Returns:
        float64 [..., n - since], for each i.
    """
    *others, n = differences.shape
    total = np.zeros((*others, n + 1))
    np.cumsum(np.sqrt(np.abs(differences)), axis=-1, out=total[..., 1:])
    ends = np.arange(since + 1, n + 1)
    starts = (early * ends).astype(np.int64)
    root = (total[..., since + 1 :] - total[..., starts]) / (ends - starts) / SQRT_MOMENT
    return root * root


def cut_spikes(values: Floats) -> Floats:
    """Cut values that jump out of the band of their predecessors, unless the one before already did.

    A lasting step is thereby passed on one value late, an isolated spike not at all. Each result depends on
    earlier values alone.

    Args:
        values: float64 [n], finite.

    Returns:
        float64 [n].
    """
    if len(values) <= UNCUT:
        return values
    now, last, second, third = (values[UNCUT - i : len(values) - i] for i in range(4))
    margin = SPIKE_SCALES * running_scale(np.diff(values))[UNCUT - 2 : len(values) - 2]
    centre = np.maximum(np.minimum(last, second), np.minimum(np.maximum(last, second), third))
    growth = SPIKE_GROWTH * (last - second)
    low = np.minimum(np.minimum(last, last + growth), centre - margin)
    high = np.maximum(np.maximum(last, last + growth), centre + margin)
    return np.concatenate([values[:UNCUT], np.minimum(np.maximum(now, low), high)])


def single_spikes(values: Floats, cut: Floats) -> NDArray[np.bool_]:
    """Which values that were cut the curve came back from at the next one, bool [n].

    A curve that stays where it went, as at a drop of the learning rate, has no spike there. Of a value that was cut
    last it is not known yet.

    Args:
        values: float64 [n].
        cut: `cut_spikes` of them.
    """
    single: NDArray[np.bool_] = cut != values
    single[-1:] = False
    at = np.flatnonzero(single)
    following = values[at + 1]
    single[at] = np.abs(following - cut[at]) < np.abs(following - values[at])
    return single


class SpikeCutter:
    """`cut_spikes` fed one value at a time."""

    def __init__(self) -> None:
        """Start empty."""
        self._count = 0
        self._last = self._second = self._third = 0.0
        self._roots = 0.0

    def add(self, value: float) -> float:
        """Return the value, cut if it is a spike."""
        last, second, third = self._last, self._second, self._third
        result = value
        if self._count >= UNCUT:
            root = self._roots / (self._count - 1) / SQRT_MOMENT
            margin = SPIKE_SCALES * (root * root)
            centre = max(min(last, second), min(max(last, second), third))
            growth = SPIKE_GROWTH * (last - second)
            low = min(min(last, last + growth), centre - margin)
            high = max(max(last, last + growth), centre + margin)
            result = min(max(value, low), high)
        if self._count:
            self._roots += math.sqrt(abs(value - last))
        self._count += 1
        self._last, self._second, self._third = value, last, second
        return result
