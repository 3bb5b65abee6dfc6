"""The families of the reporting split, whose figures docs/accuracy.md shows; nothing was tuned on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.judging.history import Floats
from benchmarks.judging.shapes import (
    ABOVE_ZERO,
    AT_ZERO,
    Family,
    Rng,
    Shape,
    draw_effect,
    draw_examples,
    draw_turn,
    evaluations_since_first,
    exponential,
    log_uniform,
    share_after,
    stop_at,
)


# --- overfitting -----------------------------------------------------------------------------------------------------
def log_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Two-speed descent, then a logarithmic rise."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    fast, slow = float(rng.uniform(10, 40)), float(rng.uniform(1, 3))
    scale = float(rng.uniform(0.05, 0.5))
    after = share_after(x, turn)
    rise = effect * np.log1p(after / scale) / np.log1p(1 / scale)
    val = stop_at(x, turn, lambda s: 0.6 * exponential(s, fast * turn) + 0.4 * exponential(s, slow)) + rise
    return Shape(val, 0.7 * exponential(tx, fast) + 0.9 * exponential(tx, slow) - float(rng.uniform(0.2, 0.6)), turn)


def log_time_bowl(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A smooth bowl in log time: no kink at the turn."""
    turn, start = draw_turn(rng), 0.02
    effect = draw_effect(rng)
    down = np.log((turn + start) / start)
    up = np.log((1 + start) / (turn + start))
    z = np.log((x + start) / (turn + start))
    val = np.where(z < 0, (z / down) ** 2, effect * (z / up) ** 2)
    return Shape(
        val, 1.2 * np.log((1 + start) / (tx + start)) / np.log((1 + start) / start) - 0.5, turn, offset=ABOVE_ZERO
    )


def negative_nll(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A negative log-likelihood that crosses zero on the way down, then turns."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    val = stop_at(x, turn, lambda s: (1 - s) ** 3) - 0.7
    after = share_after(x, turn)
    return Shape(val + effect * np.sin(np.pi / 2 * after), (1 - tx) ** 2 * 1.3 - 1.3, turn, offset=AT_ZERO)


def s_shaped_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The rise starts slowly, speeds up when memorisation sets in, and levels off."""
    turn, effect = float(rng.uniform(0.08, 0.7)), draw_effect(rng)
    after = share_after(x, turn)
    s = after**2 * (3 - 2 * after)
    memorised = 1 / (1 + np.exp(-12 * (tx - turn - 0.4 * (1 - turn))))
    train = stop_at(tx, turn, lambda u: 1 / (1 + 6 * u)) - 0.1 * tx - 0.4 * memorised
    return Shape(
        stop_at(x, turn, lambda u: (1 / (1 + 6 * u) - 1 / 7) * 7 / 6) + effect * s, train, turn, offset=ABOVE_ZERO
    )


def late_drop_overfit(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Two learning-rate drops; validation creeps up after the last one."""
    first = float(rng.uniform(0.2, 0.4))
    second = first + float(rng.uniform(0.15, 0.3))
    turn, effect = second + 0.04, draw_effect(rng)
    rate = float(rng.uniform(8, 20))

    def curve(at: Floats) -> Floats:
        stairs = 0.2 * np.clip((at - first) / 0.04, 0, 1) + 0.15 * np.clip((at - second) / 0.04, 0, 1)
        return 0.65 * np.exp(-rate * at) + 0.35 - stairs

    after = share_after(x, turn)
    t_after = np.maximum(tx - second, 0) / (1 - second)
    return Shape(curve(x) + effect * after**0.8, curve(tx) - 0.4 * (1 - np.exp(-3 * t_after)) - 0.1 * tx, turn)


def quiet_at_the_end(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A cosine schedule removes the noise while validation rises."""
    turn = float(rng.uniform(0.3, 0.7))
    after = share_after(x, turn)
    val = stop_at(x, turn, lambda s: (1 - s) ** 2) + draw_effect(rng) * after * (2 - after)
    return Shape(val, 1.3 * (1 - tx) ** 2 - 0.4, turn, loudness=_cosine(rng, x))


def tuned_too_long(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Fine-tuning that gains nothing, or a little at first; then validation worsens, ever more slowly."""
    turn, rise = float(x[0]) + float(rng.choice([0.0, 0.1])), log_uniform(rng, 0.05, 1.0)
    after = share_after(x, turn)
    val = rise * (1 - np.exp(-2 * after)) + float(rng.uniform(0, 0.5)) * rise * np.maximum(turn - x, 0) / 0.1
    return Shape(val, np.exp(-float(rng.uniform(2, 8)) * tx), turn, size=2 * rise)


def score_declines(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A score counted on a small set grows with a power of the steps, then shrinks with their logarithm."""
    turn, first = float(rng.uniform(0.05, 0.6)), float(rng.uniform(0.2, 0.7))
    gained, lost = float(rng.uniform(0.2, 0.8)) * first, float(rng.uniform(0.1, 0.7))
    after = np.log1p(5 * np.maximum(x - turn, 0) / (1 - turn)) / np.log(6)
    val = first - gained * (1 - stop_at(x, turn, lambda s: (1 - s) ** 3) - lost * after)
    return Shape(val, first * (1 + 20 * tx) ** -float(rng.uniform(0.5, 1.5)), turn, examples=draw_examples(rng))


def _cosine(rng: Rng, x: Floats) -> Floats:
    last = float(rng.uniform(0.03, 0.3))
    loudness: Floats = 3 * (last + (1 - last) * (1 + np.cos(np.pi * x)) / 2)
    return loudness


# --- not overfitting -------------------------------------------------------------------------------------------------
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
    """Validation nearly stops while train falls logarithmically, so the gap widens."""
    rate = float(rng.uniform(8, 30))
    scale = float(rng.uniform(0.05, 0.3))
    val = 0.97 * np.exp(-rate * x) - 0.03 * x
    return Shape(val, 0.9 * np.exp(-rate * tx) - 0.5 * np.log1p(tx / scale) / np.log1p(1 / scale))


def grokking(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train is memorised at once; validation stays bad or worsens, and then falls far."""
    when, width = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.02, 0.08))
    bump = float(rng.uniform(0.0, 0.4))
    val = 1 + bump * np.minimum(x / when, 1) - (1 + bump) / (1 + np.exp(-(x - when) / width))
    return Shape(val, np.exp(-float(rng.uniform(20, 50)) * tx) - 0.1)


def triangular_rate(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A cyclical learning rate: both curves swing about a descent."""
    cycles, height = float(rng.uniform(3, 8)), float(rng.uniform(0.05, 0.25))
    rate = float(rng.uniform(2, 6))

    def curve(at: Floats) -> Floats:
        return exponential(at, rate) + height * np.abs(2 * ((at * cycles) % 1) - 1) * np.minimum(at * cycles, 1)

    return Shape(curve(x), 1.02 * curve(tx) - float(rng.uniform(0, 0.15)))


def warmup_hump(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation, and train less so, rises during warm-up and then falls for good."""
    at, height = float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.1, 0.5))
    rate = float(rng.uniform(3, 8))

    def curve(where: Floats, size: float) -> Floats:
        return exponential(where, rate) + size * np.exp(-(((where - at) / (at / 2)) ** 2))

    return Shape(curve(x, height), curve(tx, height / 2) - float(rng.uniform(0, 0.1)))


def nll_converged(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A negative log-likelihood that levels off below zero."""
    width = float(rng.uniform(0.08, 0.25))
    return Shape(
        1 - np.tanh(x / width) - 0.8, 1 - np.tanh(tx / width) - 0.8 - float(rng.uniform(0.0, 0.15)), offset=AT_ZERO
    )


def blow_up(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves fall and then grow exponentially."""
    turn, effect = float(rng.uniform(0.2, 0.8)), log_uniform(rng, 0.5, 20)
    rate = float(rng.uniform(3, 8))

    def curve(at: Floats) -> Floats:
        after = share_after(at, turn)
        return np.asarray(
            stop_at(at, turn, lambda s: exponential(s, rate)) + effect * np.expm1(3 * after) / np.expm1(3),
            dtype=np.float64,
        )

    return Shape(curve(x), curve(tx) - 0.1)


def flat(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Nothing is learned: a straight, slight descent far from zero."""
    level = float(rng.uniform(8, 40))
    return Shape(level + 1 - x, level + 1 - tx, offset=AT_ZERO)


def hardly_tuned(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Fine-tuning with little to gain: a slight descent that noise soon drowns, while train is memorised."""
    gain, rate = float(rng.uniform(0.0, 0.08)), float(rng.uniform(3, 12))
    train = np.exp(-float(rng.uniform(2, 6)) * tx) - float(rng.uniform(0.0, 0.3))
    return Shape(gain * np.exp(-rate * x), train, size=float(rng.uniform(0.3, 1.5)))


def annealed(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A cosine schedule removes the noise and a last bit of the loss."""
    curves, gain = stretched(rng, x, tx), float(rng.uniform(0, 0.1))
    return Shape(curves.val - gain * x**2, curves.train - gain * tx**2, loudness=_cosine(rng, x))


def slow_to_change(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Fine-tuning with little to gain, under correlated noise."""
    return replace(hardly_tuned(rng, x, tx), noise=str(rng.choice(["ar5", "ar9"])))


def score_of_few(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A score counted on a small set levels off early or never moves, while train is memorised."""
    first, gained = float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.0, 0.8))
    val = first * (1 - gained * (1 - (1 + 40 * x) ** -1.5))
    return Shape(val, first * np.exp(-float(rng.uniform(2, 6)) * tx), size=first, examples=draw_examples(rng))


def steep_start(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The loss first falls with a power of the steps, by far more than it changes later, as a perplexity does."""
    curves, fall = log_time_bowl(rng, x, tx), _steep(rng, x)
    return Shape(curves.val + fall(x), curves.train + fall(tx), curves.turn, size=1.0)


def steep_start_healthy(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """`steep_start` without a rise."""
    curves, fall = stretched(rng, x, tx), _steep(rng, x)
    return Shape(curves.val + fall(x), curves.train + fall(tx), size=1.0)


def _steep(rng: Rng, x: Floats) -> Callable[[Floats], Floats]:
    height, exponent = log_uniform(rng, 3, 500), float(rng.uniform(3, 6))
    return lambda at: height * (1 + evaluations_since_first(x, at)) ** -exponent


OVERFIT: tuple[Family, ...] = (
    log_rise,
    log_time_bowl,
    negative_nll,
    s_shaped_rise,
    late_drop_overfit,
    steep_start,
    quiet_at_the_end,
    tuned_too_long,
    score_declines,
)
OTHER: dict[Family, str | None] = {
    steep_start_healthy: None,
    stretched: None,
    log_descent: "improving",
    creeping_gap: "widening_gap",
    grokking: None,
    triangular_rate: None,
    warmup_hump: None,
    nll_converged: None,
    blow_up: "diverging",
    flat: None,
    hardly_tuned: None,
    annealed: None,
    slow_to_change: None,
    score_of_few: None,
}
