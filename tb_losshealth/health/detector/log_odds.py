"""How sure it is that the model overfits: a rise weighed against everything that could fake it.

A logistic regression on quotients of what `evidence` measured, and what rules overfitting out whatever they are.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.evidence import SHARE_OF_TRAIN, Evidence

FEWEST = 4
"""Evaluations below which overfitting is never said."""

TRAIN_RISES = 0.3
"""Train rises with validation if it gained this share of validation's rise ..."""
TRAIN_RISES_SIGMAS = 1.0
"""... and this many standard deviations of its own noise: then both diverge."""
LEARNED_SIGMAS = 1.7
"""Fall of train since its first value, in standard deviations of such a fall by noise alone, below which nothing was
learned that could be overfitted."""
FALLS_SURELY = 6.0
"""Train falls without doubt if it fell by so many standard deviations of its noise since validation was lowest ..."""
FAR_BELOW = 3.0
"""... or it stays far below: the gap is so many times validation's rise. Either will do ..."""
TRAIN_HIGH = -1 / 3
"""... and beyond this, where 0 is neither and 1 is without doubt, train rising or lying above is all the same."""

WEIGHTS = {
    "rise_to_noise": 1.06,
    "descended": 1.73,
    "rise_to_descent": 0.97,
    "recovered": -1.93,
    "straightness": 3.48,
    "duration": 0.76,
    "noise_to_descent": 6.11,
    "shown_before": 0.79,
    "scale": 0.34,
    "rise_to_set": 3.0,
    "train_low": 3.65,
}
"""Log-odds of overfitting per unit of each feature; fitted by benchmarks/judging/calibrate.py on its families without
those of counted metrics and of correlated or fading noise, which take more from real trainings than they give. That of
`rise_to_set` was chosen on the counted metrics of these families, and on accuracies of real trainings made apart."""
BIAS = -2.45

ABOUT_SET = "rise_to_set"
"""The feature that is 0 where validation is no share of few examples, or differs by more than those may be off."""
ABOUT_TRAIN = "train_low"
"""The feature that is 0 where train leaves no doubt; without it the odds say what validation alone shows."""

LEAST_SHARE = 0.05
"""A rise is never a smaller share of the descent than about this: the first evaluation of a model that knows nothing
may dwarf all that comes after it."""
SURELY_RESOLVED, LEAST_RESOLVED = 3.0, 0.05
"""Rise, in standard errors of the set of examples that validation is a share of, from which on another set would have
risen as well; and share of that below which it no longer matters how small it is."""
SURELY_DESCENDED = 3.0
"""Descent, in what noise alone would make of it, that leaves no doubt that there was one."""


def features(e: Evidence) -> dict[str, Floats]:
    """What the weights apply to, float64 [n] each."""
    rise = np.maximum(e.rise, e.tiny)
    descent = np.maximum(e.descent, SHARE_OF_TRAIN * e.train_descent)
    single = e.scatter * np.sqrt(e.window)
    with np.errstate(over="ignore"):
        falls = e.train_fall / np.maximum(FALLS_SURELY * e.train_scatter, e.tiny)
        below = e.gap / (FAR_BELOW * rise)
    return {
        "rise_to_noise": np.log(rise / np.maximum(e.scatter * _luck(e.count / e.window), e.tiny) + 0.1),
        "descended": np.log(descended(e) + 0.3),
        "rise_to_descent": np.log(rise / (rise + descent) + LEAST_SHARE),
        "recovered": np.minimum(e.recovered / rise, 1.0),
        "straightness": rise / np.maximum(e.path, rise),
        "duration": np.log(np.maximum(e.lasted, 1.0) / e.count),
        "noise_to_descent": np.sqrt(np.minimum(single / np.maximum(descent, e.tiny), 1.0)),
        "shown_before": np.log(np.clip(e.before / rise, 0.0, 1.0) + 0.2),
        "scale": np.log(e.window),
        ABOUT_SET: _resolved(e),
        "train_low": np.clip(np.maximum(falls, below), TRAIN_HIGH, 1.0) - 1.0,
    }


def about_set(e: Evidence) -> Floats:
    """What the size of the set of examples adds to the log-odds, float64 [n], at most 0."""
    return WEIGHTS.get(ABOUT_SET, 0.0) * _resolved(e)


def _resolved(e: Evidence) -> Floats:
    resolved: Floats = np.log(np.clip(e.rise / np.maximum(SURELY_RESOLVED * e.set_error, e.tiny), LEAST_RESOLVED, 1.0))
    return np.where(e.set_error > 0, resolved, 0.0)


def descended(e: Evidence) -> Floats:
    """Descent of validation, in what noise alone would make of the lowest of as many values; float64 [n], at most 3."""
    single = e.scatter * np.sqrt(e.window)
    by_chance = 2 * single * _luck(e.count)
    ratio: Floats = np.minimum(e.descent / np.maximum(by_chance, e.tiny), SURELY_DESCENDED)
    return ratio


def _luck(count: Floats) -> Floats:
    """About how many standard deviations the lowest of so many values lies below their mean by chance alone."""
    luck: Floats = np.sqrt(2 * np.log(count + 1))
    return luck


def train_rises(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train rose together with validation, bool [n]."""
    return (e.train_fall < -TRAIN_RISES * e.rise) & (e.train_fall < -TRAIN_RISES_SIGMAS * e.train_scatter)


def learned(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train fell since the start by more than its noise, bool [n]."""
    return e.train_learned > LEARNED_SIGMAS


def weigh(e: Evidence) -> tuple[Floats, Floats]:
    """Log-odds at the end of every prefix, float64 [n] each.

    Returns:
        That validation has turned for the worse, were train to allow it: -inf where no rise is visible. And that the
        model overfits: with train as it is, -inf where it rules that out or too little was seen.
    """
    weighed = {name: WEIGHTS[name] * value for name, value in features(e).items()}
    doubt = weighed.pop(ABOUT_TRAIN, 0.0)
    # One after the other: numpy's own sum adds a single column in another order, and the monitor asks for single ones.
    rising: Floats = sum(weighed.values(), np.zeros(len(e.rise))) + BIAS
    rising[~e.visible | (e.rise <= 0)] = -np.inf
    overfitting: Floats = np.where(learned(e) & ~train_rises(e), rising + doubt, -np.inf)
    overfitting[e.count < FEWEST] = -np.inf
    return rising, overfitting
