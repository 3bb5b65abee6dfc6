"""The families of the tuning split, on which features, weights and thresholds were chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.judging.history import Floats
from benchmarks.judging.shapes import (
    AT_ZERO,
    Family,
    Rng,
    Shape,
    draw_effect,
    draw_examples,
    draw_turn,
    evaluations_since_first,
    exponential,
    fitting,
    log_uniform,
    power,
    share_after,
    stop_at,
)


# --- overfitting -----------------------------------------------------------------------------------------------------
def hinge(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent, then a straight rise."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    rate = float(rng.uniform(2, 8)) / turn

    def val(at: Floats) -> Floats:
        return stop_at(at, turn, lambda s: exponential(s, rate * turn)) + effect * np.maximum(at - turn, 0) / (1 - turn)

    return Shape(val(x), fitting(rng, tx), turn)


def saturating(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent, then a rise that levels off."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    rate, speed = float(rng.uniform(2, 8)), float(rng.uniform(1, 6))
    after = share_after(x, turn)
    rise = effect * (1 - np.exp(-speed * after)) / (1 - np.exp(-speed))
    return Shape(stop_at(x, turn, lambda s: exponential(s, rate)) + rise, fitting(rng, tx), turn)


def power_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Power-law descent, then a rise with another exponent."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    exponent, curvature = float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.7, 1.8))
    after = share_after(x, turn)
    val = stop_at(x, turn, lambda s: power(s, exponent)) + effect * after**curvature
    return Shape(val, 1.4 * power(tx, exponent) - float(rng.uniform(0.3, 0.9)) * tx, turn)


def drop_then_rise(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A plateau, a learning-rate drop, a quick gain, then overfitting."""
    drop = float(rng.uniform(0.2, 0.6))
    turn = drop + float(rng.uniform(0.02, 0.12))
    gain, effect = float(rng.uniform(0.15, 0.4)), draw_effect(rng)
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
    turn, effect = float(rng.uniform(0.02, 0.15)), log_uniform(rng, 0.3, 5)
    after = share_after(x, turn)
    val = stop_at(x, turn, lambda s: 1 - s) + effect * after ** float(rng.uniform(0.6, 1.2))
    return Shape(val, fitting(rng, tx), turn)


def memorised(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train is memorised before validation turns: it is far below, and flat."""
    turn, effect = float(rng.uniform(0.1, 0.5)), draw_effect(rng)
    rate = float(rng.uniform(4, 10))
    after = share_after(x, turn)
    val = stop_at(x, turn, lambda s: exponential(s, rate)) + effect * after ** float(rng.uniform(0.6, 1.3))
    depth = float(rng.uniform(0.3, 1.5))
    return Shape(val, (1 + depth) * np.exp(-rate * 1.5 * tx / turn) - depth, turn)


def regularised(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Dropout or augmentation keeps train above validation for long; train falls slowly."""
    turn, effect = draw_turn(rng), draw_effect(rng)
    rate, offset = float(rng.uniform(2, 6)), float(rng.uniform(0.1, 0.8))
    after = share_after(x, turn)
    val = stop_at(x, turn, lambda s: exponential(s, rate)) + effect * after
    return Shape(val, exponential(tx, rate / 2) + offset - float(rng.uniform(0.0, 0.4)) * tx, turn)


def untrained(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The first evaluation is so bad that the fall from it dwarfs everything later; then a rise."""
    curves, burst = hinge(rng, x, tx), _burst(rng, x)
    return Shape(curves.val + burst(x), curves.train + burst(tx), curves.turn, size=1.0)


def quiet_after_a_drop(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A drop of the learning rate removes most of the noise; then overfitting."""
    shape = drop_then_rise(rng, x, tx)
    return replace(shape, loudness=_quieter_from(rng, x, float(x[np.argmin(shape.val)])))


def worse_at_once(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Fine-tuning in which validation only gets worse, by a small share of what train gains."""
    rise = log_uniform(rng, 0.03, 0.5)
    return Shape(rise * x ** float(rng.uniform(0.6, 1.5)), fitting(rng, tx), float(x[0]), size=2 * rise)


def accuracy_declines(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The errors on a small set become fewer, then more, while train is memorised."""
    turn, first = draw_turn(rng), float(rng.uniform(0.3, 0.9))
    lowest = first * float(rng.uniform(0.1, 0.8))
    rise = float(rng.uniform(0.1, 0.6)) * (first - lowest)
    after = share_after(x, turn)
    rate = float(rng.uniform(2, 8))
    val = lowest + (first - lowest) * stop_at(x, turn, lambda s: exponential(s, rate)) + rise * after
    return Shape(val, _by_heart(rng, tx, first), turn, examples=draw_examples(rng))


def _by_heart(rng: Rng, tx: Floats, first: float) -> Floats:
    left = float(rng.uniform(0.0, 0.2))
    train: Floats = first * (left + (1 - left) * np.exp(-float(rng.uniform(2, 8)) * tx))
    return train


def _quieter_from(rng: Rng, x: Floats, at: float) -> Floats:
    loudness: Floats = np.where(x < at, log_uniform(rng, 2, 15), 1.0)
    return loudness


def _burst(rng: Rng, x: Floats) -> Callable[[Floats], Floats]:
    height, rate = log_uniform(rng, 2, 300), float(rng.uniform(1, 5))
    return lambda at: height * np.exp(-rate * evaluations_since_first(x, at))


# --- not overfitting -------------------------------------------------------------------------------------------------
def converged(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Exponential descent that levels off, train a little below."""
    rate = float(rng.uniform(4, 15))
    return Shape(exponential(x, rate), exponential(tx, rate * 1.1) * 1.02 - float(rng.uniform(0.0, 0.2)))


def power_law(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Power-law descent, still improving at the end."""
    exponent = float(rng.uniform(0.3, 1.2))
    return Shape(power(x, exponent), power(tx, exponent) * 1.05 - float(rng.uniform(0.0, 0.2)) * tx)


def plateau_with_gap(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation reaches an exactly flat floor while train keeps falling."""
    floor = float(rng.uniform(0.1, 0.6))
    rate = float(rng.uniform(2, 8))
    return Shape(stop_at(x, floor, lambda s: exponential(s, rate)), fitting(rng, tx))


def staircase(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Learning-rate drops: both curves have plateaus and sudden gains."""
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
    """Warm restarts: at each one, both curves jump up and come back lower; the run ends anywhere in a cycle."""
    cycles = float(rng.uniform(2.2, 6.5))
    height, rate = float(rng.uniform(0.05, 0.3)), float(rng.uniform(2, 6))

    def curve(at: Floats) -> Floats:
        phase = (at * cycles) % 1.0
        return np.asarray(
            exponential(at, rate) + height * (at * cycles >= 1) * (1 + np.cos(np.pi * phase)) / 2, dtype=np.float64
        )

    return Shape(curve(x), curve(tx) * 1.05 - float(rng.uniform(0.05, 0.2)) * tx)


def underfit(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves stay at their start except for a small early gain; the level is far above zero."""
    rate = float(rng.uniform(5, 30))
    level = float(rng.uniform(8, 40))
    return Shape(level + np.exp(-rate * x), level + np.exp(-rate * tx) - float(rng.uniform(0, 0.1)), offset=AT_ZERO)


def ends_at_turn(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The run ends just as validation stops falling."""
    return Shape(exponential(x, float(rng.uniform(2, 4))), fitting(rng, tx))


def diverging(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves rise after a turn and stay up."""
    turn, effect = draw_turn(rng), log_uniform(rng, 0.3, 5)
    rate, speed = float(rng.uniform(2, 8)), float(rng.uniform(0.7, 2))

    def curve(at: Floats) -> Floats:
        rise = effect * share_after(at, turn) ** speed
        return stop_at(at, turn, lambda s: exponential(s, rate)) + rise

    return Shape(curve(x), curve(tx) * float(rng.uniform(0.8, 1.1)) - float(rng.uniform(0, 0.2)))


def double_descent(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Validation rises in the middle and comes back to a new best."""
    turn = float(rng.uniform(0.1, 0.35))
    width, height = float(rng.uniform(0.15, 0.3)), float(rng.uniform(0.1, 0.8))
    hump = np.where((x > turn) & (x < turn + 2 * width), (1 - np.cos(np.pi * (x - turn) / width)) / 2, 0)
    val = exponential(x, float(rng.uniform(3, 6))) + height * hump - 0.15 * np.maximum(x - turn - 2 * width, 0)
    return Shape(val, fitting(rng, tx))


def drifting_plateau(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """On a plateau, validation drifts slowly and comes back while train keeps falling."""
    floor = float(rng.uniform(0.1, 0.4))
    rate, size = float(rng.uniform(2, 8)), float(rng.uniform(0.0, 0.02))
    waves = size * np.sin(2 * np.pi * (x - floor) / float(rng.uniform(0.1, 0.35))) * (x > floor)
    return Shape(stop_at(x, floor, lambda s: exponential(s, rate)) + waves, fitting(rng, tx))


def learns_nothing(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Train does not move beyond its noise; validation drifts a little, up or down."""
    level = float(rng.uniform(8, 40))
    drift = float(rng.uniform(-0.3, 0.1))
    return Shape(level + drift * x, level + 0.0 * tx, offset=AT_ZERO)


def both_wander(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Both curves only share a slow swing, such as in an unstable game between two networks."""
    phase, cycles = float(rng.uniform(0, 6.3)), float(rng.uniform(1.5, 6))
    size = float(rng.uniform(0.2, 0.6))

    def curve(at: Floats) -> Floats:
        return size * np.sin(phase + 2 * np.pi * cycles * at)

    return Shape(curve(x), curve(tx) - 0.1)


def level_from_the_start(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A pretrained model: validation only scatters, in proportion to what train falls."""
    return Shape(np.zeros(len(x)), fitting(rng, tx), size=float(rng.uniform(0.5, 2.0)))


def wandering(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """`level_from_the_start` under strongly correlated noise."""
    return replace(level_from_the_start(rng, x, tx), noise="ar9")


def quieter_after_a_drop(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """A drop of the learning rate removes a little of the loss and most of its noise."""
    at, gain = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.02, 0.3))
    rate = float(rng.uniform(6, 20))
    val = (1 - gain) * np.exp(-rate * x) + gain * (x < at)
    return Shape(val, np.interp(tx, x, val) - float(rng.uniform(0.1, 0.4)) * tx, loudness=_quieter_from(rng, x, at))


def tuned_accuracy(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """Fine-tuning with hardly anything to gain, counted on a small set."""
    first, gain = float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.0, 0.15))
    val = first * (1 - gain * (1 - np.exp(-float(rng.uniform(3, 30)) * x)))
    return Shape(val, _by_heart(rng, tx, first), size=first, examples=draw_examples(rng))


def accuracy_levels(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """The errors on a small set become fewer and level off, while train is memorised."""
    first = float(rng.uniform(0.3, 0.9))
    lowest = first * float(rng.uniform(0.1, 0.8))
    val = lowest + (first - lowest) * np.exp(-float(rng.uniform(3, 15)) * x)
    return Shape(val, _by_heart(rng, tx, first), examples=draw_examples(rng))


def untrained_then_level(rng: Rng, x: Floats, tx: Floats) -> Shape:
    """`untrained` without a rise."""
    curves, burst = plateau_with_gap(rng, x, tx), _burst(rng, x)
    return Shape(curves.val + burst(x), curves.train + burst(tx), size=1.0)


OVERFIT: tuple[Family, ...] = (
    hinge,
    saturating,
    power_rise,
    drop_then_rise,
    from_the_start,
    memorised,
    regularised,
    untrained,
    quiet_after_a_drop,
    worse_at_once,
    accuracy_declines,
)
OTHER: dict[Family, str | None] = {
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
    level_from_the_start: "widening_gap",
    untrained_then_level: None,
    wandering: None,
    quieter_after_a_drop: None,
    tuned_accuracy: None,
    accuracy_levels: None,
}
