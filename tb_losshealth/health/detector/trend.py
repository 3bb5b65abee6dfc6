"""What two curves show where validation has not turned: improving, converged, a widening gap, or nothing learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.answer.types import Verdict
from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import noise_from_second_differences

STILL_FALLING = 0.02
"""Fall over the last quarter, of the whole descent, from which on a curve still improves ..."""
STILL_FALLING_LATE = 0.2
"""... or of its fall since the first quarter: one evaluation before training may dwarf all that comes after it ..."""
AT_THE_END = 0.1
"""... if this share of it lies within that quarter: what fell at a drop of the learning rate is over ..."""
SURE = 2.0
"""... and the fall is so many standard deviations of its noise."""
GAP_GROWS = 0.05
"""Growth of the gap over the last half, of the larger descent, from which on it widens."""
SHORT = 12
"""Evaluations up to which a curve that fell at each of the last three is falling, whatever its noise seems to be."""
LITTLE = 0.15
"""Descent, of the level it started from, below which little was learned. A share that grew by `MUCH` learned more."""
MUCH = 0.5
SLOW = 0.04
"""Descent, likewise, that at the present pace a run of the same length would stay below ..."""
SLOW_FROM = 10
"""... and evaluations from which on it is then no longer called improving."""
DROWNED = 0.05
"""Noise or swings, of the level, above which a curve without a trend is unstable, not flat."""
MIN_EVALUATIONS_FOR_TREND = 5
"""Evaluations below which a curve that does not fall is not called level."""
SWINGS = 3
"""Crossings of its range from which on a curve swings rather than falls."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Where a curve (lower is better) has come from and goes.

    Attributes:
        descent: fall from the highest level of the first eighth to the lowest.
        recent: fall over the last quarter, from the quarter before or from the lowest one if that was lower.
        within: what the fall from the first to the second half of the last quarter is at most, but for chance.
        later: fall since the end of the first quarter.
        doubt: standard deviation of `recent` by noise alone.
        noise: standard deviation of one value.
        span: range of the smoothed curve.
        swings: how often that goes from its lower to its upper quarter or back.
    """

    descent: float
    recent: float
    within: float
    later: float
    doubt: float
    noise: float
    span: float
    swings: int

    @property
    def improving(self) -> bool:
        """Whether it still falls at the end."""
        least = min(STILL_FALLING * self.descent, STILL_FALLING_LATE * self.later)
        return self.recent > max(least, SURE * self.doubt) and self.within > AT_THE_END * self.recent


def measure_trend(x: Floats) -> Trend:
    """Measure the trend of a curve, float64 [n], n >= 1."""
    n = len(x)
    quarter = max(1, n // 4)
    width = max(1, n // 8)
    smooth = _means(x, width)
    late, noise = _late(x), late_noise(x)
    wide = max(1, width // 2)
    doubt = max(_noise(late, wide) * np.sqrt(wide), noise) * np.sqrt(2 / quarter)
    if n <= SHORT and n >= 3 and (np.diff(x[-4:]) < 0).all():
        doubt = 0.0  # in so short a run the bend of the curve passes for noise; falling every time is no chance
    last = float(x[-quarter:].mean())
    earlier = _means(x[: n - quarter], quarter) if n > quarter else x[:1]
    recent = float(min(earlier[-1], earlier.min() + doubt) - last)
    early = _means(x, max(1, n // 64))  # the first descent may be over before the smoother curve begins
    start = float(early[: max(1, n // 8)].max())
    lowest = float(smooth.min())
    return Trend(
        descent=start - lowest,
        recent=recent,
        within=_fall_within(x[-quarter:]) if quarter > 1 else recent,
        later=float(earlier[min(quarter, len(earlier) - 1)] - lowest),
        doubt=float(doubt),
        noise=noise,
        span=float(np.ptp(smooth)),
        swings=_swings(smooth),
    )


def late_noise(x: Floats) -> float:
    """Standard deviation of one value of a curve, float64 [n], n >= 1, late in the run; 0 if there are too few."""
    return _noise(_late(x), 1)


def classify_trend(v: Floats, t: Floats | None, v_start: float, offset: float, headroom: float | None) -> Verdict:
    """The verdict of curves that are neither overfitting nor diverging.

    Args:
        v: float64 [n], validation relative to its start, lower is better, n >= 3.
        t: float64 [n], train likewise; None if unknown.
        v_start: where validation started.
        offset: that - train's start.
        headroom: distance of validation's start from the best possible value, where that is known.
    """
    val = measure_trend(v)
    train = None if t is None else measure_trend(t)
    v_level = abs(v_start)
    scale = headroom if headroom is not None else v_level
    t_scale = headroom if headroom is not None else abs(v_start - offset)
    little = val.descent < LITTLE * scale and (train is None or train.descent < LITTLE * t_scale)
    if t is not None:  # what train learned before the first evaluation shows in the gap alone
        little = little and _gap_at_the_end(v, t, offset) < LITTLE * scale
    if headroom is not None:
        little = little and val.descent < MUCH * v_level
    if val.improving and val.swings < SWINGS:
        slow = len(v) >= SLOW_FROM and 4 * val.recent < SLOW * min(scale, v_level)
        return Verdict.UNDERFITTING if little and slow else Verdict.IMPROVING
    if len(v) < MIN_EVALUATIONS_FOR_TREND:
        return Verdict.INCONCLUSIVE
    if val.swings >= SWINGS and val.span > DROWNED * v_level:
        return Verdict.UNSTABLE
    if val.noise > max(DROWNED * v_level, val.descent / 2) and not _one_way(v):
        return Verdict.UNSTABLE
    if t is not None and train is not None and _widens(v, t, val, train):
        return Verdict.WIDENING_GAP
    return Verdict.UNDERFITTING if little else Verdict.CONVERGED


def adjust_for_gap(verdict: Verdict, v: Floats, t: Floats, offset: float) -> Verdict:
    """The verdict of `classify_trend` in the light of where train lies.

    Train that falls towards a level validation from above closes the gap that a person sees: the run has converged as
    far as validation shows. And beside a validation that never moved, a train that fell opens one, also where it has
    levelled off since: validation took no part in the descent that "converged" speaks of.

    Args:
        verdict: of `classify_trend`.
        v: float64 [n], validation relative to its start, lower is better.
        t: float64 [n], train likewise.
        offset: validation's start - train's start.
    """
    gap = _gap_at_the_end(v, t, offset)
    if verdict is Verdict.WIDENING_GAP and gap <= 0:
        return Verdict.CONVERGED
    constant = bool((v == v[0]).all())
    if verdict is Verdict.CONVERGED and constant and gap > 0 and float(_ending(t).mean()) < t[0]:
        return Verdict.WIDENING_GAP
    return verdict


def _gap_at_the_end(v: Floats, t: Floats, offset: float) -> float:
    """Mean of validation - train over the last eighth; arguments as for `adjust_for_gap`."""
    return float((_ending(v) - _ending(t)).mean()) + offset


def _ending(x: Floats) -> Floats:
    """The last eighth."""
    return x[-max(1, len(x) // 8) :]


def _widens(v: Floats, t: Floats, val: Trend, train: Trend) -> bool:
    half, edge = len(v) // 2, max(1, len(v) // 8)
    gap = v - t
    growth = float(gap[-edge:].mean() - gap[half : half + edge].mean())
    return train.improving and train.recent > 2 * val.recent and growth > GAP_GROWS * max(val.descent, train.descent)


def _fall_within(x: Floats) -> float:
    """Fall from the first to the second half, and what chance may have taken off it."""
    half = len(x) // 2
    chance = SURE * _noise(x, 1) * 2 / np.sqrt(len(x))
    return float(x[:-half].mean() - x[-half:].mean() + chance)


def _late(x: Floats) -> Floats:
    return x[len(x) // 2 :] if len(x) >= 6 else x[-3:]


def _one_way(x: Floats) -> bool:
    """Whether a curve never turns."""
    steps = np.diff(x)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _means(x: Floats, width: int) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(x)])
    means: Floats = (total[width:] - total[:-width]) / width
    return means


def _noise(x: Floats, width: int) -> float:
    """Standard deviation of moving averages over `width` values; 0 if there are too few."""
    return noise_from_second_differences(_means(x, width), width)


def _swings(x: Floats) -> int:
    """How often a curve goes from its lower to its upper quarter or back."""
    low, high = float(x.min()), float(x.max())
    side = np.where(x < low + 0.25 * (high - low), -1, np.where(x > high - 0.25 * (high - low), 1, 0))
    side = side[side != 0]
    return int(np.count_nonzero(np.diff(side))) if high > low else 0
