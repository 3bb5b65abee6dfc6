"""The trend of curves that have not turned: improving, converged, widening gap, underfitting or unstable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import noise_from_second_differences
from tb_losshealth.health.labels import Verdict

IMPROVING_SHARE = 0.02
"""Fall over the last quarter, as a share of the whole descent, from which on a curve still improves."""

IMPROVING_SHARE_LATE = 0.2
"""The same as a share of the fall since the first quarter, which is enough as well: a single evaluation before training
may dwarf everything after it."""

IMPROVING_WITHIN = 0.1
"""Share of the fall over the last quarter that must lie within that quarter: a fall at a drop of the learning rate
just before it is over."""

IMPROVING_SIGMAS = 2.0
"""Standard deviations of its noise by which a curve must fall over the last quarter to be improving."""

GAP_WIDENS_SHARE = 0.05
"""Growth of the gap over the last half, as a share of the larger descent, from which on it widens."""

SHORT_RUN = 12
"""Evaluations up to which a curve that fell at each of the last three is falling, however noisy it seems: in so short
a run, the bend of the curve passes for noise."""

LITTLE_DESCENT = 0.15
"""Descent, as a share of the level where it started, below which little was learned."""

MUCH_GROWTH = 0.5
"""A metric with a best possible value that improved by this share of its first value has learned much, however far
that best value still is."""

SLOW_DESCENT = 0.04
"""Descent, as a share of the level where it started, in another run of the same length at the present pace, below which
a curve that learned little is called underfitting rather than improving."""

MIN_EVALUATIONS_FOR_SLOW = 10
"""Evaluations below which no curve is called too slow: its pace is not known."""

UNSTABLE_SHARE = 0.05
"""Noise or swings, as a share of the level, above which a curve without a trend is unstable rather than level."""

MIN_EVALUATIONS_FOR_TREND = 5
"""Evaluations below which a curve that does not fall is not called level."""

MIN_SWINGS = 3
"""Crossings of its range from which on a curve swings rather than falls."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of a curve; lower is better.

    Attributes:
        descent: fall from the highest level of the first eighth to the lowest level.
        recent_fall: fall over the last quarter, from the quarter before or from the lowest quarter if that was lower.
        fall_within: fall from the first to the second half of the last quarter, plus what chance may have taken off it.
        late_fall: fall since the end of the first quarter.
        recent_noise: standard deviation of the noise on `recent_fall`.
        noise: standard deviation of the noise on one value.
        span: range of the smoothed curve.
        swings: how often the smoothed curve crosses from its lower to its upper quarter or back.
    """

    descent: float
    recent_fall: float
    fall_within: float
    late_fall: float
    recent_noise: float
    noise: float
    span: float
    swings: int

    @property
    def improving(self) -> bool:
        """Whether the curve still falls at the end."""
        needed = min(IMPROVING_SHARE * self.descent, IMPROVING_SHARE_LATE * self.late_fall)
        falls = self.recent_fall > max(needed, IMPROVING_SIGMAS * self.recent_noise)
        return falls and self.fall_within > IMPROVING_WITHIN * self.recent_fall


def measure_trend(x: Floats) -> Trend:
    """Measure the trend of a curve, float64 [n], n >= 1."""
    n = len(x)
    quarter = max(1, n // 4)
    width = max(1, n // 8)
    smooth = _means(x, width)
    late, noise = _late(x), late_noise(x)
    wide = max(1, width // 2)
    recent_noise = max(_noise(late, wide) * np.sqrt(wide), noise) * np.sqrt(2 / quarter)
    if n <= SHORT_RUN and n >= 3 and (np.diff(x[-4:]) < 0).all():
        recent_noise = 0.0
    last = float(x[-quarter:].mean())
    quarters = _means(x[: n - quarter], quarter) if n > quarter else x[:1]
    recent_fall = float(min(quarters[-1], quarters.min() + recent_noise) - last)
    early = _means(x, max(1, n // 64))  # the first descent may be over before the smoother curve begins
    start = float(early[: max(1, n // 8)].max())
    lowest = float(smooth.min())
    return Trend(
        descent=start - lowest,
        recent_fall=recent_fall,
        fall_within=_fall_within(x[-quarter:]) if quarter > 1 else recent_fall,
        late_fall=float(quarters[min(quarter, len(quarters) - 1)] - lowest),
        recent_noise=float(recent_noise),
        noise=noise,
        span=float(np.ptp(smooth)),
        swings=_swings(smooth),
    )


def late_noise(x: Floats) -> float:
    """Standard deviation of the noise on one value, late in a curve, float64 [n], n >= 1; 0 if there are too few."""
    return _noise(_late(x), 1)


def classify_trend(v: Floats, t: Floats | None, v_start: float, offset: float, headroom: float | None) -> Verdict:
    """The verdict on curves that neither overfit nor diverge, by their trends.

    Args:
        v: float64 [n], validation relative to its start, lower is better, n >= 3.
        t: float64 [n], train relative to its start; None if there is none.
        v_start: where validation started.
        offset: validation's start - train's start.
        headroom: distance of validation's start from the best possible value; None if that is unknown.
    """
    val = measure_trend(v)
    train = None if t is None else measure_trend(t)
    v_level = abs(v_start)
    scale = headroom if headroom is not None else v_level
    t_scale = headroom if headroom is not None else abs(v_start - offset)
    little = val.descent < LITTLE_DESCENT * scale and (train is None or train.descent < LITTLE_DESCENT * t_scale)
    if t is not None:  # only the gap shows what train learned before the first evaluation
        little = little and _final_gap(v, t, offset) < LITTLE_DESCENT * scale
    if headroom is not None:
        little = little and val.descent < MUCH_GROWTH * v_level
    if val.improving and val.swings < MIN_SWINGS:
        slow = len(v) >= MIN_EVALUATIONS_FOR_SLOW and 4 * val.recent_fall < SLOW_DESCENT * min(scale, v_level)
        return Verdict.UNDERFITTING if little and slow else Verdict.IMPROVING
    if len(v) < MIN_EVALUATIONS_FOR_TREND:
        return Verdict.INCONCLUSIVE
    if val.swings >= MIN_SWINGS and val.span > UNSTABLE_SHARE * v_level:
        return Verdict.UNSTABLE
    if val.noise > max(UNSTABLE_SHARE * v_level, val.descent / 2) and not _is_monotonic(v):
        return Verdict.UNSTABLE
    if t is not None and train is not None and _gap_widens(v, t, val, train):
        return Verdict.WIDENING_GAP
    return Verdict.UNDERFITTING if little else Verdict.CONVERGED


def adjust_for_gap(verdict: Verdict, v: Floats, t: Floats, offset: float) -> Verdict:
    """The verdict of `classify_trend`, corrected where it contradicts the gap.

    Where train falls towards validation from above, the gap closes: the run has converged as far as validation shows.
    Where train fell and validation never changed, a gap has opened, even if train is level by now: validation had no
    part in the descent that "converged" implies.

    Args:
        verdict: verdict of `classify_trend`.
        v: float64 [n], validation relative to its start, lower is better.
        t: float64 [n], train relative to its start.
        offset: validation's start - train's start.
    """
    gap = _final_gap(v, t, offset)
    if verdict is Verdict.WIDENING_GAP and gap <= 0:
        return Verdict.CONVERGED
    constant = bool((v == v[0]).all())
    if verdict is Verdict.CONVERGED and constant and gap > 0 and float(_last_eighth(t).mean()) < t[0]:
        return Verdict.WIDENING_GAP
    return verdict


def _final_gap(v: Floats, t: Floats, offset: float) -> float:
    """Mean of validation - train over the last eighth; arguments as for `adjust_for_gap`."""
    return float((_last_eighth(v) - _last_eighth(t)).mean()) + offset


def _last_eighth(x: Floats) -> Floats:
    return x[-max(1, len(x) // 8) :]


def _gap_widens(v: Floats, t: Floats, val: Trend, train: Trend) -> bool:
    """Whether train improves so much faster than validation that the gap has grown over the last half."""
    half, edge = len(v) // 2, max(1, len(v) // 8)
    gap = v - t
    growth = float(gap[-edge:].mean() - gap[half : half + edge].mean())
    faster = train.improving and train.recent_fall > 2 * val.recent_fall
    return faster and growth > GAP_WIDENS_SHARE * max(val.descent, train.descent)


def _fall_within(x: Floats) -> float:
    """Fall from the first to the second half, plus what chance may have taken off it."""
    half = len(x) // 2
    chance = IMPROVING_SIGMAS * _noise(x, 1) * 2 / np.sqrt(len(x))
    return float(x[:-half].mean() - x[-half:].mean() + chance)


def _late(x: Floats) -> Floats:
    """The second half of a curve, or the last three values of a short one."""
    return x[len(x) // 2 :] if len(x) >= 6 else x[-3:]


def _is_monotonic(x: Floats) -> bool:
    steps = np.diff(x)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _means(x: Floats, width: int) -> Floats:
    """Moving averages over `width` values, float64 [n - width + 1]."""
    total = np.concatenate([[0.0], np.cumsum(x)])
    means: Floats = (total[width:] - total[:-width]) / width
    return means


def _noise(x: Floats, width: int) -> float:
    """Standard deviation of the noise on moving averages over `width` values; 0 if there are too few."""
    return noise_from_second_differences(_means(x, width), width)


def _swings(x: Floats) -> int:
    """How often a curve crosses from its lower to its upper quarter or back."""
    low, high = float(x.min()), float(x.max())
    side = np.where(x < low + 0.25 * (high - low), -1, np.where(x > high - 0.25 * (high - low), 1, 0))
    side = side[side != 0]
    return int(np.count_nonzero(np.diff(side))) if high > low else 0
