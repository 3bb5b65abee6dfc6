"""How much a curve scatters about its own trend, robustly, and how much neighbours share of it."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.series import Floats

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation of a normal distribution to its standard deviation."""

SPIKE_SIGMAS = 4.0
"""A point this far from the median of its neighbours is a spike: 1 in 16,000 for normal noise."""


def noise_level(values: Floats) -> float:
    """Standard deviation of white noise on a smooth trend, from second differences.

    Args:
        values: float64 [n], finite.

    Returns:
        1.4826 MAD(second differences) / sqrt(6); 0.0 for n < 3.
    """
    if len(values) < 3:
        return 0.0
    second = values[2:] - 2 * values[1:-1] + values[:-2]
    return float(MAD_TO_SIGMA * np.median(np.abs(second)) / np.sqrt(6))


def autocorrelation(residuals: Floats) -> float:
    """Lag-1 autocorrelation, corrected for short series ((1 + 4 rho)/n bias) and held in [0, 0.95]."""
    n = len(residuals)
    if n < 8:
        return 0.0
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    if power <= 0:
        return 0.0
    rho = float(centred[1:] @ centred[:-1]) / power
    return float(np.clip(rho + (1 + 4 * rho) / n, 0.0, 0.95))


def clip_spikes(values: Floats) -> tuple[Floats, int]:
    """Pull isolated spikes back to their neighbourhood.

    A point is a spike if it lies more than `SPIKE_SIGMAS` of the noise beyond all of its two neighbours on
    either side and its neighbours agree with each other; a lasting step is left alone. The first and the
    last point are judged against nothing and stay.

    Args:
        values: float64 [n], finite.

    Returns:
        The clipped copy, and how many points were clipped.
    """
    n = len(values)
    if n < 7:
        return values, 0
    padded = np.r_[values[:2][::-1], values, values[-2:][::-1]]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    centre = np.median(windows, axis=1)
    off = values - centre
    spread = max(noise_level(values), MAD_TO_SIGMA * float(np.median(np.abs(off))))
    limit = SPIKE_SIGMAS * spread
    spikes = np.abs(off) > limit
    spikes[:2] = False
    spikes[-1] = False
    if spread == 0.0 or not spikes.any():
        return values, 0
    clipped = np.where(spikes, centre + np.sign(off) * limit, values)
    return clipped, int(spikes.sum())
