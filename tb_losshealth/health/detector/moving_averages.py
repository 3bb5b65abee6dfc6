"""Two curves at many time scales: their trailing means over 1, 2, 4, ... evaluations, and what those scatter by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import running_scale

Indices: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

LASTING = 3
"""Windows that a rise must have lasted to be looked at on a scale wider than one evaluation."""
EARLY = 1 / 3
"""Share of the differences, the earliest, that say nothing about noise at the end."""


@dataclass(frozen=True, slots=True, eq=False)
class ByScale:
    """Trailing means by scale and by the evaluation that their window ends with; 0 where it would begin too early.

    Attributes:
        widths: int64 [scales], evaluations averaged: 1, 2, 4, ...
        mean_v: float64 [scales, m], of validation.
        mean_t: likewise, of train.
        lowest: likewise, the lowest of validation so far.
        risen: likewise, the largest rise above it so far.
        path: likewise, the sum of all ups and downs so far.
        newest_low: int64 [scales, m], end of the window in which validation was lowest so far.
        scatter: float64 [scales, 2, n], standard deviation of the means of validation and of train by noise alone, for
            the last n.
    """

    widths: Indices
    mean_v: Floats
    mean_t: Floats
    lowest: Floats
    risen: Floats
    path: Floats
    newest_low: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    scatter: Floats


def measure(v: Floats, t: Floats, tiny: Floats, since: int) -> ByScale:
    """Look at two curves at every scale that is short enough for them.

    Args:
        v: float64 [m], validation, m >= 1.
        t: float64 [m], train.
        tiny: float64 [m], changes that are rounding: of lows that differ by no more, the newest one counts.
        since: index, below m, of the first of the last n evaluations.
    """
    m = len(v)
    index = np.arange(m)
    sums = np.zeros((2, m + 1))
    np.cumsum([v, t], axis=1, out=sums[:, 1:])
    widths = 2 ** np.arange(max(1, (m // (LASTING + 1)).bit_length()))
    mean_v, mean_t, lowest, risen, path = np.zeros((5, len(widths), m))
    newest_low = np.zeros((len(widths), m), dtype=np.int64)
    scatter = np.zeros((len(widths), 2, m - since))
    for scale, width in enumerate(widths.tolist()):
        means = (sums[:, width:] - sums[:, :-width]) / width
        ends = slice(width - 1, m)
        mean_v[scale, ends], mean_t[scale, ends] = means
        low = np.minimum.accumulate(means[0], out=lowest[scale, ends])
        np.maximum.accumulate(np.where(means[0] <= low + tiny[ends], index[ends], 0), out=newest_low[scale, ends])
        np.maximum.accumulate(means[0] - low, out=risen[scale, ends])
        np.cumsum(np.abs(means[0, 1:] - means[0, :-1]), out=path[scale, width:])
        noise = _scatter(means, width, max(since - width + 1, 0))
        scatter[scale, :, -noise.shape[-1] :] = noise
        if scale:  # averaging twice as many values takes at most this much off the noise, whatever the few windows say
            scatter[scale] = np.maximum(scatter[scale], scatter[scale - 1] * np.sqrt(0.5))
    return ByScale(widths, mean_v, mean_t, lowest, risen, path, newest_low, scatter)


def _scatter(means: Floats, width: int, first: int) -> Floats:
    """Noise of trailing means over `width`, float64 [..., n], from windows that do not overlap; 0 if unknown.

    Third differences, not second: the bend of a steep descent would pass for noise in a short run. The earliest are
    left out for the same reason.

    Args:
        means: float64 [..., first + n].
        width: evaluations averaged.
        first: window from which on it is asked for.
    """
    noise = np.zeros((*means.shape[:-1], means.shape[-1] - first))
    known = 3 * width  # a third difference takes so many windows before
    if means.shape[-1] > known:
        bend = means[..., 2 * width :] - 2 * means[..., width:-width] + means[..., : -2 * width]
        scale = running_scale(bend[..., width:] - bend[..., :-width], EARLY, max(first - known, 0))
        noise[..., max(known - first, 0) :] = scale / np.sqrt(20)
    return noise
