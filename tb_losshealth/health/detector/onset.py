"""Where validation turned: the last low before the lasting rise, and how far that could be off.

The unimodal fit gives, for every possible turning point k, the least squared error SSE(k) of a curve that falls up to
k and rises after it (unimodal.py). Read as a likelihood, SSE(k)^(-n/2) is a posterior over k. It is too sure of itself,
because an isotonic fit adapts to noise, the more so the longer the run: so its power grows with the root of n instead,
which covers the truth in 90 to 100 % of the tuning histories of benchmarks/judging, be they short or long, synthetic or
real; and it is lowered for correlated noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.unimodal_fit import squared_errors

LIKELIHOOD_POWER = 8.0
"""Power of the likelihood of n evaluations, over the root of n. From 6 to 9, coverage of the synthetic tuning
histories falls by two points."""
LOW_QUANTILE = 0.025
HIGH_QUANTILE = 0.93
"""The turning point is an evaluation, the truth lies between two: it may come after the last low one as well as before
it. So the interval reaches to the evaluation after the upper quantile. That alone covers nearly all short runs; with
these quantiles the tuning histories of 200 evaluations and more are covered in 90 %, all of them in 95 %."""
SMOOTHING_SHARE = 0.04
"""The turning point is where the mean over this share of the run is lowest within the interval, not where luck made a
single evaluation lowest. Of 1/40 to 1/8 it had the smallest error on the tuning split."""
MAX_VARIANCE_INFLATION = 20.0
"""Largest factor by which correlation may reduce the number of evaluations (that of AR(1) with rho = 0.9)."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """Indices of evaluations: the turning point and its 95 % interval."""

    index: int
    low: int
    high: int


def estimate_onset(v: Floats, window: float, scatter: float, before: int | None = None) -> TurningPoint:
    """Find where a curve that ends in a rise turned.

    Args:
        v: float64 [n], validation, lower is better, finite, n >= 2.
        window: evaluations averaged where the rise was measured.
        scatter: standard deviation of such an average.
        before: index at which the turn was already known, at least 1; None if it was not.
    """
    n = len(v)
    turns = n - 1 if before is None else min(before, n - 1)  # the last index would be no turn at all
    size = float(np.ptp(v)) or 1.0
    sse = squared_errors(v / size)
    least = float(sse.min())
    residual = least / max(n - 1, 1)
    long_run = window * (scatter / size) ** 2
    inflation = min(max(long_run / residual, 1.0), MAX_VARIANCE_INFLATION) if residual > 0 else MAX_VARIANCE_INFLATION
    fit = -LIKELIHOOD_POWER * np.sqrt(n) / inflation * np.log((sse + 1e-9) / (least + 1e-9))
    posterior = np.exp(fit[:turns] - fit[:turns].max())
    total = np.cumsum(posterior) / posterior.sum()
    low = int(np.searchsorted(total, LOW_QUANTILE))
    high = min(int(np.searchsorted(total, HIGH_QUANTILE)), turns - 1)
    return TurningPoint(low + int(np.argmin(_smoothed(v)[low : high + 1])), low, high + 1)


def _smoothed(v: Floats) -> Floats:
    """Centred mean over an odd number of evaluations, `SMOOTHING_SHARE` of the run; the ends are repeated."""
    width = max(1, int(SMOOTHING_SHARE * len(v))) | 1
    padded = np.concatenate([np.full(width // 2, v[0]), v, np.full(width // 2, v[-1])])
    mean: Floats = np.convolve(padded, np.full(width, 1 / width), "valid")
    return mean if width > 1 else v
