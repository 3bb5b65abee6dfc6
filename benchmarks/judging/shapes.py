"""Building blocks of the noise-free curves of the synthetic families.

Every family is a pair of curves on x in [0, 1], the fraction of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.judging.history import Floats

Rng = np.random.Generator
AT_ZERO = (0.0, 0.0)
"""`Shape.offset` of curves whose zero matters."""
ABOVE_ZERO = (0.2, 2.0)
"""`Shape.offset` of losses that stay positive."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Noise-free curves of one run.

    Attributes:
        val: float64 [n].
        train: float64 [m], on the finer grid that the family was asked for.
        turn: fraction of the run at which validation truly turns, None if it does not.
        size: the scale of noise and rise; None for the visible descent.
        offset: range of a constant that is added to both curves, drawn once per run: how far the loss is from zero.
        loudness: float64 [n], factor on the noise at each evaluation; None for 1.
        noise: kind of noise, one of `families.NOISES`; None for any.
        examples: size of the validation set if validation is an error rate; None if it is not.
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
    """Draw from the log-uniform distribution between two positive numbers."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def share_after(x: Floats, turn: float) -> Floats:
    """How much of the rest of the run after `turn` has passed at x, 0 to 1; 0 before `turn`."""
    share: Floats = np.maximum(x - turn, 0) / (1 - turn)
    return share


def draw_effect(rng: Rng) -> float:
    """Draw a final rise over descent, log-uniform in 2 % to 300 %."""
    return log_uniform(rng, 0.02, 3.0)


def draw_turn(rng: Rng) -> float:
    return float(rng.uniform(0.08, 0.85))


def exponential(x: Floats, rate: float) -> Floats:
    """Exponential descent from 1 at x = 0 to 0 at x = 1."""
    curve: Floats = (np.exp(-rate * x) - np.exp(-rate)) / (1 - np.exp(-rate))
    return curve


def power(x: Floats, exponent: float, scale: float = 0.02) -> Floats:
    curve: Floats = (1 + x / scale) ** -exponent
    end = (1 + 1 / scale) ** -exponent
    return np.asarray((curve - end) / (1 - end), dtype=np.float64)


def draw_examples(rng: Rng) -> int:
    """Draw the size of a validation set, log-uniform in 50 to 3,000."""
    return int(log_uniform(rng, 50, 3000))


def fitting(rng: Rng, x: Floats, low: float = 0.0) -> Floats:
    """A train curve of an overfitting model: it keeps falling, to minus `low` (0: a random depth)."""
    depth = low if low else float(rng.uniform(0.1, 0.9))
    rate = float(rng.uniform(1.5, 7.0))
    return (1 + depth) * exponential(x, rate) - depth


def evaluations_since_first(x: Floats, at: Floats) -> Floats:
    """Positions `at` in evaluations after the first one of `x`; 0 before it."""
    counted: Floats = np.maximum(at - x[0], 0) / (x[1] - x[0])
    return counted


def stop_at(x: Floats, turn: float, descent: Callable[[Floats], Floats]) -> Floats:
    """A descent from 1 at x = 0 to 0 at `turn` that stays at 0 afterwards."""
    return descent(np.minimum(x / turn, 1.0))
