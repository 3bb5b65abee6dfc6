"""Standard deviation of the noise on a curve, from the differences between its neighbouring values.

Differences of order d ignore a trend that is a polynomial of degree d - 1. Three orders are in use, and each is the
lowest one that removes the trend in its place, because every further order needs one more value:

- First, in `spikes`: the scale of the changes between neighbours, over all values so far. The trend shall count here:
  a curve that falls steeply may change by that much at the next evaluation, and that is no spike.
- Second, in `trend`: noise in the second half of a run, where a curve is nearly straight.
- Third, in `moving_averages`: noise at the end of every prefix and at every time scale. A short prefix consists of the
  bend of the first descent, which second differences would take for noise.

All of them measure the scale of a set of differences d as (mean sqrt|d|)^2, a power mean with exponent 1/2. One
cumulative sum gives it for every prefix, outliers enter by their square root alone, and ties do not bias it, as they
bias a median.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats

SQRT_MOMENT = 0.8221789586624
"""E sqrt|z| for a standard normal z: 2^(1/4) Gamma(3/4) / sqrt(pi)."""

EARLY_SHARE = 1 / 3
"""Share of the third differences, the earliest ones, that is left out: the first descent bends too much for them."""


def running_sigma(differences: Floats, early: float = 0.0, since: int = 0) -> Floats:
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


def noise_from_second_differences(means: Floats, width: int) -> float:
    """Standard deviation of moving averages; 0 if there are too few to measure it.

    Args:
        means: float64 [n], moving averages over `width` values.
        width: distance between the averages that are compared, so that they do not overlap.
    """
    if len(means) <= 2 * width:
        return 0.0
    second = means[2 * width :] - 2 * means[width:-width] + means[: -2 * width]
    return float(running_sigma(second)[-1] / np.sqrt(6))


def noise_from_third_differences(means: Floats, width: int, since: int) -> Floats:
    """Standard deviation of moving averages at the end of every prefix from `since` on; 0 where it is unknown.

    Args:
        means: float64 [..., m], moving averages over `width` values.
        width: distance between the averages that are compared, so that they do not overlap.
        since: index of the first average that is wanted.

    Returns:
        float64 [..., m - since].
    """
    noise = np.zeros((*means.shape[:-1], means.shape[-1] - since))
    needed = 3 * width  # averages before the first one that has a third difference
    if means.shape[-1] > needed:
        second = means[..., 2 * width :] - 2 * means[..., width:-width] + means[..., : -2 * width]
        third = second[..., width:] - second[..., :-width]
        sigma = running_sigma(third, EARLY_SHARE, max(since - needed, 0))
        noise[..., max(needed - since, 0) :] = sigma / np.sqrt(20)
    return noise
