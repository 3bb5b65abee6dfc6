"""The onset: where validation turned, the last low before the lasting rise, with its 95 % interval.

The unimodal fit gives, for every possible turning point k, the least squared error SSE(k) of a curve that falls up to
k and rises after it (`unimodal_fit`). Read as a likelihood, SSE(k)^(-n/2) is a posterior over k. That posterior is too
narrow, because an isotonic fit adapts to noise, and the more so the longer the run is. Its power therefore grows only
with the root of n, which covers the truth in 90 to 100 % of the tuning histories of benchmarks/judging, short or long,
synthetic or real. Correlated noise lowers the power further.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.unimodal_fit import squared_errors

LIKELIHOOD_POWER = 8.0
"""Power of the likelihood of n evaluations, over the root of n. Between 6 and 9, coverage of the synthetic tuning
histories falls by two points."""

LOW_QUANTILE = 0.025
"""Quantile of the posterior at the lower end of the interval."""

HIGH_QUANTILE = 0.93
"""Quantile of the posterior before the upper end. The truth lies between two evaluations and may come after the last
low one, so the interval reaches to the evaluation after this quantile. That alone covers nearly all short runs; with
both quantiles, the tuning histories of 200 evaluations and more are covered in 90 % of cases, all of them in 95 %."""

SMOOTHING_SHARE = 0.04
"""The turning point is where the moving average over this share of the run is lowest within the interval, so that noise
on a single evaluation does not decide. Of the shares from 1/40 to 1/8 this had the smallest error on the tuning
split."""

MAX_VARIANCE_INFLATION = 20.0
"""Largest factor by which correlated noise may lower the effective number of evaluations; that of AR(1) with rho = 0.9
is 19."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """Indices of evaluations: the turning point and both ends of its 95 % interval."""

    index: int
    low: int
    high: int


def estimate_onset(v: Floats, window: float, noise: float, known_by: int | None = None) -> TurningPoint:
    """Estimate where a curve that ends in a rise has turned.

    Args:
        v: float64 [n], validation, lower is better, finite, n >= 2.
        window: evaluations averaged where the rise was measured.
        noise: standard deviation of the noise on such an average.
        known_by: index, at least 1, by which the curve is known to have turned; None if there is none.
    """
    n = len(v)
    candidates = n - 1 if known_by is None else min(known_by, n - 1)  # a curve cannot turn at its last index
    size = float(np.ptp(v)) or 1.0
    sse = squared_errors(v / size)
    least = float(sse.min())
    residual = least / max(n - 1, 1)
    long_run = window * (noise / size) ** 2
    inflation = min(max(long_run / residual, 1.0), MAX_VARIANCE_INFLATION) if residual > 0 else MAX_VARIANCE_INFLATION
    log_likelihood = -LIKELIHOOD_POWER * np.sqrt(n) / inflation * np.log((sse + 1e-9) / (least + 1e-9))
    posterior = np.exp(log_likelihood[:candidates] - log_likelihood[:candidates].max())
    total = np.cumsum(posterior) / posterior.sum()
    low = int(np.searchsorted(total, LOW_QUANTILE))
    high = min(int(np.searchsorted(total, HIGH_QUANTILE)), candidates - 1)
    return TurningPoint(low + int(np.argmin(_smoothed(v)[low : high + 1])), low, high + 1)


def _smoothed(v: Floats) -> Floats:
    """Centred moving average over an odd number of evaluations, `SMOOTHING_SHARE` of the run; the ends are repeated."""
    width = max(1, int(SMOOTHING_SHARE * len(v))) | 1
    padded = np.concatenate([np.full(width // 2, v[0]), v, np.full(width // 2, v[-1])])
    mean: Floats = np.convolve(padded, np.full(width, 1 / width), "valid")
    return mean if width > 1 else v
