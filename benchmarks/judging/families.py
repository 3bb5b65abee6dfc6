"""Synthetic histories with a known truth: the noise-free curves of a family, with noise and units as in logs.

The two splits share no family and no seed. Thresholds were chosen on `shapes_tuning`; the figures in docs/accuracy.md
come from `shapes_reporting`.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from benchmarks.judging import shapes_reporting, shapes_tuning
from benchmarks.judging.history import Floats, History
from benchmarks.judging.shapes import Family, Rng, Shape, log_uniform

REVOKED = ("double_descent", "grokking", "warmup_hump")
"""Families in which validation truly rises for a while and comes back: a live alarm is no error there."""

QUIET = (0.003, 0.08)
"""Range of the noise, as a share of the descent, of the usual histories."""
LOUD = (0.08, 0.4)
"""The same for histories that show how the detector fails."""
TRAIN_NOISE = (0.002, 0.05)
"""Range of the noise of train, as a share of the descent, where it is averaged over an epoch."""
TRAIN_NOISE_OF_A_BATCH = (0.02, 0.2)
"""The same where every step is logged."""
BEFORE_TRAINING = 0.2
"""Share of runs whose first evaluation comes before the first update; the others lose part of the descent."""
AVERAGED = 0.5
"""Of the runs with one train value per evaluation, the share that logs the average since the evaluation before."""
LEAST_DESCENT = 0.02
"""Visible descent, as a share of the whole, below which noise is scaled by the rise instead: most of the descent may
come before the first evaluation."""
SEEN_AFTER = 2
"""Fewest evaluations after the turn of an overfitting run; with fewer, the truth is left open."""
SEEN_BEYOND = 2.0
"""For a share counted on a validation set: fewest standard errors that it must truly rise to count as overfitting.
Another set of the same size could show the opposite of a smaller rise."""
ACCURACY = 0.75
"""Of the counted metrics, the share that is logged as right answers; the rest is logged as errors."""
HEALTHY_TO = 0.02
"""Largest rise, as a share of the descent, of a healthy run; beyond, the truth is left open."""
SHORT = 0.35
"""Share of runs with 5 to 12 evaluations; the others have 5 to 1,000, log-uniform."""
NOISES = ("white", "ar5", "ar9", "t3", "growing", "spikes")
"""Kinds of noise: white; AR(1) with coefficient 0.5 or 0.9; Student's t; growing with the loss; white with spikes."""


def noise_of(kind: str, rng: Rng, n: int, clean: Floats) -> Floats:
    """Noise [n] of one kind and unit variance; for "spikes", the variance without the spikes is 1."""
    white = rng.standard_normal(n)
    if kind == "t3":
        return np.asarray(rng.standard_t(3, n) / np.sqrt(3), dtype=np.float64)
    if kind in ("ar5", "ar9"):
        rho = 0.5 if kind == "ar5" else 0.9
        values = np.empty(n)
        values[0] = white[0]
        scale = np.sqrt(1 - rho**2)
        for i in range(1, n):
            values[i] = rho * values[i - 1] + scale * white[i]
        return values
    if kind == "growing":
        level = (clean - clean.min()) / max(float(np.ptp(clean)), 1e-9)
        return np.asarray(white * (0.5 + level) / np.sqrt(np.mean((0.5 + level) ** 2)), dtype=np.float64)
    if kind == "spikes":
        hit = rng.random(n) < min(0.05, 2 / n + 0.01)
        return white + hit * rng.uniform(5, 30, n)
    return white


def counted(rng: Rng, rate: Floats, examples: int) -> Floats:
    """Share of wrong answers [n] on one set of examples whose expected error rates are `rate` [n].

    Each example is hard or easy for the whole run, and the random part of its difficulty changes slowly. So the errors
    of one set are correlated in time, and the set as a whole deviates from the rate.
    """
    own = float(rng.uniform(0.3, 0.98))
    slowness = float(rng.uniform(0.0, 0.95))
    lasting = np.sqrt(own) * rng.standard_normal(examples)
    wobble = rng.standard_normal(examples)
    wrong = np.empty(len(rate))
    for i, threshold in enumerate(norm_quantile(np.clip(rate, 1e-6, 1 - 1e-6))):
        wrong[i] = np.mean(lasting + np.sqrt(1 - own) * wobble < threshold)
        wobble = slowness * wobble + np.sqrt(1 - slowness**2) * rng.standard_normal(examples)
    return wrong


def norm_quantile(shares: Floats) -> Floats:
    """Standard normal quantiles."""
    return np.array([NormalDist().inv_cdf(share) for share in shares.tolist()])


def _length(rng: Rng) -> int:
    if rng.random() < SHORT:
        return int(rng.integers(5, 13))
    return round(log_uniform(rng, 5, 1000))


def _falls_after(train: Floats, lowest: int, n: int) -> bool:
    """Whether the noise-free train curve ends below where it was at evaluation `lowest` of `n`."""
    return bool(train[-1] < train[(lowest + 1) * len(train) // n - 1])


def _units(shape: Shape, rng: Rng) -> tuple[float, float, bool]:
    """The unit of the logged curves, the offset added to them, and whether they are logged upside down."""
    unit = log_uniform(rng, 0.01, 100)
    low, high = shape.offset
    offset = float(rng.uniform(low, high)) if low < high else low
    upside_down = rng.random() < 1 / 6
    if shape.examples is None:
        return unit, offset, upside_down
    accuracy = rng.random() < ACCURACY
    return float(rng.choice([1, 100])), -1.0 if accuracy else 0.0, accuracy


def make(
    family: Family,
    overfits: bool,
    verdict: str | None,
    seed: int,
    *,
    evaluations: int | None = None,
    noise: tuple[float, float] = QUIET,
) -> History:
    """Generate one history.

    The standard deviation of the noise is a share of validation's descent, log-uniform in the range `noise`. The truth
    is left open if fewer than `SEEN_AFTER` evaluations follow the turn. It is also left open if a healthy curve ends in
    a rise while train falls, such as within a swing. One history in six is logged upside down, like an accuracy. All
    are put on an arbitrary scale.
    """
    rng = np.random.default_rng([seed, *family.__name__.encode()])
    n = evaluations or _length(rng)
    per_evaluation = int(rng.choice([1, 1, 1, 5, 20] if n <= 300 else [1, 1, 3]))
    x = np.arange(n) / (n - 1) if rng.random() < BEFORE_TRAINING else np.arange(1, n + 1) / n
    m = n * per_evaluation
    averaged = per_evaluation == 1 and rng.random() < AVERAGED
    ends = np.interp((np.arange(m) + 1) / per_evaluation - 1, np.arange(-1, n), np.r_[max(2 * x[0] - x[1], 0), x])
    shape = family(rng, x, np.clip(ends - (x[1] - x[0]) / 2 * averaged, 0, 1))
    descent = float(shape.val[0] - shape.val.min())
    level = log_uniform(rng, *noise)
    lowest = int(np.argmin(shape.val))
    rise = float(shape.val[-1] - shape.val[lowest])
    size = shape.size or (descent if descent > LEAST_DESCENT else max(rise, LEAST_DESCENT))
    if shape.examples is None:
        kind = shape.noise or str(rng.choice(NOISES))
        loudness = 1.0 if shape.loudness is None else shape.loudness
        val = shape.val + level * size * loudness * noise_of(kind, rng, n, shape.val)
    else:
        val = counted(rng, shape.val, shape.examples)
        level = float(np.sqrt(shape.val[-1] * (1 - shape.val[-1]) / shape.examples)) / size
    spread = log_uniform(rng, *(TRAIN_NOISE if per_evaluation == 1 else TRAIN_NOISE_OF_A_BATCH))
    train = shape.train + spread * rng.standard_normal(m)
    whole = shape.size or descent
    effect = rise / whole if whole > 0 else np.inf
    onset = None
    if shape.turn is not None:
        turn = float(np.interp(shape.turn, x, np.arange(n)))
        onset = (min(lowest, turn), max(lowest, turn))
    if overfits:
        settled = lowest < n - SEEN_AFTER and (shape.examples is None or rise > SEEN_BEYOND * level * size)
    else:
        settled = rise <= HEALTHY_TO * size or not _falls_after(shape.train, lowest, n)
    unit, offset, upside_down = _units(shape, rng)
    sign = -1.0 if upside_down else 1.0
    stride = int(rng.choice([1, 1, 10, 500]))
    steps = (np.arange(n, dtype=np.int64) + 1) * per_evaluation * stride
    train_steps = (np.arange(m, dtype=np.int64) + 1) * stride
    return History(
        "synthetic",
        family.__name__,
        overfits if settled else None,
        "overfitting" if overfits else verdict,
        train_steps,
        sign * unit * (train + offset),
        steps,
        sign * unit * (val + offset),
        "max" if upside_down else "min",
        onset,
        sign * unit * (shape.val + offset),
        effect,
        level,
    )


def histories(split: str, seeds: range, noise: tuple[float, float] = QUIET) -> Iterator[History]:
    """Histories of one split ("tuning" or "reporting"): one per family and seed."""
    families = shapes_tuning if split == "tuning" else shapes_reporting
    for seed in seeds:
        for family in families.OVERFIT:
            yield make(family, True, None, seed, noise=noise)
        for family, verdict in families.OTHER.items():
            yield make(family, False, verdict, seed, noise=noise)


def level(split: str, seeds: range, evaluations: int) -> Iterator[History]:
    """Histories whose validation only scatters while train is memorised, with a given number of evaluations."""
    family = shapes_tuning.level_from_the_start if split == "tuning" else shapes_reporting.hardly_tuned
    for seed in seeds:
        yield make(family, False, None, seed, evaluations=evaluations)
