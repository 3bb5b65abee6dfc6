"""Train and validation on one step axis, also where they count different steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Series, Steps
from tb_losshealth.health.curves.validate import finite, mean_of_segments

StepRelation: TypeAlias = Literal["same", "by_time", "by_order"]
"""How the steps of train relate to those of validation.

- `same`: both count the same steps, or nothing contradicts it.
- `by_time`: they count different steps (micro-batches and optimizer steps, batches and epochs), and wall times show
  which train points were written before each evaluation.
- `by_order`: they count different steps, and wall times do not help: only the order of the points is left.
"""

FEWEST_TO_COMPARE = 3
"""Points that each curve needs before the order of steps is evidence."""

HARDLY_ANY = 0.05
"""Largest share of a curve's points up to the other curve's end at which the two count different steps.

A single point is hardly any too: many trainings evaluate once before they start."""

SIDE_BY_SIDE = 0.5
"""Least share of the sparser curve's points that points of the other curve separate in write order.

With less, wall times are no evidence: one curve was written after the other, or all points at once. Of 185 real pairs,
135 have a share of 0.67 or more and 50 a share of 0.1 or less."""

LEVEL_OFF = 0.1
"""Share of the steps so far by which an evaluation's step may differ from the step that train has reached.

Gradient accumulation over k batches makes it 1 - 1/k: 0.2 at 1.25, 0.5 at 2. In 129 real pairs on one axis, train's
nearest points always enclose the evaluation's step, so that it is 0."""


def step_relation(train: Series, val: Series) -> StepRelation:
    """Decide whether train and validation count the same steps.

    Where both curves were written side by side, wall times decide. On one axis, train has reached about the step of an
    evaluation when that evaluation is written, however long the training pauses or the evaluation takes. Elsewhere the
    steps alone decide: they differ if hardly any point of one curve lies before the other's end.

    Args:
        train: n points.
        val: m evaluations.
    """
    written = _written_before(train, val)
    if written is not None:
        return "by_time" if _differ_by_time(train, val, *written) else "same"
    return "by_order" if _differ_by_order(train, val) else "same"


def hardly_any(count: int, of: int) -> bool:
    """Whether `count` of `of` points are too few for the steps of two curves to compare."""
    return count <= max(1, HARDLY_ANY * of)


def align_by_time(train: Sequence[Series], val: Series) -> Series:
    """Put train points on validation's step axis by wall time.

    The points written after one evaluation and up to the next one become the mean of the finite ones at that next
    evaluation's step; those written after the last evaluation stand one typical interval behind it.

    Args:
        train: one or more stretches of the train curve, oldest first, wall times finite.
        val: at least two points, wall times finite.

    Returns:
        A series whose steps are on validation's axis.
    """
    walls = np.concatenate([series.wall_times for series in train])
    values = np.concatenate([series.values for series in train])
    order = np.argsort(walls, kind="stable")
    walls, values = walls[order], values[order]
    after_last = val.steps[-1] + max(int(np.median(np.diff(val.steps))), 1)
    axis = np.append(val.steps, after_last)
    steps = axis[np.searchsorted(np.maximum.accumulate(val.wall_times), walls, side="left")]
    unique, first = np.unique(steps, return_index=True)
    return Series(
        steps=unique,
        values=mean_of_segments(values, first)[0],
        wall_times=np.maximum.reduceat(walls, first),
    )


def align_by_order(train: Series, val: Steps) -> Series:
    """Put train points on validation's step axis by position: the first at its start, the last at its end.

    Args:
        train: n points.
        val: steps of validation, at least one.

    Returns:
        A series of n points; steps may repeat.
    """
    at = np.arange(1, len(train) + 1) * (len(val) / len(train))
    index = np.minimum(np.ceil(at - 1e-9).astype(np.int64) - 1, len(val) - 1)
    return Series(val[index], train.values, train.wall_times)


def _written_before(train: Series, val: Series) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Count the train points written before each evaluation, int [m], and those before or at the same instant, int [m].

    None if wall times are no evidence.
    """
    fewest = min(len(train), len(val))
    if fewest < 2 or not (np.isfinite(val.wall_times).all() and np.isfinite(train.wall_times).all()):
        return None
    walls = np.maximum.accumulate(train.wall_times)
    upto = np.searchsorted(walls, val.wall_times, side="right")
    if np.count_nonzero(np.diff(np.sort(upto))) + 1 < max(2, SIDE_BY_SIDE * fewest):
        return None
    return np.searchsorted(walls, val.wall_times, side="left"), upto


def _differ_by_time(train: Series, val: Series, before: NDArray[np.intp], upto: NDArray[np.intp]) -> bool:
    """Whether train was at another step when an evaluation was written, and advanced at another rate."""
    last = len(train) - 1
    first = float(min(train.steps[0], val.steps[0]))
    # Floats: the difference of two int64 may not be one.
    evaluated, reached = val.steps.astype(np.float64), train.steps[np.maximum(upto - 1, 0)].astype(np.float64)
    so_far = np.maximum(np.maximum(reached, evaluated) - first, 1.0)
    if upto[-1] and abs(reached[-1] - evaluated[-1]) <= LEVEL_OFF * so_far[-1]:
        return False  # counters of different things drift apart and do not meet at the end
    # Evaluations before train's first point or after its last are no evidence, except the first one after the last.
    during = (upto > 0) & (before <= last)
    during[np.flatnonzero(before > last)[:1]] = True
    low = np.where(before > 0, train.steps[np.maximum(before - 1, 0)], -np.inf)
    high = np.where(upto <= last, train.steps[np.minimum(upto, last)], np.inf)
    outside = np.maximum(np.maximum(low - evaluated, evaluated - high), 0.0) / so_far
    levels, reached, evaluated = outside[during], reached[during], evaluated[during]
    half = len(levels) // 2
    if np.median(levels[half:]) <= LEVEL_OFF:
        return False
    if train.steps[0] > val.steps[-1] or val.steps[0] > train.steps[-1]:
        return True  # the steps do not even meet
    if half == 0:
        return False
    # Counters of different things keep their ratio, and so does their growth. An evaluation in another process is about
    # equally late each time: the growth has a ratio of 1. The geometric mean of both divides them.
    ratio = float(np.median(reached[half:] / np.maximum(evaluated[half:], 1.0)))
    growth = float(np.median((reached[half:] - reached[:-half]) / (evaluated[half:] - evaluated[:-half])))
    between = math.sqrt(max(ratio, 0.0))
    return growth > between if ratio > 1 else growth < between


def _differ_by_order(train: Series, val: Series) -> bool:
    """Whether hardly any point of one curve lies before the other's end; the unit of the steps does not matter."""
    a, b = train.steps[finite(train.values)], val.steps[finite(val.values)]
    if min(len(a), len(b)) < FEWEST_TO_COMPARE:
        return False
    return any(hardly_any(int(np.searchsorted(x, y[-1], side="right")), len(x)) for x, y in ((a, b), (b, a)))
