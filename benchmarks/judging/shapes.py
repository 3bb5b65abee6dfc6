"""What the noise-free curves of the synthetic families are made of.

Every family is a pair of curves on x in [0, 1], the fraction of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.judging.history import Floats

Rng = np.random.Generator
AT_ZERO, ABOVE_ZERO = (0.0, 0.0), (0.2, 2.0)
"""Ranges of `Shape.offset`."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Noise-free curves of one run.

    Attributes:
        val: float64 [n].
        train: float64 [m], on the finer grid that the family was asked for.
        turn: fraction of the run at which validation truly turns, None if it does not.
        size: what noise and the rise are shares of; None for the descent that is seen.
        offset: range of what is added to both, drawn once a run: whether a loss is positive, and how far from zero.
        loudness: float64 [n], noise at each evaluation, times its usual level; None for 1.
        noise: its kind, one of `families.NOISES`; None for any.
        examples: of how many examples validation is the share that the model gets wrong; None if it is no such share.
    """

    val: Floats
    train: Floats
    turn: float | None = None
    offset: tuple[float, float] = (1.0, 1.0)
    size: float | None = None
    loudness: Floats | None = None
    noise: str | None = None
    examples: int | None = None


Family = Callable[[Rng, Floats, Floats], Shape]
"""(random generator, x of the evaluations, x of the train points) -> Shape"""


def log_uniform(rng: Rng, low: float, high: float) -> float:
    """A number between two positive ones, any factor as likely as another."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def share_after(x: Floats, turn: float) -> Floats:
    """Share of what follows `turn` that has passed at x; 0 before it."""
    share: Floats = np.maximum(x - turn, 0) / (1 - turn)
    return share


def draw_effect(rng: Rng) -> float:
    """Final rise over descent, log-uniform in 2 % .. 300 %."""
    return log_uniform(rng, 0.02, 3.0)


def draw_turn(rng: Rng) -> float:
    return float(rng.uniform(0.08, 0.85))


def exponential(x: Floats, rate: float) -> Floats:
    """Exponential descent from 1 to 0 over x in 0..1."""
    curve: Floats = (np.exp(-rate * x) - np.exp(-rate)) / (1 - np.exp(-rate))
    return curve


def power(x: Floats, exponent: float, scale: float = 0.02) -> Floats:
    curve: Floats = (1 + x / scale) ** -exponent
    end = (1 + 1 / scale) ** -exponent
    return np.asarray((curve - end) / (1 - end), dtype=np.float64)


def draw_examples(rng: Rng) -> int:
    """Size of a validation set, log-uniform in 50 .. 3,000."""
    return int(log_uniform(rng, 50, 3000))


def fitting(rng: Rng, x: Floats, low: float = 0.0) -> Floats:
    """A train curve of an overfitting model: it keeps falling towards `low` (below validation's 0)."""
    depth = low if low else float(rng.uniform(0.1, 0.9))
    rate = float(rng.uniform(1.5, 7.0))
    return (1 + depth) * exponential(x, rate) - depth


def evaluations_since_first(x: Floats, at: Floats) -> Floats:
    """Where `at` lies, in evaluations after the first of `x`; 0 before it."""
    counted: Floats = np.maximum(at - x[0], 0) / (x[1] - x[0])
    return counted


def stop_at(x: Floats, turn: float, descent: Callable[[Floats], Floats]) -> Floats:
    """A descent over 0..turn from 1 to 0 that stays at 0 afterwards."""
    return descent(np.minimum(x / turn, 1.0))
