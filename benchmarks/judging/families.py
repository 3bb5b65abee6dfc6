"""Synthetic histories with known truth.

Every family is a pair of noise-free curves on x in [0, 1], the fraction of the run. `TUNING` and `REPORTING` share
neither a family nor a seed: thresholds were chosen on the first, the figures in docs/accuracy.md come from the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.judging.history import Floats, History

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Shape:
    """Noise-free curves of one run.

    Attributes:
        val: float64 [n].
        train: float64 [m], on the finer grid that the family was asked for.
        turn: fraction of the run at which validation truly turns, None if it does not.
    """

    val: Floats
    train: Floats
    turn: float | None = None


Family = Callable[[Rng, Floats, Floats], Shape]
"""(random generator, x of the evaluations, x of the train points) -> Shape"""


def _effect(rng: Rng) -> float:
    """Final rise over descent, log-uniform in 2 % .. 300 %."""
    return float(np.exp(rng.uniform(np.log(0.02), np.log(3.0))))


def _turn(rng: Rng) -> float:
    return float(rng.uniform(0.08, 0.85))


def _exp(x: Floats, rate: float) -> Floats:
    """Exponential descent from 1 to 0 over x in 0..1."""
    curve: Floats = (np.exp(-rate * x) - np.exp(-rate)) / (1 - np.exp(-rate))
    return curve


def _power(x: Floats, exponent: float, scale: float = 0.02) -> Floats:
    curve: Floats = (1 + x / scale) ** -exponent
    end = (1 + 1 / scale) ** -exponent
    return np.asarray((curve - end) / (1 - end), dtype=np.float64)


def _fitting(rng: Rng, x: Floats, low: float = 0.0) -> Floats:
    """A train curve of an overfitting model: it keeps falling towards `low` (below validation's 0)."""
    depth = low if low else float(rng.uniform(0.1, 0.9))
    rate = float(rng.uniform(1.5, 7.0))
    return (1 + depth) * _exp(x, rate) - depth


# --- overfitting, for tuning ------------------------------------------------------------------------------------------
def hinge(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent, then a straight rise."""
    turn, effect = _turn(rng), _effect(rng)
    rate = float(rng.uniform(2, 8)) / turn

    def val(at: Floats) -> Floats:
        return _stop(at, turn, lambda s: _exp(s, rate * turn)) + effect * np.maximum(at - turn, 0) / (1 - turn)

    return Shape(val(x), _fitting(rng, tx), turn)


def saturating(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent, then a rise that levels off."""
    turn, effect = _turn(rng), _effect(rng)
    rate, speed = float(rng.uniform(2, 8)), float(rng.uniform(1, 6))
    after = np.maximum(x - turn, 0) / (1 - turn)
    rise = effect * (1 - np.exp(-speed * after)) / (1 - np.exp(-speed))
    return Shape(_stop(x, turn, lambda s: _exp(s, rate)) + rise, _fitting(rng, tx), turn)


def power_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Power-law descent and a rise of another power."""
    turn, effect = _turn(rng), _effect(rng)
    exponent, curvature = float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.7, 1.8))
    after = np.maximum(x - turn, 0) / (1 - turn)
    val = _stop(x, turn, lambda s: _power(s, exponent)) + effect * after**curvature
    return Shape(val, 1.4 * _power(tx, exponent) - float(rng.uniform(0.3, 0.9)) * tx, turn)


def drop_then_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A plateau, a learning-rate drop, a quick gain, then overfitting."""
    drop = float(rng.uniform(0.2, 0.6))
    turn = drop + float(rng.uniform(0.02, 0.12))
    gain, effect = float(rng.uniform(0.15, 0.4)), _effect(rng)
    rate = float(rng.uniform(6, 20))
    before = (1 - gain) * np.exp(-rate * x) + gain
    fallen = np.clip((x - drop) / (turn - drop), 0, 1)
    val = before - gain * (1 - np.exp(-4 * fallen)) / (1 - np.exp(-4))
    base = (1 - gain) * np.exp(-rate * turn)
    val = np.where(x > turn, base, val) + effect * np.maximum(x - turn, 0) / (1 - turn)
    t_after = np.maximum(tx - drop, 0) / (1 - drop)
    train = (1 - gain) * np.exp(-rate * tx) + gain - (gain + 0.3) * (1 - np.exp(-6 * t_after)) - 0.2 * t_after
    return Shape(val, train, turn)


def from_the_start(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A short descent, then a rise for nearly the whole run, as in fine-tuning."""
    turn, effect = float(rng.uniform(0.02, 0.15)), float(np.exp(rng.uniform(np.log(0.3), np.log(5))))
    after = np.maximum(x - turn, 0) / (1 - turn)
    val = _stop(x, turn, lambda s: 1 - s) + effect * after ** float(rng.uniform(0.6, 1.2))
    return Shape(val, _fitting(rng, tx), turn)


def memorised(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train is learned by heart before validation turns: far below, and flat."""
    turn, effect = float(rng.uniform(0.1, 0.5)), _effect(rng)
    rate = float(rng.uniform(4, 10))
    after = np.maximum(x - turn, 0) / (1 - turn)
    val = _stop(x, turn, lambda s: _exp(s, rate)) + effect * after ** float(rng.uniform(0.6, 1.3))
    depth = float(rng.uniform(0.3, 1.5))
    return Shape(val, (1 + depth) * np.exp(-rate * 1.5 * tx / turn) - depth, turn)


def regularised(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Dropout or augmentation keep train above validation for long, and it falls slowly."""
    turn, effect = _turn(rng), _effect(rng)
    rate, offset = float(rng.uniform(2, 6)), float(rng.uniform(0.1, 0.8))
    after = np.maximum(x - turn, 0) / (1 - turn)
    val = _stop(x, turn, lambda s: _exp(s, rate)) + effect * after
    return Shape(val, _exp(tx, rate / 2) + offset - float(rng.uniform(0.0, 0.4)) * tx, turn)


# --- not overfitting, for tuning --------------------------------------------------------------------------------------
def converged(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent that levels off, train a little below."""
    rate = float(rng.uniform(4, 15))
    return Shape(_exp(x, rate), _exp(tx, rate * 1.1) * 1.02 - float(rng.uniform(0.0, 0.2)))


def power_law(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Power-law descent, still improving at the end."""
    exponent = float(rng.uniform(0.3, 1.2))
    return Shape(_power(x, exponent), _power(tx, exponent) * 1.05 - float(rng.uniform(0.0, 0.2)) * tx)


def plateau_with_gap(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation reaches a floor, exactly flat; train keeps falling."""
    floor = float(rng.uniform(0.1, 0.6))
    rate = float(rng.uniform(2, 8))
    return Shape(_stop(x, floor, lambda s: _exp(s, rate)), _fitting(rng, tx))


def staircase(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Learning-rate drops: plateaus with sudden gains, both curves."""
    drops = np.sort(rng.uniform(0.15, 0.9, int(rng.integers(1, 4))))
    gains = rng.uniform(0.08, 0.3, len(drops))
    rate, creep = float(rng.uniform(6, 20)), float(rng.uniform(-0.01, 0.03))

    def curve(at: Floats) -> Floats:
        total = np.exp(-rate * at) * (1 - gains.sum()) + gains.sum()
        for drop, gain in zip(drops, gains, strict=True):
            total = total - gain * (1 - np.exp(-40 * np.maximum(at - drop, 0)))
        return np.asarray(total, dtype=np.float64)

    return Shape(curve(x) + np.minimum(creep, 0) * x, curve(tx) - float(rng.uniform(0.0, 0.25)) * tx)


def cosine_restarts(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Warm restarts: at each both curves jump up and come back lower; the run may end anywhere in a cycle."""
    cycles = float(rng.uniform(2.2, 6.5))
    height, rate = float(rng.uniform(0.05, 0.3)), float(rng.uniform(2, 6))

    def curve(at: Floats) -> Floats:
        phase = (at * cycles) % 1.0
        return np.asarray(
            _exp(at, rate) + height * (at * cycles >= 1) * (1 + np.cos(np.pi * phase)) / 2, dtype=np.float64
        )

    return Shape(curve(x), curve(tx) * 1.05 - float(rng.uniform(0.05, 0.2)) * tx)


def underfit(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves stay where they began, but for a small early gain; units are kept by a level far away."""
    rate = float(rng.uniform(5, 30))
    level = float(rng.uniform(8, 40))
    return Shape(level + np.exp(-rate * x), level + np.exp(-rate * tx) - float(rng.uniform(0, 0.1)))


def ends_at_turn(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The run stops where validation has just stopped falling."""
    return Shape(_exp(x, float(rng.uniform(2, 4))), _fitting(rng, tx))


def diverging(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves rise after a turn and stay up."""
    turn, effect = _turn(rng), float(np.exp(rng.uniform(np.log(0.3), np.log(5))))
    rate, speed = float(rng.uniform(2, 8)), float(rng.uniform(0.7, 2))

    def curve(at: Floats) -> Floats:
        rise = effect * (np.maximum(at - turn, 0) / (1 - turn)) ** speed
        return _stop(at, turn, lambda s: _exp(s, rate)) + rise

    return Shape(curve(x), curve(tx) * float(rng.uniform(0.8, 1.1)) - float(rng.uniform(0, 0.2)))


def double_descent(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation rises in the middle and comes back to a new best."""
    turn = float(rng.uniform(0.1, 0.35))
    width, height = float(rng.uniform(0.15, 0.3)), float(rng.uniform(0.1, 0.8))
    hump = np.where((x > turn) & (x < turn + 2 * width), (1 - np.cos(np.pi * (x - turn) / width)) / 2, 0)
    val = _exp(x, float(rng.uniform(3, 6))) + height * hump - 0.15 * np.maximum(x - turn - 2 * width, 0)
    return Shape(val, _fitting(rng, tx))


def drifting_plateau(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A plateau on which validation wanders slowly and comes back, while train falls on."""
    floor = float(rng.uniform(0.1, 0.4))
    rate, size = float(rng.uniform(2, 8)), float(rng.uniform(0.0, 0.02))
    waves = size * np.sin(2 * np.pi * (x - floor) / float(rng.uniform(0.1, 0.35))) * (x > floor)
    return Shape(_stop(x, floor, lambda s: _exp(s, rate)) + waves, _fitting(rng, tx))


def learns_nothing(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train does not move beyond its noise; validation drifts a little either way."""
    level = float(rng.uniform(8, 40))
    drift = float(rng.uniform(-0.3, 0.1))
    return Shape(level + drift * x, level + 0.0 * tx)


def both_wander(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Nothing but a shared slow swing, as of an unstable game between two networks."""
    phase, cycles = float(rng.uniform(0, 6.3)), float(rng.uniform(1.5, 6))
    size = float(rng.uniform(0.2, 0.6))

    def curve(at: Floats) -> Floats:
        return size * np.sin(phase + 2 * np.pi * cycles * at)

    return Shape(curve(x), curve(tx) - 0.1)


# --- overfitting, for reporting ---------------------------------------------------------------------------------------
def log_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Two-speed descent, then a logarithmic rise."""
    turn, effect = _turn(rng), _effect(rng)
    fast, slow = float(rng.uniform(10, 40)), float(rng.uniform(1, 3))
    scale = float(rng.uniform(0.05, 0.5))
    after = np.maximum(x - turn, 0) / (1 - turn)
    rise = effect * np.log1p(after / scale) / np.log1p(1 / scale)
    val = _stop(x, turn, lambda s: 0.6 * _exp(s, fast * turn) + 0.4 * _exp(s, slow)) + rise
    return Shape(val, 0.7 * _exp(tx, fast) + 0.9 * _exp(tx, slow) - float(rng.uniform(0.2, 0.6)), turn)


def log_time_bowl(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A smooth bowl in log time: no kink at the turn."""
    turn, start = _turn(rng), 0.02
    effect = _effect(rng)
    down = np.log((turn + start) / start)
    up = np.log((1 + start) / (turn + start))
    z = np.log((x + start) / (turn + start))
    val = np.where(z < 0, (z / down) ** 2, effect * (z / up) ** 2)
    return Shape(val, 1.2 * np.log((1 + start) / (tx + start)) / np.log((1 + start) / start) - 0.5, turn)


def negative_nll(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A negative log-likelihood that crosses zero on the way down, then turns."""
    turn, effect = _turn(rng), _effect(rng)
    val = _stop(x, turn, lambda s: (1 - s) ** 3) - 0.7
    after = np.maximum(x - turn, 0) / (1 - turn)
    return Shape(val + effect * np.sin(np.pi / 2 * after), (1 - tx) ** 2 * 1.3 - 1.3, turn)


def s_shaped_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A slow start of the rise, then memorisation sets in, then it levels."""
    turn, effect = float(rng.uniform(0.08, 0.7)), _effect(rng)
    after = np.maximum(x - turn, 0) / (1 - turn)
    s = after**2 * (3 - 2 * after)
    memorised = 1 / (1 + np.exp(-12 * (tx - turn - 0.4 * (1 - turn))))
    train = _stop(tx, turn, lambda u: 1 / (1 + 6 * u)) - 0.1 * tx - 0.4 * memorised
    return Shape(_stop(x, turn, lambda u: (1 / (1 + 6 * u) - 1 / 7) * 7 / 6) + effect * s, train, turn)


def late_drop_overfit(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Two learning-rate drops; validation creeps up after the last one."""
    first = float(rng.uniform(0.2, 0.4))
    second = first + float(rng.uniform(0.15, 0.3))
    turn, effect = second + 0.04, _effect(rng)
    rate = float(rng.uniform(8, 20))

    def curve(at: Floats) -> Floats:
        stairs = 0.2 * np.clip((at - first) / 0.04, 0, 1) + 0.15 * np.clip((at - second) / 0.04, 0, 1)
        return 0.65 * np.exp(-rate * at) + 0.35 - stairs

    after = np.maximum(x - turn, 0) / (1 - turn)
    t_after = np.maximum(tx - second, 0) / (1 - second)
    return Shape(curve(x) + effect * after**0.8, curve(tx) - 0.4 * (1 - np.exp(-3 * t_after)) - 0.1 * tx, turn)


# --- not overfitting, for reporting -----------------------------------------------------------------------------------
def stretched(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A stretched exponential."""
    rate, beta = float(rng.uniform(4, 12)), float(rng.uniform(0.4, 0.9))
    return Shape(np.exp(-((rate * x) ** beta)), np.exp(-((rate * tx) ** beta)) - float(rng.uniform(0, 0.15)) * tx)


def log_descent(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A logarithmic descent without an end."""
    scale = float(rng.uniform(0.01, 0.2))

    def curve(at: Floats) -> Floats:
        return np.asarray(1 - np.log1p(at / scale) / np.log1p(1 / scale), dtype=np.float64)

    return Shape(curve(x), curve(tx) - float(rng.uniform(0, 0.3)) * tx)


def creeping_gap(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation all but stops; train falls logarithmically, so the gap widens."""
    rate = float(rng.uniform(8, 30))
    scale = float(rng.uniform(0.05, 0.3))
    val = 0.97 * np.exp(-rate * x) - 0.03 * x
    return Shape(val, 0.9 * np.exp(-rate * tx) - 0.5 * np.log1p(tx / scale) / np.log1p(1 / scale))


def grokking(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train is learned at once; validation stays bad, even worsens, and then falls far."""
    when, width = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.02, 0.08))
    bump = float(rng.uniform(0.0, 0.4))
    val = 1 + bump * np.minimum(x / when, 1) - (1 + bump) / (1 + np.exp(-(x - when) / width))
    return Shape(val, np.exp(-float(rng.uniform(20, 50)) * tx) - 0.1)


def triangular_rate(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A cyclical learning rate: both curves swing about a descent."""
    cycles, height = float(rng.uniform(3, 8)), float(rng.uniform(0.05, 0.25))
    rate = float(rng.uniform(2, 6))

    def curve(at: Floats) -> Floats:
        return _exp(at, rate) + height * np.abs(2 * ((at * cycles) % 1) - 1) * np.minimum(at * cycles, 1)

    return Shape(curve(x), 1.02 * curve(tx) - float(rng.uniform(0, 0.15)))


def warmup_hump(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation (and less so train) rises during warm-up and then falls for good."""
    at, height = float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.1, 0.5))
    rate = float(rng.uniform(3, 8))

    def curve(where: Floats, size: float) -> Floats:
        return _exp(where, rate) + size * np.exp(-(((where - at) / (at / 2)) ** 2))

    return Shape(curve(x, height), curve(tx, height / 2) - float(rng.uniform(0, 0.1)))


def nll_converged(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A negative log-likelihood that levels off below zero."""
    width = float(rng.uniform(0.08, 0.25))
    return Shape(1 - np.tanh(x / width) - 0.8, 1 - np.tanh(tx / width) - 0.8 - float(rng.uniform(0.0, 0.15)))


def blow_up(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves fall and then grow exponentially."""
    turn, effect = float(rng.uniform(0.2, 0.8)), float(np.exp(rng.uniform(np.log(0.5), np.log(20))))
    rate = float(rng.uniform(3, 8))

    def curve(at: Floats) -> Floats:
        after = np.maximum(at - turn, 0) / (1 - turn)
        return np.asarray(
            _stop(at, turn, lambda s: _exp(s, rate)) + effect * np.expm1(3 * after) / np.expm1(3), dtype=np.float64
        )

    return Shape(curve(x), curve(tx) - 0.1)


def flat(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Nothing is learned: a straight, slight descent far from zero."""
    level = float(rng.uniform(8, 40))
    return Shape(level + 1 - x, level + 1 - tx)


def _stop(x: Floats, turn: float, descent: Callable[[Floats], Floats]) -> Floats:
    """A descent over 0..turn from 1 to 0 that stays at 0 afterwards."""
    return descent(np.minimum(x / turn, 1.0))


OVERFIT_TUNING: tuple[Family, ...] = (
    hinge,
    saturating,
    power_rise,
    drop_then_rise,
    from_the_start,
    memorised,
    regularised,
)
OTHER_TUNING: dict[Family, str | None] = {
    converged: None,
    power_law: None,
    plateau_with_gap: "widening_gap",
    staircase: None,
    cosine_restarts: None,
    underfit: "underfitting",
    ends_at_turn: None,
    diverging: "diverging",
    double_descent: None,
    drifting_plateau: "widening_gap",
    learns_nothing: None,
    both_wander: None,
}
OVERFIT_REPORTING: tuple[Family, ...] = (log_rise, log_time_bowl, negative_nll, s_shaped_rise, late_drop_overfit)
OTHER_REPORTING: dict[Family, str | None] = {
    stretched: None,
    log_descent: "improving",
    creeping_gap: "widening_gap",
    grokking: None,
    triangular_rate: None,
    warmup_hump: None,
    nll_converged: None,
    blow_up: "diverging",
    flat: None,
}
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


def _length(rng: Rng) -> int:
    if rng.random() < SHORT:
        return int(rng.integers(5, 13))
    return round(float(np.exp(rng.uniform(np.log(5), np.log(1000)))))


def _falls_after(train: Floats, lowest: int, n: int) -> bool:
    """Whether the noise-free train curve ends below where it was at evaluation `lowest` of `n`."""
    return bool(train[-1] < train[(lowest + 1) * len(train) // n - 1])


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
    level = float(np.exp(rng.uniform(*np.log(noise))))
    lowest = int(np.argmin(shape.val))
    rise = float(shape.val[-1] - shape.val[lowest])
    size = descent if descent > LEAST_DESCENT else max(rise, LEAST_DESCENT)
    val = shape.val + level * size * noise_of(str(rng.choice(NOISES)), rng, n, shape.val)
    spread = float(np.exp(rng.uniform(*np.log(TRAIN_NOISE if per_evaluation == 1 else TRAIN_NOISE_OF_A_BATCH))))
    train = shape.train + spread * rng.standard_normal(m)
    effect = rise / descent if descent > 0 else np.inf
    onset = None
    if shape.turn is not None:
        turn = float(np.interp(shape.turn, x, np.arange(n)))
        onset = (min(lowest, turn), max(lowest, turn))
    settled = (
        lowest < n - SEEN_AFTER if overfits else rise <= HEALTHY_TO * size or not _falls_after(shape.train, lowest, n)
    )
    unit = float(np.exp(rng.uniform(np.log(0.01), np.log(100))))
    if family is log_time_bowl or family is s_shaped_rise:
        offset = float(rng.uniform(0.2, 2))
    else:
        offset = (
            0.0 if verdict == "underfitting" or family in (flat, learns_nothing, negative_nll, nll_converged) else 1.0
        )
    upside_down = rng.random() < 1 / 6
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
    overfit, other = (OVERFIT_TUNING, OTHER_TUNING) if split == "tuning" else (OVERFIT_REPORTING, OTHER_REPORTING)
    for seed in seeds:
        for family in overfit:
            yield make(family, True, None, seed, noise=noise)
        for family, verdict in other.items():
            yield make(family, False, verdict, seed, noise=noise)
