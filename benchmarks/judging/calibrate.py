"""Fit the weights of tb_losshealth/health/detector/log_odds.py on the tuning split and print them.

python -m benchmarks.judging.calibrate
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.judging import families, real, shapes_tuning
from benchmarks.judging.detectors import recorded
from benchmarks.judging.history import Floats, History
from benchmarks.judging.truth import clear
from tb_losshealth.health.detector import log_odds

SEEDS = range(300)
FLAT = 2
"""How many extra times the family of level validation counts: it is the commonest healthy curve, and the easiest to
mistake for a rise."""
MISSED = 1.2
"""Cost of a missed overfitting run, in false alarms; it sets the threshold."""
LOUD_SHARE = 6
"""One in this many synthetic histories has more noise than usual, so that the weights hold there as well."""
SIGNS = {name: np.sign(weight) for name, weight in log_odds.WEIGHTS.items()}
"""Sign of each weight: what its feature means allows only one."""


def tuning_set(seeds: range = SEEDS) -> list[History]:
    """Histories of the tuning split with a clear truth."""
    loud = range(1000, 1000 + len(seeds) // LOUD_SHARE)
    found = [
        *families.histories("tuning", seeds),
        *families.histories("tuning", loud, families.LOUD),
        *real.histories("tuning"),
        *(families.make(shapes_tuning.level_from_the_start, False, None, 20_000 + s) for s in range(FLAT * len(seeds))),
    ]
    return [h for h in found if clear(h)]


def design(histories: Iterable[History]) -> tuple[Floats, Floats]:
    """Features [m, features] and truth [m] of the m histories whose rise is visible and not ruled out by train."""
    rows, truth = [], []
    for history in histories:
        e = recorded(history)[0].evidence()
        if e.visible[-1] and e.rise[-1] > 0 and log_odds.train_learned(e)[-1] and not log_odds.train_rises(e)[-1]:
            rows.append([column[-1] for column in log_odds.features(e).values()])
            truth.append(float(bool(history.overfits)))
    return np.array(rows), np.array(truth)


def fitted(histories: Iterable[History], signs: Floats) -> tuple[float, Floats]:
    """Bias, such that the threshold is 0, and weights [features]."""
    bias, slopes = fit(*design(histories), signs)
    return bias + float(np.log(MISSED)), slopes


def fit(x: Floats, y: Floats, signs: Floats, steps: int = 60) -> tuple[float, Floats]:
    """Logistic regression by Newton's method; each weight keeps the given sign or is 0."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / spread * signs])
    weights = np.zeros(z.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-z @ weights))
        free = np.r_[True, (weights[1:] > 0) | ((z[:, 1:].T @ (y - p)) > 0)]
        gradient = z.T @ (y - p) - 1e-3 * weights
        curvature = (z * (p * (1 - p))[:, None]).T @ z + 1e-2 * np.eye(len(weights))
        move = np.zeros(len(weights))
        move[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        weights = weights + move
        weights[1:] = np.maximum(weights[1:], 0)
    slopes = weights[1:] * signs / spread
    return float(weights[0] - slopes @ mean), slopes


def main() -> None:
    bias, slopes = fitted(tuning_set(), np.array(list(SIGNS.values())))
    print("WEIGHTS = {")
    for name, slope in zip(SIGNS, slopes, strict=True):
        print(f'    "{name}": {slope:.2f},')
    print("}")
    print(f"BIAS = {bias:.2f}")


if __name__ == "__main__":
    main()
