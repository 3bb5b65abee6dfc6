"""Scores from outcomes and truths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.judging.detectors import Outcome
from benchmarks.judging.history import Floats, History


@dataclass(frozen=True)
class Scores:
    """Scores of one detector on one set; NaN where there is nothing to measure.

    Attributes:
        count: number of histories with a settled truth.
        f1: F1 of "overfits".
        macro_f1: mean of that F1 and the F1 of "does not overfit".
        macro_f1_range: its 95 % bootstrap interval.
        onset_error: median |onset - truth| in % of the run, over detected overfitting.
        onset_error_p90: 90th percentile of the same.
        regret: mean of (g(k) - g(tau)) / (g(0) - g(tau)) of the kept checkpoint, in %, over overfitting runs.
        regret_median: median of the same.
        coverage: share of 95 % intervals that contain the truth, in %.
        width: median width of the interval in % of the run.
        delay: median time from the true turn to the live alarm, in % of the run.
        detected: share of overfitting runs whose live alarm went off after the turn, in %.
        false_live: share of runs with a false live alarm, in %: in a run that never overfits, or before the turn.
    """

    count: int
    f1: float
    macro_f1: float
    macro_f1_range: tuple[float, float]
    onset_error: float
    onset_error_p90: float
    regret: float
    regret_median: float
    coverage: float
    width: float
    delay: float
    detected: float
    false_live: float


def score(histories: Sequence[History], outcomes: Sequence[Outcome], revoked: Sequence[str]) -> Scores:
    """Score a detector.

    In the families in `revoked`, validation truly rises for a while, so a live alarm is neither right nor wrong there.
    """
    pairs = [(h, o) for h, o in zip(histories, outcomes, strict=True) if h.overfits is not None]
    truth = np.array([bool(h.overfits) for h, _ in pairs])
    predicted = np.array([o.overfits for _, o in pairs])
    positives = [(h, o) for h, o in pairs if h.overfits]
    found = [(h, o) for h, o in positives if o.onset is not None and h.onset is not None]
    errors = np.array([100 * onset_error(h, o.onset) / len(h.steps) for h, o in found if o.onset is not None])
    ranges = [(h, o.low, o.high) for h, o in found if o.low is not None and o.high is not None]
    regrets = np.array([100 * regret(h, o.checkpoint) for h, o in positives if h.clean is not None])
    early, delays = 0, []
    for h, o in positives:
        if o.alarm is not None and h.onset is not None:
            if o.alarm < h.onset[0] - 0.5:
                early += 1
            else:
                delays.append(100 * max(o.alarm - h.onset[1], 0) / len(h.steps))
    calm = [o.alarm is not None for h, o in pairs if not h.overfits and h.family not in revoked]
    return Scores(
        count=len(pairs),
        f1=f1(truth, predicted),
        macro_f1=macro_f1(truth, predicted),
        macro_f1_range=macro_f1_range(truth, predicted),
        onset_error=_quantile(errors, 0.5),
        onset_error_p90=_quantile(errors, 0.9),
        regret=float(regrets[np.isfinite(regrets)].mean()) if np.isfinite(regrets).any() else np.nan,
        regret_median=_quantile(regrets, 0.5),
        coverage=100 * float(np.mean([covers(h, low, high) for h, low, high in ranges])) if ranges else np.nan,
        width=_quantile(np.array([100 * (high - low) / len(h.steps) for h, low, high in ranges]), 0.5),
        delay=_quantile(np.array(delays), 0.5),
        detected=100 * len(delays) / max(len(positives), 1),
        false_live=100 * (sum(calm) + early) / max(len(calm) + len(positives), 1),
    )


def macro_f1(
    truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], predicted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> float:
    """Mean of the F1 of "overfits" and the F1 of "does not overfit"."""
    return (f1(truth, predicted) + f1(~truth, ~predicted)) / 2


def macro_f1_range(
    truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], predicted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[float, float]:
    """95 % bootstrap interval of `macro_f1`: over other draws of the same number of histories."""
    cells = np.array(
        [np.sum(truth & predicted), np.sum(truth & ~predicted), np.sum(~truth & predicted), np.sum(~truth & ~predicted)]
    )
    if not cells.sum():
        return np.nan, np.nan
    hits, missed, false, calm = np.random.default_rng(0).multinomial(cells.sum(), cells / cells.sum(), 4000).T
    draws = hits / np.maximum(2 * hits + missed + false, 1) + calm / np.maximum(2 * calm + missed + false, 1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def f1(
    truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], predicted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> float:
    """Harmonic mean of precision and recall."""
    hits = int(np.sum(truth & predicted))
    return 2 * hits / max(int(truth.sum()) + int(predicted.sum()), 1)


def onset_error(history: History, onset: int) -> float:
    """Distance in evaluations between a marked onset and the range in which validation truly turns."""
    if history.onset is None:
        return np.nan
    return max(history.onset[0] - onset, onset - history.onset[1], 0.0)


def covers(history: History, low: int, high: int) -> bool:
    """Whether an interval overlaps the range in which validation truly turns."""
    return history.onset is not None and low <= history.onset[1] + 0.5 and high >= history.onset[0] - 0.5


def regret(history: History, kept: int) -> float:
    """Loss of the kept checkpoint above the best one, over what training had gained; both without noise."""
    if history.clean is None:
        return np.nan
    g = -history.clean if history.mode == "max" else history.clean
    gained = float(g[: max(1, len(g) // 50)].max() - g.min())
    return float(g[kept] - g.min()) / gained if gained > 0 else np.nan


def _quantile(values: Floats, q: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, q)) if len(values) else np.nan
