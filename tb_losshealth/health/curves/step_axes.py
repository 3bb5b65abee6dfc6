"""Train and validation on one step axis, also where they were logged against different ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_losshealth.health.curves.series import Series, Steps
from tb_losshealth.health.curves.validate import mean_of_segments

# Ranges of steps that meet and are about as long are one axis, however a pause of the training distorts wall times.
MAX_RATIO = 3.0
# On one axis, train passed an evaluation's step about when that evaluation was written. The median evaluation may
# be off by this share of the whole time before the axes are called different; batch against epoch is off by half.
MAX_DISAGREEMENT = 0.25
# Both curves must have been written side by side for their wall times to say anything.
MIN_OVERLAP = 0.5


def axes_differ(train: Series, val: Series) -> bool:
    """Whether the two count different things (batches against epochs), judged by when the points were written.

    True only if their steps cover other ranges, both were written over the same stretch of wall time, and train
    passed validation's steps at quite other times than validation was evaluated there. False where wall times
    cannot tell.
    """
    if (
        _ranges_agree(train.steps, val.steps)
        or len(train) < 2
        or len(val) < 2
        or _wall_overlap(train, val) < MIN_OVERLAP
    ):
        return False
    walls = np.concatenate([train.wall_times, val.wall_times])
    passed = np.interp(val.steps, train.steps, train.wall_times)
    disagreement = float(np.median(np.abs(passed - val.wall_times)))
    return disagreement > MAX_DISAGREEMENT * float(walls.max() - walls.min())


def onto_validation_steps(train: Sequence[Series], val: Series) -> Series:
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


def _ranges_agree(train: Steps, val: Steps) -> bool:
    if not len(train) or not len(val):
        return True
    # As Python's integers: the difference of two int64 may not be one.
    first, last = max(int(train[0]), int(val[0])), min(int(train[-1]), int(val[-1]))
    lengths = sorted(max(int(steps[-1]) - int(steps[0]), 1) for steps in (train, val))
    return first <= last and lengths[1] <= MAX_RATIO * lengths[0]


def _wall_overlap(train: Series, val: Series) -> float:
    """Length of the common stretch of wall time over that of the shorter curve; 0 where unknown."""
    walls = (train.wall_times, val.wall_times)
    if not all(np.isfinite(times).all() for times in walls):
        return 0.0
    spans = [(float(times.min()), float(times.max())) for times in walls]
    shorter = min(high - low for low, high in spans)
    common = min(high for _, high in spans) - max(low for low, _ in spans)
    return common / shorter if shorter > 0 else 0.0
