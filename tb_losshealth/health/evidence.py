"""What a rise of validation looks like: measured at the end of every prefix of a run, at many time scales at once.

At the scale w a curve is its trailing mean over w evaluations. The rise of validation at that scale is its distance
from the lowest such mean so far. The widest scale is chosen on which the rise has lasted at least three of its
windows: that is the least noisy view in which the rise can be seen. There the rise is measured, and everything that
could fake it; `odds` weighs one against the other. Every number for a prefix uses that prefix alone, so judging live
and afterwards are one thing.

All of it is differences and their quotients: neither the unit of the loss nor its zero matters, as long as both curves
share them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.counted import FEWEST as FEWEST_COUNTED
from tb_losshealth.health.noise import running_scale
from tb_losshealth.health.series import Floats

LASTING = 3
"""Windows that a rise must have lasted to be looked at on a scale wider than one evaluation."""
LASTING_SINGLE = 2
"""Evaluations after the lowest one from which on a rise is looked at at all."""
SHOWN_BEFORE = 0.05
"""Share of the rise that the window before the last must have shown: else it is that of one evaluation gone astray."""

NEGLIGIBLE = 0.02
"""Share of the descent up to which a rise, however sure, is none that anyone would stop a training for: of validation's
fall, or of `SHARE_OF_TRAIN` of train's if that is more ..."""
BEGINNING = 2
"""... since this evaluation: the fall from the first ones may dwarf all that matters later."""

SHARE_OF_TRAIN = 0.5
"""Descent of validation is taken as at least this share of train's: the first evaluation may come after most of it."""
EARLY = 1 / 3
"""Share of the differences, the earliest, that say nothing about noise at the end."""

_ROUNDING = 1e-9
"""Changes below this share of the curves' range are rounding."""
_MORE_THAN = 1.0 + 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Figures about the rise at the end of every prefix; all float64 [n] unless said otherwise.

    Attributes:
        count: evaluations of the prefix.
        tiny: changes that are rounding, above 0.
        counted: bool [n], whether validation looks like a share of a set of examples (`counted.Counted`).
        lowest: index at the middle of the window in which validation was lowest.
        window: evaluations averaged, the scale that was chosen.
        rise: of validation since then.
        before: what the window before that had already risen, at most `rise`.
        scatter: standard deviation of such a rise by noise alone.
        descent: of validation before then, from the highest single evaluation.
        recovered: largest rise before then, which the run came back from.
        path: total up and down since then; the rise itself for a straight rise.
        lasted: evaluations since then.
        train_fall: fall of train since then.
        train_descent: fall of train since the start.
        train_scatter: standard deviation of train's change by noise alone.
        gap: generalization gap, validation - train.
        negligible: rise that is too small to matter, however sure.
        train_learned: fall of train since its first value, in standard deviations of such a fall by noise alone, at
            the scale where that is largest.
        visible: bool [n], whether the rise has lasted long enough to be looked at, showed in the window before, is not
            negligible, and is more than the smallest step that validation ever made: a metric of few examples moves by
            one of them. Never at a new best.
        newest_low: int64 [scales, n], index at which the trailing mean was lowest, for each scale 1, 2, 4, ...
    """

    count: Floats
    tiny: Floats
    counted: np.ndarray[tuple[int], np.dtype[np.bool_]]
    lowest: Floats
    window: Floats
    rise: Floats
    before: Floats
    scatter: Floats
    descent: Floats
    recovered: Floats
    path: Floats
    lasted: Floats
    train_fall: Floats
    train_descent: Floats
    train_scatter: Floats
    gap: Floats
    negligible: Floats
    train_learned: Floats
    visible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    newest_low: np.ndarray[tuple[int, int], np.dtype[np.int64]]


def gather(v: Floats, t: Floats, gap_at_start: float = 0.0, counted_until: float = 0, since: int = 0) -> Evidence:
    """Measure the rise at the end of every prefix, or of the last prefixes alone.

    Args:
        v: float64 [m], validation, lower is better, relative to its first value, finite, m >= 1.
        t: float64 [m], train at the same evaluations, likewise, in validation's unit.
        gap_at_start: validation - train at the first evaluation.
        counted_until: evaluations through which validation looks like a share of examples.
        since: index, below m, of the evaluation that the first prefix asked for ends with.

    Returns:
        One entry for each of the n = m - since prefixes, the same whatever `since` is.
    """
    m = len(v)
    index = np.arange(m)
    sums = np.zeros((2, m + 1))
    np.cumsum([v, t], axis=1, out=sums[:, 1:])
    highest = np.maximum.accumulate(v)
    moved = np.maximum(highest - np.minimum.accumulate(v), np.maximum.accumulate(np.abs(t - t[0])))
    tiny = _ROUNDING * moved + np.finfo(np.float64).tiny
    begun = index >= BEGINNING
    highest_later = np.maximum.accumulate(np.where(begun, v, -np.inf))
    train_later = np.where(begun, t[min(BEGINNING, m - 1)], -np.inf)
    scatter = np.zeros((2, m - since))
    learned = np.zeros(m - since)
    newest_low = []
    width = 1
    while width == 1 or (LASTING + 1) * width <= m:
        means = (sums[:, width:] - sums[:, :-width]) / width
        first = max(since - width + 1, 0)  # window at the end of the first prefix that has one
        ends = slice(first + width - 1, m)
        lowest_so_far = np.minimum.accumulate(means[0])
        low = np.maximum.accumulate(np.where(means[0] <= lowest_so_far, index[: len(lowest_so_far)], 0))[first:]
        rises = means[0] - lowest_so_far
        path = np.zeros(len(rises))
        np.cumsum(np.abs(means[0, 1:] - means[0, :-1]), out=path[1:])
        mean_v, mean_t = means[:, first:]
        lowest, rise, lasted = lowest_so_far[first:], rises[first:], index[first : len(rises)] - low
        before = rise.copy()
        after = max(first, width)  # the first of these windows with a whole one before it
        before[after - first :] = np.minimum(rises[after:], means[0, after - width : -width] - lowest_so_far[after:])
        # Averaging twice as many values takes at most this much off the noise, whatever the few windows say.
        narrower = 1.0 if width == 1 else np.sqrt(0.5)
        scatter = np.maximum(_scatter(means, width, first), scatter[:, -len(rise) :] * narrower)
        scatter_v, scatter_t = scatter
        enough = max(first, 1 if width == 1 else LASTING * width)  # so many windows before: long enough for this scale
        doubt = np.maximum(scatter_t[enough - first :] * np.sqrt(width + 1), tiny[enough + width - 1 :])
        learned[m - since - len(doubt) :] = np.maximum(
            learned[m - since - len(doubt) :], (t[0] - means[1, enough:]) / doubt
        )
        stake = np.maximum(highest_later[low + width - 1] - lowest, SHARE_OF_TRAIN * (train_later[ends] - mean_t))
        figures = {
            "lowest": low + (width - 1) // 2,
            "window": np.full(len(rise), width),
            "rise": rise,
            "before": before,
            "scatter": scatter_v,
            "descent": highest[low + width - 1] - lowest,
            "recovered": np.maximum.accumulate(rises)[low],
            "path": path[first:] - path[low],
            "lasted": lasted,
            "train_fall": means[1, low] - mean_t,
            "train_descent": means[1, 0] - mean_t,
            "train_scatter": scatter_t,
            "gap": gap_at_start + mean_v - mean_t,
            "negligible": NEGLIGIBLE * stake,
        }
        columns = np.array(list(figures.values()), dtype=np.float64)
        seen = lasted >= (LASTING_SINGLE if width == 1 else LASTING * width)
        if width == 1:
            chosen, visible = columns, seen
        else:
            chosen[:, -len(rise) :] = np.where(seen, columns, chosen[:, -len(rise) :])
            visible[-len(rise) :] |= seen
        newest_low.append(np.concatenate([np.zeros(m - since - len(rise), dtype=np.int64), low + width - 1]))
        width *= 2
    evidence = dict(zip(figures, chosen, strict=True))
    visible &= evidence["rise"] > np.maximum(_MORE_THAN * _smallest_step(v, tiny)[since:], evidence["negligible"])
    visible &= (newest_low[0] < index[since:]) & (evidence["before"] > SHOWN_BEFORE * evidence["rise"])
    count = np.arange(since + 1, m + 1, dtype=np.float64)
    return Evidence(
        count=count,
        tiny=tiny[since:],
        counted=(count >= FEWEST_COUNTED) & (count <= counted_until),
        train_learned=learned,
        visible=visible,
        newest_low=np.stack(newest_low),
        **evidence,
    )


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


def _smallest_step(v: Floats, tiny: Floats) -> Floats:
    """Smallest change between neighbours so far that is one, float64 [m]; inf without any."""
    steps = np.abs(np.diff(v, prepend=v[:1]))
    smallest: Floats = np.minimum.accumulate(np.where(steps > tiny, steps, np.inf))
    return smallest
