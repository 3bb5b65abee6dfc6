"""How sure it is that the model overfits: a rise weighed against everything that could fake it.

A logistic regression on quotients of what `evidence` measured, and what rules overfitting out whatever they are.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.evidence import MIN_SHARE_OF_TRAIN, Evidence

MIN_EVALUATIONS_TO_OVERFIT = 4
"""Evaluations below which overfitting is never said."""

TRAIN_RISES = 0.3
"""Train rises with validation if it gained this share of validation's rise ..."""
TRAIN_RISES_SIGMAS = 1.0
"""... and this many standard deviations of its own noise: then both diverge."""
TRAIN_DESCENT_SIGMAS = 1.7
"""Fall of train since its first value, in standard deviations of such a fall by noise alone, below which nothing was
learned that could be overfitted."""
CLEAR_FALL_SIGMAS = 6.0
"""Train falls without doubt if it fell by so many standard deviations of its noise since validation was lowest ..."""
CLEAR_GAP_RISES = 3.0
"""... or it stays far below: the gap is so many times validation's rise. Either will do ..."""
TRAIN_LOW_MIN = -1 / 3
"""... and beyond this, where 0 is neither and 1 is without doubt, train rising or lying above is all the same."""

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
"""Log-odds of overfitting per unit of each feature; fitted by benchmarks/judging/calibrate.py on its families without
those of counted metrics and of correlated or fading noise, which take more from real trainings than they give. That of
`rise_to_set` was chosen on the counted metrics of these families, and on accuracies of real trainings made apart."""
BIAS = -2.45

SAMPLING_ERROR_FEATURE = "rise_to_sampling_error"
"""The feature that is 0 where validation is no share of few examples, or differs by more than those may be off."""
TRAIN_FEATURE = "train_low"
"""The feature that is 0 where train leaves no doubt; without it the odds say what validation alone shows."""

RISE_SHARE_OFFSET = 0.05
"""A rise is never a smaller share of the descent than about this: the first evaluation of a model that knows nothing
may dwarf all that comes after it."""
RESOLVED_SIGMAS, RESOLVED_MIN = 3.0, 0.05
"""Rise, in standard errors of the set of examples that validation is a share of, from which on another set would have
risen as well; and share of that below which it no longer matters how small it is."""
CLEAR_DESCENT = 3.0
"""Descent, in what noise alone would make of it, that leaves no doubt that there was one."""


def features(e: Evidence) -> dict[str, Floats]:
    """What the weights apply to, float64 [n] each."""
    rise = np.maximum(e.rise, e.rounding)
    descent = np.maximum(e.descent, MIN_SHARE_OF_TRAIN * e.train_descent)
    single = e.noise * np.sqrt(e.window)
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
        "train_low": np.clip(np.maximum(falls, below), TRAIN_LOW_MIN, 1.0) - 1.0,
    }


def sampling_error_log_odds(e: Evidence) -> Floats:
    """What the size of the set of examples adds to the log-odds, float64 [n], at most 0."""
    return WEIGHTS.get(SAMPLING_ERROR_FEATURE, 0.0) * _log_resolution(e)


def _log_resolution(e: Evidence) -> Floats:
    resolved: Floats = np.log(
        np.clip(e.rise / np.maximum(RESOLVED_SIGMAS * e.sampling_error, e.rounding), RESOLVED_MIN, 1.0)
    )
    return np.where(e.sampling_error > 0, resolved, 0.0)


def descent_to_chance(e: Evidence) -> Floats:
    """Descent of validation, in what noise alone would make of the lowest of as many values; float64 [n], at most 3."""
    single = e.noise * np.sqrt(e.window)
    by_chance = 2 * single * _expected_extreme(e.count)
    ratio: Floats = np.minimum(e.descent / np.maximum(by_chance, e.rounding), CLEAR_DESCENT)
    return ratio


def _expected_extreme(count: Floats) -> Floats:
    """About how many standard deviations the lowest of so many values lies below their mean by chance alone."""
    luck: Floats = np.sqrt(2 * np.log(count + 1))
    return luck


def train_rises(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train rose together with validation, bool [n]."""
    return (e.train_fall < -TRAIN_RISES * e.rise) & (e.train_fall < -TRAIN_RISES_SIGMAS * e.train_noise)


def train_learned(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train fell since the start by more than its noise, bool [n]."""
    return e.train_descent_z > TRAIN_DESCENT_SIGMAS


def compute_log_odds(e: Evidence) -> tuple[Floats, Floats]:
    """Log-odds at the end of every prefix, float64 [n] each.

    Returns:
        That validation has turned for the worse, were train to allow it: -inf where no rise is visible. And that the
        model overfits: with train as it is, -inf where it rules that out or too little was seen.
    """
    weighed = {name: WEIGHTS[name] * value for name, value in features(e).items()}
    doubt = weighed.pop(TRAIN_FEATURE, 0.0)
    # One after the other: numpy's own sum adds a single column in another order, and the monitor asks for single ones.
    rising: Floats = sum(weighed.values(), np.zeros(len(e.rise))) + BIAS
    rising[~e.visible | (e.rise <= 0)] = -np.inf
    overfitting: Floats = np.where(train_learned(e) & ~train_rises(e), rising + doubt, -np.inf)
    overfitting[e.count < MIN_EVALUATIONS_TO_OVERFIT] = -np.inf
    return rising, overfitting
