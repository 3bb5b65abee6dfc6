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

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.moving_averages import (
    MIN_WINDOWS_SINCE_LOW,
    Indices,
    MovingAverages,
    moving_averages,
)

MIN_EVALUATIONS_SINCE_LOW = 2
"""Evaluations after the lowest one from which on a rise is looked at at all."""
MIN_PREVIOUS_RISE = 0.05
"""Share of the rise that the window before the last must have shown: else it is that of one evaluation gone astray."""

NEGLIGIBLE_RISE = 0.02
"""Share of the descent up to which a rise, however sure, is none that anyone would stop a training for: of validation's
fall, or of `MIN_SHARE_OF_TRAIN` of train's if that is more ..."""
WARM_UP = 2
"""... since this evaluation: the fall from the first ones may dwarf all that matters later."""

MIN_SHARE_OF_TRAIN = 0.5
"""Descent of validation is taken as at least this share of train's: the first evaluation may come after most of it."""

_ROUNDING_SHARE = 1e-9
"""Changes below this share of the curves' range are rounding."""
_STRICTLY = 1.0 + 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Figures about the rise at the end of every prefix; all float64 [n] unless said otherwise.

    Attributes:
        count: evaluations of the prefix.
        rounding: changes that are rounding, above 0.
        sampling_error: standard error of the best validation value, where that is a share of the examples of a set;
            else 0 (`sampling_error.SamplingError`).
        low_index: index at the middle of the window in which validation was lowest.
        window: evaluations averaged, the scale that was chosen.
        rise: of validation since then.
        previous_rise: what the window before that had already risen, at most `rise`.
        noise: standard deviation of such a rise by noise alone.
        descent: of validation before then, from the highest single evaluation.
        earlier_rise: largest rise before then, which the run came back from.
        total_variation: total up and down since then; the rise itself for a straight rise.
        evaluations_since_low: evaluations since then.
        train_fall: fall of train since then.
        train_descent: fall of train since the start.
        train_noise: standard deviation of train's change by noise alone.
        gap: generalization gap, validation - train.
        negligible_rise: rise that is too small to matter, however sure.
        train_descent_z: fall of train since its first value, in standard deviations of such a fall by noise alone, at
            the scale where that is largest.
        visible: bool [n], whether the rise has lasted long enough to be looked at, showed in the window before, is not
            negligible, and is more than the smallest step that validation ever made: a metric of few examples moves by
            one of them. Never at a new best.
        newest_low: int64 [scales, n], index at which the trailing mean was lowest, for each scale 1, 2, 4, ...
    """

    count: Floats
    rounding: Floats
    sampling_error: Floats
    low_index: Floats
    window: Floats
    rise: Floats
    previous_rise: Floats
    noise: Floats
    descent: Floats
    earlier_rise: Floats
    total_variation: Floats
    evaluations_since_low: Floats
    train_fall: Floats
    train_descent: Floats
    train_noise: Floats
    gap: Floats
    negligible_rise: Floats
    train_descent_z: Floats
    visible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    newest_low: np.ndarray[tuple[int, int], np.dtype[np.int64]]


def gather_evidence(
    v: Floats, t: Floats, gap_at_start: float = 0.0, sampling_error: Floats | None = None, since: int = 0
) -> Evidence:
    """Measure the rise at the end of every prefix, or of the last prefixes alone.

    Args:
        v: float64 [m], validation, lower is better, relative to its first value, finite, m >= 1.
        t: float64 [m], train at the same evaluations, likewise, in validation's unit.
        gap_at_start: validation - train at the first evaluation.
        sampling_error: float64 [m], as in `Evidence`, of all evaluations; None for zeros.
        since: index, below m, of the evaluation that the first prefix asked for ends with.

    Returns:
        One entry for each of the n = m - since prefixes, the same whatever `since` is.
    """
    m = len(v)
    now = np.arange(since, m)
    highest = np.maximum.accumulate(v)
    moved = np.maximum(highest - np.minimum.accumulate(v), np.maximum.accumulate(np.abs(t - t[0])))
    rounding = _ROUNDING_SHARE * moved + np.finfo(np.float64).tiny
    averages = moving_averages(v, t, rounding, since)
    widths, newest_low = averages.widths, averages.newest_low

    lasting = np.where(widths == 1, MIN_EVALUATIONS_SINCE_LOW, MIN_WINDOWS_SINCE_LOW * widths)[:, None]
    seen = now - newest_low[:, since:] >= lasting
    scale = np.where(seen, np.arange(len(widths))[:, None], 0).max(axis=0)
    window, low = widths[scale], newest_low[scale, now]
    mean_v, mean_t = averages.val[scale, now], averages.train[scale, now]
    lowest = averages.running_min[scale, now]
    rise = mean_v - lowest
    before = np.minimum(rise, averages.val[scale, np.maximum(now - window, 0)] - lowest)
    noise_v, noise_t = averages.noise[scale, :, now - since].T
    negligible = NEGLIGIBLE_RISE * _reference_descent(v, t, low, lowest, now, mean_t)
    visible = seen.any(axis=0) & (newest_low[0, since:] < now) & (before > MIN_PREVIOUS_RISE * rise)
    visible &= rise > np.maximum(_STRICTLY * _smallest_step(v, rounding)[since:], negligible)
    return Evidence(
        count=now.astype(np.float64) + 1,
        rounding=rounding[since:],
        sampling_error=np.zeros(len(now)) if sampling_error is None else sampling_error[since:],
        low_index=low - window // 2.0,
        window=window.astype(np.float64),
        rise=rise,
        previous_rise=before,
        noise=noise_v,
        descent=highest[low] - lowest,
        earlier_rise=averages.max_rise[scale, low],
        total_variation=averages.total_variation[scale, now] - averages.total_variation[scale, low],
        evaluations_since_low=(now - low).astype(np.float64),
        train_fall=averages.train[scale, low] - mean_t,
        train_descent=averages.train[scale, window - 1] - mean_t,
        train_noise=noise_t,
        gap=gap_at_start + mean_v - mean_t,
        negligible_rise=negligible,
        train_descent_z=_train_descent_z(averages, t[0], rounding, since),
        visible=visible,
        newest_low=newest_low[:, since:],
    )


def _reference_descent(v: Floats, t: Floats, low: Indices, lowest: Floats, now: Indices, mean_t: Floats) -> Floats:
    """What a rise is weighed against to be negligible: the descent since the beginning, float64 [n]."""
    begun = np.arange(len(v)) >= WARM_UP
    highest = np.maximum.accumulate(np.where(begun, v, -np.inf))
    train = np.where(begun, t[min(WARM_UP, len(t) - 1)], -np.inf)
    reference: Floats = np.maximum(highest[low] - lowest, MIN_SHARE_OF_TRAIN * (train[now] - mean_t))
    return reference


def _train_descent_z(averages: MovingAverages, start: float, rounding: Floats, since: int) -> Floats:
    """`Evidence.train_learned`."""
    widths = averages.widths[:, None]
    long_enough = np.arange(since, len(rounding)) >= widths - 1 + np.where(
        widths == 1, 1, MIN_WINDOWS_SINCE_LOW * widths
    )
    doubt = np.maximum(averages.noise[:, 1] * np.sqrt(widths + 1), rounding[since:])
    fall = (start - averages.train[:, since:]) / np.where(long_enough, doubt, np.inf)
    learned: Floats = np.maximum(fall.max(axis=0), 0.0)
    return learned


def _smallest_step(v: Floats, rounding: Floats) -> Floats:
    """Smallest change between neighbours so far that is one, float64 [m]; inf without any."""
    steps = np.abs(np.diff(v, prepend=v[:1]))
    smallest: Floats = np.minimum.accumulate(np.where(steps > rounding, steps, np.inf))
    return smallest
