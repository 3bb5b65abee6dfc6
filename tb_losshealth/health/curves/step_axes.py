"""Train and validation on one step axis, also where they count different steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Series, Steps
from tb_losshealth.health.curves.validate import finite, mean_of_segments

StepRelation: TypeAlias = Literal["same", "by_time", "by_order"]
"""How the steps of train relate to those of validation.

- `same`: both count the same steps, or nothing speaks against it.
- `by_time`: they count different steps (micro-batches and optimizer steps, batches and epochs), and the wall times show
  which train points were written before each evaluation.
- `by_order`: they count different steps, and no wall time helps: only the order of the points is left.
"""

FEWEST_TO_COMPARE = 3
"""Points of a curve below which the order of its steps shows nothing."""

HARDLY_ANY = 0.05
"""Share of a curve's points up to the other curve's end, up to which the two count different steps.

One point counts as hardly any too: an evaluation before training starts."""

SIDE_BY_SIDE = 0.5
"""Share of the sparser curve's points that points of the other one must separate in write order.

Below it, wall times show nothing: one curve was written after the other, or all at once. Curves that a training writes
reach 0.9, curves that are written one after the other stay near 0."""

LEVEL_OFF = 0.1
"""Share of the steps so far by which an evaluation's step may differ from the step that train has reached.

Accumulation k differs by 1 - 1/k: 0.2 at 1.25, 0.5 at 2. What one counter skips (half precision skips steps whose
gradients overflow) stays below 0.05."""

RATE_OFF = 0.1
"""Difference from 1 of train steps per validation step, up to which both advance alike.

Accumulation 1.25 differs by 0.25. An evaluation in another process is late by about the same number of steps each time:
the levels differ, the rate stays within 0.1 of 1."""

FAR_OFF = 0.5
"""Level from which on the rate does not matter: one curve starts where the other one ends, or later."""


def step_relation(train: Series, val: Series) -> StepRelation:
    """Decide whether train and validation count the same steps.

    Wall times decide where both curves were written side by side: on one axis, train has reached about an evaluation's
    step when that evaluation is written, however long the training pauses or the evaluation takes. Otherwise steps
    decide: they differ where hardly any point of one curve lies before the other's end.

    Args:
        train: any number of points.
        val: any number of points.
    """
    telling = _written_side_by_side(train, val)
    if telling is not None:
        return "by_time" if _counted_differently(train, val, *telling) else "same"
    return "by_order" if _ranges_apart(train, val) else "same"


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


def _written_side_by_side(train: Series, val: Series) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """How many train points were written before each evaluation, and before or with it; None if times show nothing."""
    fewest = min(len(train), len(val))
    if fewest < 2 or not (np.isfinite(val.wall_times).all() and np.isfinite(train.wall_times).all()):
        return None
    walls = np.maximum.accumulate(train.wall_times)
    upto = np.searchsorted(walls, val.wall_times, side="right")
    if np.count_nonzero(np.diff(np.sort(upto))) + 1 < max(2, SIDE_BY_SIDE * fewest):
        return None
    return np.searchsorted(walls, val.wall_times, side="left"), upto


def _counted_differently(train: Series, val: Series, before: NDArray[np.intp], upto: NDArray[np.intp]) -> bool:
    """Whether train was elsewhere than at an evaluation's step when that was written, and moved at another rate."""
    # Floats: the difference of two int64 may not be one.
    steps, evaluated = train.steps.astype(np.float64), val.steps.astype(np.float64)
    reached = steps[np.maximum(upto - 1, 0)]
    so_far = np.maximum(np.maximum(reached, evaluated) - min(steps[0], evaluated[0]), 1.0)
    if upto[-1] and abs(reached[-1] - evaluated[-1]) <= LEVEL_OFF * so_far[-1]:
        return False  # counters of different things drift apart, they do not meet at the end
    # Evaluations before train's first point or after its last one show nothing, except the first one after the last.
    during = (upto > 0) & (before < len(train))
    during[np.flatnonzero(before == len(train))[:1]] = True
    bounds = np.r_[-np.inf, steps, np.inf]
    low, high = bounds[before], bounds[upto + 1]
    outside = np.maximum(np.maximum(low - evaluated, evaluated - high), 0.0) / so_far
    levels, reached, evaluated = outside[during], reached[during], evaluated[during]
    half = len(levels) // 2
    level = float(np.median(levels[half:]))
    if level <= LEVEL_OFF or level > FAR_OFF or half == 0:
        return level > FAR_OFF
    rate = float(np.median((reached[half:] - reached[:-half]) / (evaluated[half:] - evaluated[:-half])))
    return not 1 / (1 + RATE_OFF) <= rate <= 1 + RATE_OFF


def _ranges_apart(train: Series, val: Series) -> bool:
    """Whether hardly any point of one curve lies before the other's end; the unit of the steps does not matter."""
    a, b = train.steps[finite(train.values)], val.steps[finite(val.values)]
    if min(len(a), len(b)) < FEWEST_TO_COMPARE:
        return False
    return any(hardly_any(int(np.searchsorted(x, y[-1], side="right")), len(x)) for x, y in ((a, b), (b, a)))
