"""What two curves show where validation has not turned: improving, converged, a widening gap, or nothing learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.answer import Verdict
from tb_losshealth.health.noise import running_scale
from tb_losshealth.health.series import Floats

STILL_FALLING = 0.02
"""Fall over the last quarter, of the whole descent, from which on a curve still improves ..."""
SURE = 2.0
"""... and in standard deviations of its noise."""
GAP_GROWS = 0.05
"""Growth of the gap over the last half, of the larger descent, from which on it widens."""
SHORT = 12
"""Evaluations up to which a curve that fell at each of the last three is falling, whatever its noise seems to be."""
LITTLE = 0.15
"""Descent, of the level it started from, below which little was learned."""
SLOW_FROM = 10
"""Evaluations from which on a descent that is little, and at its pace would stay so, is no longer called improving."""
DROWNED = 0.05
"""Noise or swings, of the level, above which a curve without a trend is unstable, not flat."""
SWINGS = 3
"""Crossings of its range from which on a curve swings rather than falls."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Where a curve (lower is better) has come from and goes.

    Attributes:
        descent: fall from the highest level of the first eighth to the lowest.
        recent: fall over the last quarter, from the quarter before or from the lowest one if that was lower.
        doubt: standard deviation of `recent` by noise alone.
        noise: standard deviation of one value.
        span: range of the smoothed curve.
        swings: how often that goes from its lower to its upper quarter or back.
    """

    descent: float
    recent: float
    doubt: float
    noise: float
    span: float
    swings: int

    @property
    def improving(self) -> bool:
        """Whether it still falls at the end."""
        return self.recent > max(STILL_FALLING * self.descent, SURE * self.doubt)


def trend_of(x: Floats) -> Trend:
    """Measure the trend of a curve, float64 [n], n >= 1."""
    n = len(x)
    quarter = max(1, n // 4)
    width = max(1, n // 8)
    smooth = _means(x, width)
    late = x[n // 2 :] if n >= 6 else x[-3:]
    noise = _noise(late, 1)
    wide = max(1, width // 2)
    doubt = max(_noise(late, wide) * np.sqrt(wide), noise) * np.sqrt(2 / quarter)
    if n <= SHORT and n >= 3 and (np.diff(x[-4:]) < 0).all():
        doubt = 0.0  # in so short a run the bend of the curve passes for noise; falling every time is no chance
    last = float(x[-quarter:].mean())
    earlier = _means(x[: n - quarter], quarter) if n > quarter else x[:1]
    recent = float(min(earlier[-1], earlier.min() + doubt) - last)
    early = _means(x, max(1, n // 64))  # the first descent may be over before the smoother curve begins
    start = float(early[: max(1, n // 8)].max())
    return Trend(start - float(smooth.min()), recent, float(doubt), noise, float(np.ptp(smooth)), _swings(smooth))


def settle(v: Floats, t: Floats | None, v_level: float, t_level: float, headroom: float | None) -> Verdict:
    """The verdict of curves that are neither overfitting nor diverging.

    Args:
        v: float64 [n], validation relative to its start, lower is better, n >= 3.
        t: float64 [n], train likewise; None if unknown.
        v_level: magnitude of validation's start.
        t_level: magnitude of train's start.
        headroom: distance of validation's start from the best possible value, where that is known.
    """
    val = trend_of(v)
    train = None if t is None else trend_of(t)
    scale = headroom if headroom is not None else v_level
    t_scale = headroom if headroom is not None else t_level
    little = val.descent < LITTLE * scale and (train is None or train.descent < LITTLE * t_scale)
    if val.improving and val.swings < SWINGS:
        slow = len(v) >= SLOW_FROM and 4 * val.recent < LITTLE * scale
        return Verdict.UNDERFITTING if little and slow else Verdict.IMPROVING
    if len(v) < 5:
        return Verdict.INCONCLUSIVE
    if val.swings >= SWINGS and val.span > DROWNED * v_level:
        return Verdict.UNSTABLE
    if val.noise > max(DROWNED * v_level, val.descent / 2):
        return Verdict.UNSTABLE
    if t is not None and train is not None and _widens(v, t, val, train):
        return Verdict.WIDENING_GAP
    return Verdict.UNDERFITTING if little else Verdict.CONVERGED


def _widens(v: Floats, t: Floats, val: Trend, train: Trend) -> bool:
    half, edge = len(v) // 2, max(1, len(v) // 8)
    gap = v - t
    growth = float(gap[-edge:].mean() - gap[half : half + edge].mean())
    return train.improving and train.recent > 2 * val.recent and growth > GAP_GROWS * max(val.descent, train.descent)


def _means(x: Floats, width: int) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(x)])
    means: Floats = (total[width:] - total[:-width]) / width
    return means


def _noise(x: Floats, width: int) -> float:
    """Standard deviation of means over `width`, from second differences; 0 if there are too few."""
    means = _means(x, width)
    if len(means) <= 2 * width:
        return 0.0
    second = means[2 * width :] - 2 * means[width:-width] + means[: -2 * width]
    return float(running_scale(second)[-1] / np.sqrt(6))


def _swings(x: Floats) -> int:
    """How often a curve goes from its lower to its upper quarter or back."""
    low, high = float(x.min()), float(x.max())
    side = np.where(x < low + 0.25 * (high - low), -1, np.where(x > high - 0.25 * (high - low), 1, 0))
    side = side[side != 0]
    return int(np.count_nonzero(np.diff(side))) if high > low else 0
