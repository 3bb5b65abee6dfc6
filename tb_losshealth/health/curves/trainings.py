"""The trainings that a train and a validation tag hold: each a pair of curves on one step axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import EMPTY_SERIES, Floats, Series
from tb_losshealth.health.curves.step_axes import align_by_time, step_relation
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.validate import finite
from tb_losshealth.health.labels import Flag


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """The train and validation curves of one training.

    Attributes:
        train: on the step axis of `val`, except where only the order of the points is left to match them by.
        val: empty while the training has no evaluation.
        resumed_at: steps at which the training was resumed from a checkpoint, ascending.
        flags: what was done to the curves: RESUMED, STEPS_DISJOINT where train was put on validation's step axis
            by time, and NON_FINITE where means leave out values that are not finite.
    """

    train: Series
    val: Series
    resumed_at: tuple[int, ...]
    flags: tuple[Flag, ...]


def match_trainings(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[Training]:
    """Match the trainings of two tags by when they were written, oldest first.

    A training of the validation tag belongs to the one of the train tag during which most of it was written. Where
    train starts anew and validation's first step is later than before, validation's steps look like a resume: such a
    training is cut where train started. Where train starts again about as often as validation is evaluated, train
    counts the batches of each epoch: that is one training.

    Args:
        train: trainings of the train tag, oldest first; not empty.
        val: trainings of the validation tag, oldest first.
    """
    if _restarts_within_epochs(train, val):
        merged = align_by_time([training.series for training in train], val[0].series)
        flags = (Flag.STEPS_DISJOINT, *_lost((*train, val[0]), merged))
        return [Training(merged, val[0].series, val[0].resumed_at, flags)]
    return [_training(t, v) for t, v in zip(train, _partners(train, val), strict=True)]


def _training(train: TagTraining, val: TagTraining | None) -> Training:
    evaluations = val.series if val else EMPTY_SERIES
    resumed_at = tuple(sorted({*train.resumed_at, *(val.resumed_at if val else ())}))
    flags = (Flag.RESUMED,) if resumed_at else ()
    tags = (train, val) if val else (train,)
    if step_relation(train.series, evaluations) == "by_time":
        merged = align_by_time([train.series], evaluations)
        return Training(merged, evaluations, resumed_at, (*flags, Flag.STEPS_DISJOINT, *_lost(tags, merged)))
    return Training(train.series, evaluations, resumed_at, (*flags, *_lost(tags)))


def _lost(tags: Iterable[TagTraining], merged: Series | None = None) -> tuple[Flag, ...]:
    """The flag for means that leave out values: means at one step of a tag, or means of train points merged by time."""
    lost = any(len(training.incomplete_at) for training in tags)
    lost = lost or (merged is not None and not all(finite(training.series.values).all() for training in tags))
    return (Flag.NON_FINITE,) if lost else ()


def _partners(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[TagTraining | None]:
    """Validation's part of each train training; the latest where one was evaluated anew from its first step."""
    if len(train) == 1:
        return [val[-1] if val else None]
    starts = _starts(train)
    walls_known = all(np.isfinite(training.series.wall_times).all() for training in val)
    if not (walls_known and (np.diff(starts) > 0).all()):
        return _from_the_end(train, val)
    partners: list[TagTraining | None] = [None] * len(train)
    for training in val:
        during = np.maximum(np.searchsorted(starts, training.series.wall_times, side="right") - 1, 0)
        if training.resumed_at:
            for index in np.unique(during).tolist():
                partners[index] = _part(training, during == index)
        else:
            partners[int(during[len(during) // 2])] = training
    return partners


def _part(training: TagTraining, chosen: NDArray[np.bool_]) -> TagTraining:
    part = training.series.take(chosen)
    resumed_at = tuple(step for step in training.resumed_at if part.steps[0] < step <= part.steps[-1])
    incomplete_at = training.incomplete_at[np.isin(training.incomplete_at, part.steps)]
    return replace(training, series=part, resumed_at=resumed_at, incomplete_at=incomplete_at)


def _from_the_end(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[TagTraining | None]:
    return [None] * max(len(train) - len(val), 0) + list(val[-len(train) :])


def _restarts_within_epochs(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> bool:
    if len(train) < 2 or len(val) != 1 or len(val[0].series) < 2:
        return False
    walls, starts = val[0].series.wall_times, _starts(train[1:])
    inside = (starts > walls.min()) & (starts < walls.max())
    return bool(inside.mean() >= 0.5) and len(starts) >= len(walls) // 2


def _starts(trainings: Sequence[TagTraining]) -> Floats:
    return np.array([training.series.wall_times[0] for training in trainings], dtype=np.float64)
