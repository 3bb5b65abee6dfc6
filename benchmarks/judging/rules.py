"""The rules in use today, each implemented from its definition and applied to every prefix of a history.

A rule maps validation v and train t (float64 [n], lower is better, at the same evaluations) to bool [n]: whether it
fires at each evaluation. The last entry is its answer for the whole run; any other one is a live alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging.history import Floats

Bools = NDArray[np.bool_]
Rule = Callable[[Floats, Floats], Bools]

STRIP = 5
"""Prechelt's strip length k."""


def early_stopping(v: Floats, t: Floats, patience: int, min_delta: float = 0.0) -> Bools:
    """No improvement by more than `min_delta` in `patience` checks in a row (Keras, Lightning, fastai, ignite, HF)."""
    best, waited = np.inf, 0
    fires = np.zeros(len(v), dtype=bool)
    for i, value in enumerate(v.tolist()):
        if value < best - min_delta:
            best, waited = value, 0
        else:
            waited += 1
        fires[i] = waited >= patience
    return fires


def generalization_loss(v: Floats, t: Floats, alpha: float) -> Bools:
    """Prechelt's GL: 100 (v / running minimum - 1) > alpha. It is undefined for a minimum that is not positive."""
    lowest = np.minimum.accumulate(v)
    fires: Bools = (lowest > 0) & (v - lowest > alpha / 100 * lowest)
    return fires


def progress_quotient(v: Floats, t: Floats, alpha: float) -> Bools:
    """Prechelt's PQ: GL / P_k > alpha at the end of a strip, P_k = 1000 (mean(strip of t) / min(strip of t) - 1)."""
    fires = np.zeros(len(v), dtype=bool)
    lowest = np.minimum.accumulate(v)
    for i in range(STRIP - 1, len(v), STRIP):
        strip = t[i - STRIP + 1 : i + 1]
        if lowest[i] > 0 and strip.min() > 0:
            loss = 100 * (v[i] / lowest[i] - 1)
            fires[i] = loss > alpha * 1000 * (strip.mean() / strip.min() - 1)
    return _held(fires, STRIP)


def up(v: Floats, t: Floats, strips: int) -> Bools:
    """Prechelt's UP: v rose from one strip end to the next in `strips` successive strips."""
    fires = np.zeros(len(v), dtype=bool)
    ends = np.arange(STRIP - 1, len(v), STRIP)
    rose = np.concatenate([[False], v[ends][1:] > v[ends][:-1]])
    for k in range(strips, len(ends)):
        fires[ends[k]] = rose[k - strips + 1 : k + 1].all()
    return _held(fires, STRIP)


def _held(fires: Bools, length: int) -> Bools:
    """Repeat the answer of a strip until the next strip ends."""
    at = np.arange(len(fires))
    last_end = (at + 1) // length * length - 1
    return np.where(last_end >= 0, fires[np.maximum(last_end, 0)], False)


def sagemaker_overfit(v: Floats, t: Floats, threshold: float = 0.1) -> Bools:
    """SageMaker Debugger's Overfit: (mean v - mean t) / mean t > 0.1, patience 1."""
    fires: Bools = (t > 0) & (v - t > threshold * t)
    return fires


def sagemaker_overtraining(
    v: Floats, t: Floats, patience_train: int = 5, patience_validation: int = 10, delta: float = 0.01
) -> Bools:
    """SageMaker Debugger's Overtraining: neither loss improved by `delta` within its patience."""
    return early_stopping(v, t, patience_validation, delta) & early_stopping(t, v, patience_train, delta)


def increase_to_decrease(v: Floats, t: Floats, threshold: float = 0.01) -> Bools:
    """CatBoost's IncToDec: exp(-0.5 drop / expected increase) < threshold.

    The expected increase is the largest gain so far: the maximum over i1 <= i2 <= i of
    0.99^(i - i1) (score[i2] - score[i1]). The drop is measured from the best score to the present one.
    """
    fires = np.zeros(len(v), dtype=bool)
    gains = np.zeros(len(v))  # best gain from i1 on, undecayed
    lowest = np.minimum.accumulate(v)
    for i in range(len(v)):
        gains[: i + 1] = np.maximum(gains[: i + 1], v[: i + 1] - v[i])
        expected = float(np.max(gains[: i + 1] * 0.99 ** (i - np.arange(i + 1))))
        drop = v[i] - lowest[i]
        fires[i] = drop > 0 and (expected <= 0 or np.exp(-0.5 * drop / expected) < threshold)
    return fires


def umlaut(v: Floats, t: Floats) -> Bools:
    """UMLAUT: in any epoch so far, v rose and t did not."""
    epochs = np.concatenate([[False], (np.diff(v) > 0) & (np.diff(t) <= 0)])
    return np.logical_or.accumulate(epochs)


def losslint(v: Floats, t: Floats, rises: int = 3, gain: float = 0.01) -> Bools:
    """Losslint 0.4: v rose three times in a row up to now, and t improved by at least 1 % meanwhile."""
    fires = np.zeros(len(v), dtype=bool)
    for i in range(rises, len(v)):
        fires[i] = (np.diff(v[i - rises : i + 1]) > 0).all() and t[i - rises] - t[i] >= gain * abs(t[i - rises])
    return fires


def trainproof(v: Floats, t: Floats) -> Bools:
    """Trainproof 0.18: 3 evaluations after the minimum; median of the last 3 > 1.2 minima; t below its value there."""
    fires = np.zeros(len(v), dtype=bool)
    for i in range(3, len(v)):
        low = int(np.argmin(v[: i + 1]))
        fires[i] = i - low >= 3 and np.median(v[i - 2 : i + 1]) > 1.2 * v[low] and t[i] < t[low]
    return fires


def sk_autod(v: Floats, t: Floats, weight: float = 0.3, points: int = 3) -> Bools:
    """sk-autod: of exponential moving averages (0.3), over the last three points, t fell and v rose."""

    def smooth(x: Floats) -> Floats:
        out = x.copy()
        for i in range(1, len(x)):
            out[i] = weight * x[i] + (1 - weight) * out[i - 1]
        return np.asarray(out, dtype=np.float64)

    mean_v, mean_t = smooth(v), smooth(t)
    fires = np.zeros(len(v), dtype=bool)
    span = points - 1
    fires[span:] = (mean_v[span:] > mean_v[:-span]) & (mean_t[span:] < mean_t[:-span])
    return fires


def final_rise(v: Floats, t: Floats, share: float) -> Bools:
    """The mean of the last five exceeds the minimum by a share of its magnitude."""
    lowest = np.minimum.accumulate(v)
    total = np.concatenate([[0.0], np.cumsum(v)])
    at = np.arange(len(v))
    first = np.maximum(at - 4, 0)
    mean = (total[at + 1] - total[first]) / (at + 1 - first)
    fires: Bools = mean - lowest > share * np.abs(lowest)
    return fires


RULES: dict[str, Rule] = {
    **{f"EarlyStopping patience {p}": partial(early_stopping, patience=p) for p in (3, 5, 10, 20)},
    **{f"Prechelt GL {a}": partial(generalization_loss, alpha=a) for a in (1, 2, 5, 10)},
    **{f"Prechelt PQ {a}": partial(progress_quotient, alpha=a) for a in (0.5, 1, 3)},
    **{f"Prechelt UP {s}": partial(up, strips=s) for s in (2, 3, 4, 6, 8)},
    "SageMaker Overfit": sagemaker_overfit,
    "SageMaker Overtraining": sagemaker_overtraining,
    "CatBoost IncToDec": increase_to_decrease,
    "UMLAUT": umlaut,
    "losslint 0.4": losslint,
    "trainproof 0.18": trainproof,
    "sk-autod": sk_autod,
    **{f"final rise {s:.0%}": partial(final_rise, share=s) for s in (0.05, 0.1, 0.2)},
}
