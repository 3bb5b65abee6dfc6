"""Synthetic histories with known truth: a family's noise-free curves, and what logging makes of them.

The splits share neither a family nor a seed: thresholds were chosen on `shapes_tuning`, the figures in
docs/accuracy.md come from `shapes_reporting`.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from benchmarks.judging import shapes_reporting, shapes_tuning
from benchmarks.judging.history import Floats, History
from benchmarks.judging.shapes import Family, Rng, Shape, log_uniform

REVOKED = ("double_descent", "grokking", "warmup_hump")
"""Families in which validation truly rises for a while before it comes back: a live alarm there is no error."""

QUIET, LOUD = (0.003, 0.08), (0.08, 0.4)
"""Noise as a share of the descent: of the usual histories, and of those that show how it fails."""
TRAIN_NOISE, TRAIN_NOISE_OF_A_BATCH = (0.002, 0.05), (0.02, 0.2)
"""The same for train, where it is averaged over an epoch and where every step is logged."""
BEFORE_TRAINING = 0.2
"""Share of runs whose first evaluation comes before the first update; the others lose some of the descent."""
AVERAGED = 0.5
"""Share of the runs that log train once an evaluation which log its average since the one before."""
LEAST_DESCENT = 0.02
"""Descent seen (of the whole one, most of which may come before the first evaluation) below which noise is a share of
the rise instead."""
SEEN_AFTER = 2
SEEN_BEYOND = 2.0
"""Standard deviations of a share counted on the validation set by which it must truly rise for the truth to be settled:
another set of that size could show the opposite."""
ACCURACY = 0.75
"""Share of the counted metrics that are logged as a share of right answers, not of errors."""
HEALTHY_TO = 0.02
SHORT = 0.35
"""Share of the runs that have 5 to 12 evaluations; the others 5 to 1,000, log-uniform."""
NOISES = ("white", "ar5", "ar9", "t3", "growing", "spikes")


def noise_of(kind: str, rng: Rng, n: int, clean: Floats) -> Floats:
    """Unit-variance noise of one kind (t3 and spikes are scaled by their core)."""
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
    """Share of wrong answers on one set of examples, where each is got wrong at the expected `rate`.

    An example stays hard or easy, and what is wobbly about it changes slowly: errors of a set that stays the same are
    correlated, and the set as a whole lies off the rate.
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
    """The unit that curves are logged in, what is added to them, and whether they are logged upside down."""
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

    Noise has a share of validation's descent in the range `noise`, log-uniform. Whether the run overfits is left open
    if fewer than `SEEN_AFTER` evaluations follow the turn, or if a curve that is meant to be healthy does rise while
    train falls, as a swing can that the run ends in.
    Accuracy-like histories are the same curves upside down (one in six), and all are put on an arbitrary scale.
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
    """Histories of one split ("tuning" or "reporting"): every family once for each seed."""
    families = shapes_tuning if split == "tuning" else shapes_reporting
    for seed in seeds:
        for family in families.OVERFIT:
            yield make(family, True, None, seed, noise=noise)
        for family, verdict in families.OTHER.items():
            yield make(family, False, verdict, seed, noise=noise)


def level(split: str, seeds: range, evaluations: int) -> Iterator[History]:
    """Validation that only scatters while train is learned by heart, seen so often."""
    family = shapes_tuning.level_from_the_start if split == "tuning" else shapes_reporting.hardly_tuned
    for seed in seeds:
        yield make(family, False, None, seed, evaluations=evaluations)
