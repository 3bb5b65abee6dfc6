"""Isotonic and unimodal least squares in O(n): how well does "falls, then rises" describe a curve?

Prefix isotonic regression (Stout, "Unimodal regression via prefix isotonic regression", CSDA 2008): one pass of
pool-adjacent-violators keeps the fit of every prefix on a stack, so the best fit of all prefixes costs O(n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.series import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Unimodal:
    """Best "falls, then rises" fit.

    Attributes:
        turn: index of the last point of the falling part, 0 to n-1 (n-1: it never rises).
        sse_at: float64 [n], weighted squared error with the turn after each index; sse_at[n-1] is the
            monotone fit.
        level: fitted value at the turn.
    """

    turn: int
    sse_at: Floats
    level: float


def prefix_falling(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Fit a non-increasing curve to every prefix.

    Args:
        values: float64 [n], finite.
        weights: float64 [n], positive.

    Returns:
        sse: float64 [n], weighted squared error of the fit of values[: i + 1].
        last: float64 [n], the fitted value at i (the mean of the last block).
    """
    means: list[float] = []
    masses: list[float] = []
    errors: list[float] = []  # squared error up to and with the block
    sse: list[float] = []
    last: list[float] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, error = value, weight, 0.0
        while means and means[-1] <= mean:
            other, other_mass = means.pop(), masses.pop()
            below = errors.pop()
            error += below - (errors[-1] if errors else 0.0)
            total = mass + other_mass
            error += mass * other_mass / total * (mean - other) ** 2
            mean += (other - mean) * (other_mass / total)
            mass = total
        error += errors[-1] if errors else 0.0
        means.append(mean)
        masses.append(mass)
        errors.append(error)
        sse.append(error)
        last.append(mean)
    return np.array(sse), np.array(last)


def fit_unimodal(values: Floats, weights: Floats) -> Unimodal:
    """Fit "falls, then rises" by least squares over all turning points.

    Args:
        values: float64 [n], finite, n >= 1.
        weights: float64 [n], positive.

    Returns:
        The fit with the smallest error; of equals the latest turn.
    """
    falling, level = prefix_falling(values, weights)
    rising, _ = prefix_falling(values[::-1], weights[::-1])
    sse_at = falling
    sse_at[:-1] += rising[::-1][1:]
    turn = len(values) - 1 - int(np.argmin(sse_at[::-1]))
    return Unimodal(turn, sse_at, float(level[turn]))
