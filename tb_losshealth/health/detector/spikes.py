"""Isolated spikes: clipped to a band that the values before them allow."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import SQRT_MOMENT, running_sigma

WARM_UP = 8
"""First values of a curve, which are never clipped: so few do not show what a spike is and what the curve."""

SPIKE_SIGMAS = 5.0
"""Half width of the band around the median of the last three values, in sigmas of the changes between neighbours."""

SPIKE_GROWTH = 2.0
"""The band also admits a change of this many times the last one, in its direction: an exponential rise is no spike."""


def clip_spikes(values: Floats) -> Floats:
    """Clip values that jump out of the band of their predecessors.

    A lasting step is clipped at its first value alone, because the band moves there with the next one. Each result
    depends on earlier values only.

    Args:
        values: float64 [n], finite.

    Returns:
        float64 [n].
    """
    if len(values) <= WARM_UP:
        return values
    now, last, second, third = (values[WARM_UP - i : len(values) - i] for i in range(4))
    margin = SPIKE_SIGMAS * running_sigma(np.diff(values))[WARM_UP - 2 : len(values) - 2]
    centre = np.maximum(np.minimum(last, second), np.minimum(np.maximum(last, second), third))
    growth = SPIKE_GROWTH * (last - second)
    low = np.minimum(np.minimum(last, last + growth), centre - margin)
    high = np.maximum(np.maximum(last, last + growth), centre + margin)
    return np.concatenate([values[:WARM_UP], np.minimum(np.maximum(now, low), high)])


def isolated_spikes(values: Floats, clipped: Floats) -> NDArray[np.bool_]:
    """Which clipped values were spikes, bool [n]: those from which the curve came back at the next value.

    A curve that stays where it went, such as after a drop of the learning rate, has no spike there. The last value is
    never one, because the value after it is not known yet.

    Args:
        values: float64 [n].
        clipped: float64 [n], `clip_spikes(values)`.
    """
    spike: NDArray[np.bool_] = clipped != values
    spike[-1:] = False
    at = np.flatnonzero(spike)
    following = values[at + 1]
    spike[at] = np.abs(following - clipped[at]) < np.abs(following - values[at])
    return spike


class SpikeClipper:
    """`clip_spikes`, one value at a time."""

    def __init__(self) -> None:
        """Start empty."""
        self._count = 0
        self._last = self._second = self._third = 0.0
        self._roots = 0.0

    def add(self, value: float) -> float:
        """Return the value, clipped if it is a spike."""
        last, second, third = self._last, self._second, self._third
        result = value
        if self._count >= WARM_UP:
            root = self._roots / (self._count - 1) / SQRT_MOMENT
            margin = SPIKE_SIGMAS * (root * root)
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
