"""Is validation rising beyond noise while train falls? Asked of every prefix of a run, at many time scales at once.

At the scale w a curve is its trailing mean over w evaluations. The rise of validation at that scale is its distance
from the lowest such mean so far. The widest scale is chosen on which the rise has lasted at least three of its
windows: that is the least noisy view in which the rise can be seen. There the rise is compared with everything that
could fake it. Every number for a prefix uses that prefix alone, so judging live and afterwards are one thing.

All of it is differences and their quotients: neither the unit of the loss nor its zero matters, as long as both curves
share them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.noise import running_scale
from tb_losshealth.health.series import Floats

FEWEST = 4
"""Evaluations below which overfitting is never said."""

LASTING = 3
"""Windows that a rise must have lasted to be looked at on a scale wider than one evaluation."""
LASTING_SINGLE = 2
"""Evaluations after the lowest one from which on a rise is looked at at all."""
SHOWN_BEFORE = 0.05
"""Share of the rise that the window before the last must have shown: else it is that of one evaluation gone astray."""

NEGLIGIBLE = 0.02
"""Share of the descent up to which a rise, however sure, is none that anyone would stop a training for: of validation's
fall, or of `SHARE_OF_TRAIN` of train's if that is more ..."""
BEGINNING = 2
"""... since this evaluation: the fall from the first ones may dwarf all that matters later."""

TRAIN_RISES = 0.3
"""Train rises with validation if it gained this share of validation's rise ..."""
TRAIN_RISES_SIGMAS = 1.0
"""... and this many standard deviations of its own noise: then both diverge."""
LEARNED_SIGMAS = 1.7
"""Fall of train since its first value, in standard deviations of such a fall by noise alone, below which nothing was
learned that could be overfitted."""
FALLS_SURELY = 6.0
"""Train falls without doubt if it fell by so many standard deviations of its noise since validation was lowest ..."""
FAR_BELOW = 3.0
"""... or it stays far below: the gap is so many times validation's rise. Either will do ..."""
TRAIN_HIGH = -1 / 3
"""... and beyond this, where 0 is neither and 1 is without doubt, train rising or lying above is all the same."""

WEIGHTS = {
    "rise_to_noise": 1.06,
    "descended": 1.73,
    "rise_to_descent": 0.97,
    "recovered": -1.93,
    "straightness": 3.48,
    "duration": 0.76,
    "noise_to_descent": 6.11,
    "shown_before": 0.79,
    "scale": 0.34,
    "train_low": 3.65,
}
"""Log-odds of overfitting per unit of each feature; fitted by benchmarks/judging/calibrate.py on its families without
those of counted metrics and of correlated or fading noise, which take more from real trainings than they give."""
BIAS = -2.45

ABOUT_TRAIN = "train_low"
"""The feature that is 0 where train leaves no doubt; without it the odds say what validation alone shows."""

LEAST_SHARE = 0.05
"""A rise is never a smaller share of the descent than about this: the first evaluation of a model that knows nothing
may dwarf all that comes after it."""
SHARE_OF_TRAIN = 0.5
"""Descent of validation is taken as at least this share of train's: the first evaluation may come after most of it."""
SURELY_DESCENDED = 3.0
"""Descent, in what noise alone would make of it, that leaves no doubt that there was one."""
EARLY = 1 / 3
"""Share of the differences, the earliest, that say nothing about noise at the end."""

_ROUNDING = 1e-9
"""Changes below this share of the curves' range are rounding."""
_MORE_THAN = 1.0 + 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Figures about the rise at the end of every prefix; all float64 [n] unless said otherwise.

    Attributes:
        lowest: index at the middle of the window in which validation was lowest.
        window: evaluations averaged, the scale that was chosen.
        rise: of validation since then.
        before: what the window before that had already risen, at most `rise`.
        scatter: standard deviation of such a rise by noise alone.
        descent: of validation before then, from the highest single evaluation.
        recovered: largest rise before then, which the run came back from.
        path: total up and down since then; the rise itself for a straight rise.
        lasted: evaluations since then.
        train_fall: fall of train since then.
        train_descent: fall of train since the start.
        train_scatter: standard deviation of train's change by noise alone.
        gap: generalization gap, validation - train.
        negligible: rise that is too small to matter, however sure.
        train_learned: fall of train since its first value, in standard deviations of such a fall by noise alone, at
            the scale where that is largest.
        visible: bool [n], whether the rise has lasted long enough to be looked at, showed in the window before, is not
            negligible, and is more than the smallest step that validation ever made: a metric of few examples moves by
            one of them. Never at a new best.
        newest_low: int64 [scales, n], index at which the trailing mean was lowest, for each scale 1, 2, 4, ...
    """

    lowest: Floats
    window: Floats
    rise: Floats
    before: Floats
    scatter: Floats
    descent: Floats
    recovered: Floats
    path: Floats
    lasted: Floats
    train_fall: Floats
    train_descent: Floats
    train_scatter: Floats
    gap: Floats
    negligible: Floats
    train_learned: Floats
    visible: np.ndarray[tuple[int], np.dtype[np.bool_]]
    newest_low: np.ndarray[tuple[int, int], np.dtype[np.int64]]


def gather(v: Floats, t: Floats, gap_at_start: float = 0.0) -> Evidence:
    """Measure the rise at the end of every prefix.

    Args:
        v: float64 [n], validation, lower is better, relative to its first value, finite, n >= 1.
        t: float64 [n], train at the same evaluations, likewise, in validation's unit.
        gap_at_start: validation - train at the first evaluation.
    """
    n = len(v)
    index = np.arange(n)
    sums = np.zeros((2, n + 1))
    np.cumsum([v, t], axis=1, out=sums[:, 1:])
    highest = np.maximum.accumulate(v)
    begun = index >= BEGINNING
    highest_later = np.maximum.accumulate(np.where(begun, v, -np.inf))
    train_later = np.where(begun, t[min(BEGINNING, n - 1)], -np.inf)
    scatter = np.zeros((2, n))
    learned = np.zeros(n)
    least = _ROUNDING * np.maximum.accumulate(np.abs(t - t[0])) + np.finfo(np.float64).tiny
    newest_low = []
    width = 1
    while width == 1 or (LASTING + 1) * width <= n:
        means = (sums[:, width:] - sums[:, :-width]) / width
        mean_v, mean_t = means
        k = n - width + 1
        lowest = np.minimum.accumulate(mean_v)
        low = np.maximum.accumulate(np.where(mean_v <= lowest, index[:k], 0))
        rise = mean_v - lowest
        before = rise.copy()
        before[width:] = np.minimum(mean_v[width:], mean_v[:-width]) - lowest[width:]
        path = np.zeros(k)
        np.cumsum(np.abs(mean_v[1:] - mean_v[:-1]), out=path[1:])
        # Averaging twice as many values takes at most this much off the noise, whatever the few windows say.
        narrower = 1.0 if width == 1 else np.sqrt(0.5)
        scatter = np.maximum(_scatter(means, width), scatter[:, -k:] * narrower)
        scatter_v, scatter_t = scatter
        first = 1 if width == 1 else LASTING * width  # of the windows of a prefix long enough for this scale
        doubt = np.maximum(scatter_t[first:] * np.sqrt(width + 1), least[first + width - 1 :])
        learned[first + width - 1 :] = np.maximum(learned[first + width - 1 :], (t[0] - mean_t[first:]) / doubt)
        lasted = index[:k] - low
        stake = np.maximum(
            highest_later[low + width - 1] - lowest, SHARE_OF_TRAIN * (train_later[width - 1 :] - mean_t)
        )
        seen = lasted >= (LASTING_SINGLE if width == 1 else LASTING * width)
        figures = {
            "lowest": low + (width - 1) // 2,
            "window": np.full(k, width),
            "rise": rise,
            "before": before,
            "scatter": scatter_v,
            "descent": highest[low + width - 1] - lowest,
            "recovered": np.maximum.accumulate(rise)[low],
            "path": path - path[low],
            "lasted": lasted,
            "train_fall": mean_t[low] - mean_t,
            "train_descent": mean_t[0] - mean_t,
            "train_scatter": scatter_t,
            "gap": gap_at_start + mean_v - mean_t,
            "negligible": NEGLIGIBLE * stake,
        }
        columns = np.array(list(figures.values()), dtype=np.float64)
        if width == 1:
            chosen, visible = columns, seen
        else:
            chosen[:, width - 1 :] = np.where(seen, columns, chosen[:, width - 1 :])
            visible[width - 1 :] |= seen
        newest_low.append(np.concatenate([np.zeros(width - 1, dtype=np.int64), low + width - 1]))
        width *= 2
    evidence = dict(zip(figures, chosen, strict=True))
    visible[1:] &= evidence["rise"][1:] > _MORE_THAN * _smallest_step(v)
    visible &= evidence["rise"] > evidence["negligible"]
    visible &= (newest_low[0] < index) & (evidence["before"] > SHOWN_BEFORE * evidence["rise"])
    return Evidence(train_learned=learned, visible=visible, newest_low=np.stack(newest_low), **evidence)


def _scatter(means: Floats, width: int) -> Floats:
    """Noise of trailing means over `width`, float64 [..., n], from windows that do not overlap; 0 if unknown.

    Third differences, not second: the bend of a steep descent would pass for noise in a short run. The earliest are
    left out for the same reason.
    """
    noise = np.zeros(means.shape)
    if means.shape[-1] > 3 * width:
        bend = means[..., 2 * width :] - 2 * means[..., width:-width] + means[..., : -2 * width]
        noise[..., 3 * width :] = running_scale(bend[..., width:] - bend[..., :-width], EARLY) / np.sqrt(20)
    return noise


def _smallest_step(v: Floats) -> Floats:
    """Smallest change between neighbours so far that is one, float64 [n-1]; inf without any."""
    steps = np.abs(np.diff(v))
    range_so_far = np.maximum.accumulate(v) - np.minimum.accumulate(v)
    smallest: Floats = np.minimum.accumulate(np.where(steps > _ROUNDING * range_so_far[1:], steps, np.inf))
    return smallest


def features(e: Evidence) -> dict[str, Floats]:
    """What the weights apply to, float64 [n] each."""
    tiny = _tiny(e)
    rise = np.maximum(e.rise, tiny)
    descent = np.maximum(e.descent, SHARE_OF_TRAIN * e.train_descent)
    seen = np.arange(1, len(rise) + 1)
    single = e.scatter * np.sqrt(e.window)
    with np.errstate(over="ignore"):
        falls = e.train_fall / np.maximum(FALLS_SURELY * e.train_scatter, tiny)
        below = e.gap / (FAR_BELOW * rise)
    return {
        "rise_to_noise": np.log(rise / np.maximum(e.scatter * _luck(seen / e.window), tiny) + 0.1),
        "descended": np.log(descended(e) + 0.3),
        "rise_to_descent": np.log(rise / (rise + descent) + LEAST_SHARE),
        "recovered": np.minimum(e.recovered / rise, 1.0),
        "straightness": rise / np.maximum(e.path, rise),
        "duration": np.log(np.maximum(e.lasted, 1.0) / seen),
        "noise_to_descent": np.sqrt(np.minimum(single / np.maximum(descent, tiny), 1.0)),
        "shown_before": np.log(np.clip(e.before / rise, 0.0, 1.0) + 0.2),
        "scale": np.log(e.window),
        "train_low": np.clip(np.maximum(falls, below), TRAIN_HIGH, 1.0) - 1.0,
    }


def descended(e: Evidence) -> Floats:
    """Descent of validation, in what noise alone would make of the lowest of as many values; float64 [n], at most 3."""
    single = e.scatter * np.sqrt(e.window)
    by_chance = 2 * single * _luck(np.arange(1, len(single) + 1))
    ratio: Floats = np.minimum(e.descent / np.maximum(by_chance, _tiny(e)), SURELY_DESCENDED)
    return ratio


def _tiny(e: Evidence) -> Floats:
    """Changes that are rounding, float64 [n], above 0."""
    largest = np.maximum(np.maximum.accumulate(e.rise + e.descent), np.maximum.accumulate(np.abs(e.train_descent)))
    tiny: Floats = _ROUNDING * largest + np.finfo(np.float64).tiny
    return tiny


def _luck(count: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """About how many standard deviations the lowest of so many values lies below their mean by chance alone."""
    luck: Floats = np.sqrt(2 * np.log(count + 1))
    return luck


def train_rises(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train rose together with validation, bool [n]."""
    return (e.train_fall < -TRAIN_RISES * e.rise) & (e.train_fall < -TRAIN_RISES_SIGMAS * e.train_scatter)


def learned(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether train fell since the start by more than its noise, bool [n]."""
    return e.train_learned > LEARNED_SIGMAS


def odds(e: Evidence) -> tuple[Floats, Floats]:
    """Log-odds at the end of every prefix, float64 [n] each.

    Returns:
        That validation has turned for the worse, were train to allow it: -inf where no rise is visible. And that the
        model overfits: with train as it is, -inf where it rules that out or too little was seen.
    """
    weighed = {name: WEIGHTS[name] * value for name, value in features(e).items()}
    doubt = weighed.pop(ABOUT_TRAIN, 0.0)
    rising: Floats = np.sum(list(weighed.values()), axis=0) + BIAS
    rising[~e.visible | (e.rise <= 0)] = -np.inf
    overfitting: Floats = np.where(learned(e) & ~train_rises(e), rising + doubt, -np.inf)
    overfitting[: FEWEST - 1] = -np.inf
    return rising, overfitting
