"""Histories of real trainings whose truth is nearly exact; train_models.py made them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.judging.history import Floats, History

TUNING_TASKS = ("digits", "breast_cancer", "china_inpaint", "china_rotation")
REPORTING_TASKS = ("digits_parity", "digits_lower_half", "diabetes", "flower_colour", "flower_order")
EVALUATIONS_SEEN = (6, 10, 20, 40, 120)
"""How many of the 120 evaluations a detector sees, in turn."""
OVERFITS_FROM = 0.05
"""Smallest true rise over descent that counts as overfitting, as for the synthetic histories."""
HEALTHY_TO = 0.01
"""Largest true rise over descent of a healthy run; a rise between the two is left open."""
FRESH_WIDTH = 15
"""Evaluations to average where each one saw other examples."""
WANDERS = 4.0
"""A rise must also be this many times the truth's own jitter: with large steps, a model jumps about."""


def histories(split: str, path: Path | None = None) -> Iterator[History]:
    """Two histories per model of one split ("tuning", "reporting"): with a fixed and with a fresh validation set."""
    chosen = TUNING_TASKS if split == "tuning" else REPORTING_TASKS
    with np.load(path or Path(__file__).with_name("real_trainings.npz")) as data:
        columns = {name: data[name] for name in ("task", "train", "val", "fresh", "truth")}
    for i, task in enumerate(columns["task"]):
        if task in chosen:
            for j, kind in enumerate(("val", "fresh")):
                count = EVALUATIONS_SEEN[(i // 5 + 2 * j) % len(EVALUATIONS_SEEN)]
                if not np.isfinite(columns["truth"][i]).all():
                    continue
                yield _history(
                    str(task),
                    columns["train"][i].astype(float),
                    columns[kind][i].astype(float),
                    columns["truth"][i].astype(float),
                    count,
                    kind,
                )


def _history(task: str, train: Floats, val: Floats, truth: Floats, count: int, kind: str) -> History:
    n, per_evaluation = train.shape
    seen = np.unique(np.linspace(n // count - 1, n - 1, count).round().astype(int))
    smooth = smoothed(truth, 5)
    lowest, descent, rise = measured(smooth)
    effect = rise / descent if descent > 0 else np.inf
    _, own_descent, own_rise = measured(smoothed(val, 5 if kind == "val" else FRESH_WIDTH))
    wander = float(np.std(smooth - smoothed(truth, 25)))
    train_rises = _change(train[-12:], train[max(0, lowest - 6) : lowest + 6]) > 0.25 * rise
    overfits: bool | None = None
    if effect >= OVERFITS_FROM and rise > WANDERS * wander:
        overfits = not train_rises
    elif effect <= HEALTHY_TO:
        overfits = False
    low = np.flatnonzero(smooth - smooth[lowest] <= 0.005 * max(descent, rise))
    position = np.interp([low[0], low[-1], lowest], seen, np.arange(len(seen)))
    return History(
        "real",
        f"{task}/{kind}",
        overfits,
        "overfitting" if overfits else None,
        np.arange(1, n * per_evaluation + 1, dtype=np.int64),
        train.ravel(),
        ((seen + 1) * per_evaluation).astype(np.int64),
        val[seen],
        "min",
        (float(position[0]), float(position[1])) if overfits else None,
        smooth[seen],
        effect,
        float(np.std(val - truth)) / max(descent, rise),
        own_rise / own_descent if own_descent > 0 else np.inf,
    )


def measured(curve: Floats) -> tuple[int, float, float]:
    """Index of the lowest value, the descent to it and the rise since."""
    lowest = int(np.argmin(curve))
    start = curve[: max(1, len(curve) // 40)].max()
    return lowest, float(start - curve[lowest]), float(curve[-1] - curve[lowest])


def _change(late: Floats, early: Floats) -> float:
    """Difference of the means, `late` minus `early`, less two standard errors."""
    error = np.sqrt(late.var() / late.size + early.var() / early.size)
    return float(late.mean() - early.mean() - 2 * error)


def smoothed(curve: Floats, width: int) -> Floats:
    """Centred moving average: the truth is the average model of a few steps, not the accident of one batch."""
    padded = np.pad(curve, width // 2, mode="edge")
    mean: Floats = np.lib.stride_tricks.sliding_window_view(padded, width).mean(axis=1)
    return mean
