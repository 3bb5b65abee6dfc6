"""Log-odds that the model overfits: the rise of validation against everything that could imitate one.

A logistic regression on quotients of what `evidence` measured, and conditions on train that rule overfitting out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.evidence import MIN_SHARE_OF_TRAIN, Evidence

MIN_EVALUATIONS_TO_OVERFIT = 4
"""Evaluations below which no run is called overfitting."""

TRAIN_RISES_SHARE = 0.3
"""Share of validation's rise from which on a rise of train counts as rising together: then both curves diverge."""

TRAIN_RISES_SIGMAS = 1.0
"""Standard deviations of its own noise by which train must rise, too, to count as rising."""

TRAIN_DESCENT_SIGMAS = 1.7
"""Standard deviations of its noise by which train must have fallen since its first value: otherwise the model has
learned nothing that it could overfit to."""

CLEAR_FALL_SIGMAS = 6.0
"""Standard deviations of its noise from which on a fall of train since the low leaves no doubt that train falls."""

CLEAR_GAP_RISES = 3.0
"""Size of the gap, in rises of validation, from which on train lies far below validation. That counts as much as a
clear fall, because train cannot fall any further once the model has memorised its examples."""

TRAIN_LOW_MIN = -1 / 3
"""Lower bound of how low train is, where 1 is a clear fall or gap and 0 is none: a train that rises, or lies above
validation, by more than this makes no further difference."""

WEIGHTS = {
    "rise_to_noise": 1.06,
    "descent_to_chance": 1.73,
    "rise_to_descent": 0.97,
    "earlier_rise": -1.93,
    "straightness": 3.48,
    "duration": 0.76,
    "noise_to_descent": 6.11,
    "previous_rise": 0.79,
    "window": 0.34,
    "rise_to_sampling_error": 3.0,
    "train_low": 3.65,
}
"""Log-odds of overfitting per unit of each feature, fitted by benchmarks/judging/calibrate.py on the synthetic families
of its tuning split and on real trainings. The families with metrics that are shares of few examples, and with
correlated or fading noise, are left out of the fit: they cost more on real trainings than they gain. The weight of
`rise_to_sampling_error` was chosen by hand on the shares of examples in these families, and on accuracies of other real
trainings."""

BIAS = -2.45
"""Log-odds where all features are 0; fitted together with `WEIGHTS`."""

SAMPLING_ERROR_FEATURE = "rise_to_sampling_error"
"""The feature that is 0 where validation is no share of few examples, or has risen by clearly more than its error."""

TRAIN_FEATURE = "train_low"
"""The feature that is 0 where train is clearly low; without it the log-odds depend on validation alone."""

RISE_SHARE_OFFSET = 0.05
"""Added to the rise's share of the descent before the logarithm: the first evaluation of an untrained model may dwarf
everything after it, so smaller shares make no difference."""

RESOLVED_SIGMAS = 3.0
"""Rise, in standard errors of a share of examples, from which on another validation set would have shown it too."""

RESOLVED_MIN = 0.05
"""Share of `RESOLVED_SIGMAS` below which it makes no difference how small the rise is."""

CLEAR_DESCENT = 3.0
"""Descent, in multiples of what noise alone would make of it, that leaves no doubt that there was one."""


class LogOdds(NamedTuple):
    """Log-odds at the end of every prefix.

    Attributes:
        rise: float64 [n], that validation has turned for the worse, whatever train does; -inf where no rise is visible.
        overfitting: float64 [n], that the model overfits; -inf also where train rules it out, or where there are too
            few evaluations.
    """

    rise: Floats
    overfitting: Floats


def features(e: Evidence) -> dict[str, Floats]:
    """The features, float64 [n] each; most are logarithms.

    Returns:
        By name, as in `WEIGHTS`:
        rise_to_noise: rise over the fall below the mean that noise alone gives the lowest average.
        descent_to_chance: descent over what noise alone would make of it.
        rise_to_descent: rise as a share of rise and descent.
        earlier_rise: largest rise from which validation came back, over the rise.
        straightness: rise over all ups and downs since the low.
        duration: evaluations since the low as a share of the run.
        noise_to_descent: noise of one evaluation over the descent.
        previous_rise: share of the rise that showed one window earlier.
        window: time scale of the rise.
        rise_to_sampling_error: rise over the sampling error of validation.
        train_low: how clearly train falls or lies below validation.
    """
    rise = np.maximum(e.rise, e.rounding)
    descent = np.maximum(e.descent, MIN_SHARE_OF_TRAIN * e.train_descent)
    single = e.noise * np.sqrt(e.window)  # of one evaluation
    with np.errstate(over="ignore"):
        falls = e.train_fall / np.maximum(CLEAR_FALL_SIGMAS * e.train_noise, e.rounding)
        below = e.gap / (CLEAR_GAP_RISES * rise)
    return {
        "rise_to_noise": np.log(rise / np.maximum(e.noise * _expected_extreme(e.count / e.window), e.rounding) + 0.1),
        "descent_to_chance": np.log(descent_to_chance(e) + 0.3),
        "rise_to_descent": np.log(rise / (rise + descent) + RISE_SHARE_OFFSET),
        "earlier_rise": np.minimum(e.earlier_rise / rise, 1.0),
        "straightness": rise / np.maximum(e.total_variation, rise),
        "duration": np.log(np.maximum(e.evaluations_since_low, 1.0) / e.count),
        "noise_to_descent": np.sqrt(np.minimum(single / np.maximum(descent, e.rounding), 1.0)),
        "previous_rise": np.log(np.clip(e.previous_rise / rise, 0.0, 1.0) + 0.2),
        "window": np.log(e.window),
        SAMPLING_ERROR_FEATURE: _log_resolution(e),
        TRAIN_FEATURE: np.clip(np.maximum(falls, below), TRAIN_LOW_MIN, 1.0) - 1.0,
    }


def sampling_error_log_odds(e: Evidence) -> Floats:
    """What the sampling error of validation adds to the log-odds, float64 [n], at most 0."""
    return WEIGHTS.get(SAMPLING_ERROR_FEATURE, 0.0) * _log_resolution(e)


def _log_resolution(e: Evidence) -> Floats:
    resolution = e.rise / np.maximum(RESOLVED_SIGMAS * e.sampling_error, e.rounding)
    return np.where(e.sampling_error > 0, np.log(np.clip(resolution, RESOLVED_MIN, 1.0)), 0.0)


def descent_to_chance(e: Evidence) -> Floats:
    """Descent of validation over what noise alone would make of it; float64 [n], at most `CLEAR_DESCENT`."""
    single = e.noise * np.sqrt(e.window)
    by_chance = 2 * single * _expected_extreme(e.count)
    ratio: Floats = np.minimum(e.descent / np.maximum(by_chance, e.rounding), CLEAR_DESCENT)
    return ratio


def _expected_extreme(count: Floats) -> Floats:
    """About how many standard deviations the lowest of `count` normal values lies below their mean."""
    sigmas: Floats = np.sqrt(2 * np.log(count + 1))
    return sigmas


def train_rises(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train rose together with validation, bool [n]."""
    return (e.train_fall < -TRAIN_RISES_SHARE * e.rise) & (e.train_fall < -TRAIN_RISES_SIGMAS * e.train_noise)


def train_learned(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train has fallen since the start by clearly more than its noise, bool [n]."""
    return e.train_descent_z > TRAIN_DESCENT_SIGMAS


def compute_log_odds(e: Evidence) -> LogOdds:
    """Weigh the evidence at the end of every prefix."""
    terms = {name: WEIGHTS[name] * value for name, value in features(e).items()}
    train_term = terms.pop(TRAIN_FEATURE, 0.0)
    # Added one by one: numpy adds a single column in another order, and the monitor asks for single columns.
    rise: Floats = sum(terms.values(), np.zeros(len(e.rise))) + BIAS
    rise[~e.visible | (e.rise <= 0)] = -np.inf
    overfitting: Floats = np.where(train_learned(e) & ~train_rises(e), rise + train_term, -np.inf)
    overfitting[e.count < MIN_EVALUATIONS_TO_OVERFIT] = -np.inf
    return LogOdds(rise, overfitting)
