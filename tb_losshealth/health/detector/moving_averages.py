"""Moving averages of train and validation over 1, 2, 4, ... evaluations, and the noise on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import noise_from_third_differences

Indices: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

MIN_WINDOWS_SINCE_LOW = 3
"""Windows that must have passed since the lowest average before a rise is measured on averages over more than one
evaluation."""


@dataclass(frozen=True, slots=True, eq=False)
class MovingAverages:
    """Trailing averages by time scale and by the evaluation that ends their window; 0 where no window fits.

    Attributes:
        widths: int64 [scales], evaluations averaged: 1, 2, 4, ...
        val: float64 [scales, m], averages of validation.
        train: float64 [scales, m], averages of train.
        running_min: float64 [scales, m], lowest average of validation so far.
        max_rise: float64 [scales, m], largest rise of validation above `running_min` so far.
        total_variation: float64 [scales, m], sum of all ups and downs of validation so far.
        newest_low: int64 [scales, m], last evaluation of the window in which validation was lowest so far.
        noise: float64 [scales, 2, n], standard deviation of the noise on the averages of validation and of train, for
            the last n evaluations.
    """

    widths: Indices
    val: Floats
    train: Floats
    running_min: Floats
    max_rise: Floats
    total_variation: Floats
    newest_low: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    noise: Floats


def moving_averages(v: Floats, t: Floats, rounding: Floats, since: int) -> MovingAverages:
    """Average two curves at every time scale that is short enough for them.

    Args:
        v: float64 [m], validation, m >= 1.
        t: float64 [m], train.
        rounding: float64 [m], changes that are rounding errors: of lows that differ by no more, the newest counts.
        since: index, below m, of the first of the last n evaluations.
    """
    m = len(v)
    index = np.arange(m)
    sums = np.zeros((2, m + 1))
    np.cumsum([v, t], axis=1, out=sums[:, 1:])
    widths = 2 ** np.arange(max(1, (m // (MIN_WINDOWS_SINCE_LOW + 1)).bit_length()))
    val, train, running_min, max_rise, total_variation = np.zeros((5, len(widths), m))
    newest_low = np.zeros((len(widths), m), dtype=np.int64)
    noise = np.zeros((len(widths), 2, m - since))
    for scale, width in enumerate(widths.tolist()):
        means = (sums[:, width:] - sums[:, :-width]) / width
        ends = slice(width - 1, m)
        val[scale, ends], train[scale, ends] = means
        low = np.minimum.accumulate(means[0], out=running_min[scale, ends])
        np.maximum.accumulate(np.where(means[0] <= low + rounding[ends], index[ends], 0), out=newest_low[scale, ends])
        np.maximum.accumulate(means[0] - low, out=max_rise[scale, ends])
        np.cumsum(np.abs(means[0, 1:] - means[0, :-1]), out=total_variation[scale, width:])
        measured = noise_from_third_differences(means, width, max(since - width + 1, 0))
        noise[scale, :, -measured.shape[-1] :] = measured
        if scale:  # twice as wide a window halves the variance of the noise at most; few windows may show less
            noise[scale] = np.maximum(noise[scale], noise[scale - 1] * np.sqrt(0.5))
    return MovingAverages(widths, val, train, running_min, max_rise, total_variation, newest_low, noise)
