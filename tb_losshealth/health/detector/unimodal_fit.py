"""Unimodal least squares in O(n): how well does "falls up to k, then rises" describe a curve, for every k?

Prefix isotonic regression (Stout, "Unimodal regression via prefix isotonic regression", Computational Statistics and
Data Analysis 53, 2008): one pass of pool-adjacent-violators keeps the fit of every prefix on a stack, so the fits of
all prefixes cost as much as one.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats


def squared_errors(values: Floats) -> Floats:
    """Squared error of the best curve that does not rise up to k and does not fall after it.

    Args:
        values: float64 [n], finite, of magnitude about 1.

    Returns:
        float64 [n]; at n-1 that of the best curve that never rises.
    """
    errors = falling_errors(values)
    errors[:-1] += falling_errors(values[::-1])[::-1][1:]
    return errors


def falling_errors(values: Floats) -> Floats:
    """Squared error of the best curve that never rises, for every prefix values[: k + 1]."""
    means: list[float] = []
    counts: list[int] = []
    errors: list[float] = []
    error = 0.0
    for mean in values.tolist():
        count = 1
        while means and means[-1] <= mean:
            other, others = means.pop(), counts.pop()
            share = others / (count + others)
            error += (mean - other) ** 2 * count * share
            mean += (other - mean) * share
            count += others
        means.append(mean)
        counts.append(count)
        errors.append(error)
    return np.array(errors)
