"""Evidence of a rise of validation, measured at the end of every prefix of a run.

At a time scale of w evaluations, a curve is its moving average over w evaluations, and the rise of validation is its
distance from the lowest such average so far. Of all scales at which the rise has lasted for at least three windows,
the widest is chosen, because averages over it are the least noisy ones that still show the rise. There the rise is
measured, together with everything that could imitate one; `log_odds` weighs them. Every number for a prefix depends on
that prefix alone, so that an alarm raised live and an answer given afterwards agree.

All numbers are differences, or quotients of differences. So neither the unit of the loss nor its zero matters, as long
as both curves share them.
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
"""Evaluations that must have passed since the lowest one before a rise is measured on single evaluations. (On averages,
`MIN_WINDOWS_SINCE_LOW` windows must have passed.)"""

MIN_PREVIOUS_RISE = 0.05
"""Share of the rise that the window before the last must have shown already. A rise that showed in the last window
alone is that of one outlier."""

NEGLIGIBLE_RISE = 0.02
"""Share of the descent up to which a rise is negligible, however sure it is: nobody would stop a training for it."""

WARM_UP = 2
"""First evaluations, which do not count for the descent that `NEGLIGIBLE_RISE` refers to: the fall from them may dwarf
everything that matters later."""

MIN_SHARE_OF_TRAIN = 0.5
"""The descent of validation is taken as at least this share of train's, because the first evaluation may come after
most of the descent."""

_ROUNDING_SHARE = 1e-9
"""Changes below this share of the curves' range are rounding errors."""

_STRICTLY = 1.0 + 1e-6
"""A rise must exceed the smallest step by this factor, so that one such step never does."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is measured at the end of every prefix; float64 [n] unless stated otherwise.

    "The low" is the window, `window` evaluations wide, in which validation was lowest.

    Attributes:
        count: evaluations of the prefix.
        rounding: changes up to this size are rounding errors; above 0.
        sampling_error: standard error of the best validation value, where that is a share of the examples of a set;
            else 0 (`sampling_error.SamplingError`).
        low_index: index of the evaluation in the middle of the low.
        window: evaluations averaged, at the time scale that was chosen.
        rise: rise of validation since the low.
        previous_rise: the rise as it was one window earlier, at most `rise`.
        noise: standard deviation of the noise on an average of validation over `window`.
        descent: fall of validation to the low, from the highest single evaluation before it.
        earlier_rise: largest rise before the low, from which validation came back.
        total_variation: sum of all ups and downs of validation since the low; equal to `rise` for a straight rise.
        evaluations_since_low: evaluations since the low.
        train_fall: fall of train since the low.
        train_descent: fall of train since the start.
        train_noise: standard deviation of the noise on an average of train over `window`.
        gap: generalization gap, validation - train.
        negligible_rise: largest rise that is too small to matter.
        train_descent_z: fall of train since its first value in standard deviations of its noise, at the time scale
            where that is largest.
        visible: bool [n], whether there is a rise to weigh: it has lasted long enough, showed in the window before,
            and exceeds both `negligible_rise` and the smallest step that validation ever made, for a metric of few
            examples moves by such steps. Never true at a new best.
        newest_low: int64 [scales, n], index of the last evaluation of the low at each time scale 1, 2, 4, ...
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
    """Measure the rise at the end of every prefix, or of the last prefixes only.

    Args:
        v: float64 [m], validation, lower is better, relative to its first value, finite, m >= 1.
        t: float64 [m], train at the same evaluations, relative to its first value, in validation's unit.
        gap_at_start: validation - train at the first evaluation.
        sampling_error: float64 [m], as in `Evidence`, of all evaluations; None for zeros.
        since: index, below m, of the last evaluation of the first prefix that is wanted.

    Returns:
        One entry for each of the n = m - since prefixes. An entry does not depend on `since`.
    """
    m = len(v)
    now = np.arange(since, m)
    highest = np.maximum.accumulate(v)
    moved = np.maximum(highest - np.minimum.accumulate(v), np.maximum.accumulate(np.abs(t - t[0])))
    rounding = _ROUNDING_SHARE * moved + np.finfo(np.float64).tiny
    averages = moving_averages(v, t, rounding, since)
    widths, newest_low = averages.widths, averages.newest_low

    needed = np.where(widths == 1, MIN_EVALUATIONS_SINCE_LOW, MIN_WINDOWS_SINCE_LOW * widths)[:, None]
    lasted = now - newest_low[:, since:] >= needed
    scale = np.where(lasted, np.arange(len(widths))[:, None], 0).max(axis=0)
    window, low = widths[scale], newest_low[scale, now]
    mean_v, mean_t = averages.val[scale, now], averages.train[scale, now]
    lowest = averages.running_min[scale, now]
    rise = mean_v - lowest
    previous_rise = np.minimum(rise, averages.val[scale, np.maximum(now - window, 0)] - lowest)
    noise_v, noise_t = averages.noise[scale, :, now - since].T
    negligible = NEGLIGIBLE_RISE * _reference_descent(v, t, low, lowest, now, mean_t)
    visible = lasted.any(axis=0) & (newest_low[0, since:] < now) & (previous_rise > MIN_PREVIOUS_RISE * rise)
    visible &= rise > np.maximum(_STRICTLY * _smallest_step(v, rounding)[since:], negligible)
    return Evidence(
        count=now.astype(np.float64) + 1,
        rounding=rounding[since:],
        sampling_error=np.zeros(len(now)) if sampling_error is None else sampling_error[since:],
        low_index=low - window // 2.0,
        window=window.astype(np.float64),
        rise=rise,
        previous_rise=previous_rise,
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
    """The descent after the warm-up, to which a negligible rise is compared; float64 [n]."""
    warm = np.arange(len(v)) >= WARM_UP
    highest = np.maximum.accumulate(np.where(warm, v, -np.inf))
    train = np.where(warm, t[min(WARM_UP, len(t) - 1)], -np.inf)
    reference: Floats = np.maximum(highest[low] - lowest, MIN_SHARE_OF_TRAIN * (train[now] - mean_t))
    return reference


def _train_descent_z(averages: MovingAverages, start: float, rounding: Floats, since: int) -> Floats:
    """`Evidence.train_descent_z`."""
    widths = averages.widths[:, None]
    needed = widths - 1 + np.where(widths == 1, 1, MIN_WINDOWS_SINCE_LOW * widths)
    long_enough = np.arange(since, len(rounding)) >= needed
    noise = np.maximum(averages.noise[:, 1] * np.sqrt(widths + 1), rounding[since:])
    fall = (start - averages.train[:, since:]) / np.where(long_enough, noise, np.inf)
    z: Floats = np.maximum(fall.max(axis=0), 0.0)
    return z


def _smallest_step(v: Floats, rounding: Floats) -> Floats:
    """Smallest change between neighbours so far that is no rounding error, float64 [m]; inf without any."""
    steps = np.abs(np.diff(v, prepend=v[:1]))
    smallest: Floats = np.minimum.accumulate(np.where(steps > rounding, steps, np.inf))
    return smallest
