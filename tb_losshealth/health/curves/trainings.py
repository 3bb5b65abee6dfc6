"""The trainings that a train and a validation tag hold: each a pair of curves on one step axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.step_axes import axes_differ, onto_validation_steps
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.validate import finite


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """The train and validation curves of one training.

    Attributes:
        train: on the step axis of `val`.
        val: empty while the training has no evaluation.
        resumed_at: steps at which the training was resumed from a checkpoint, ascending.
        flags: what was done to the curves: "resumed", "steps_disjoint", and "non_finite" where values that are not
            finite were left out of means.
    """

    train: Series
    val: Series
    resumed_at: tuple[int, ...]
    flags: tuple[str, ...]


def match_trainings(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[Training]:
    """Match the sessions of two tags by when they were written, oldest training first.

    A validation session belongs to the train session during which most of it was written. Where train starts anew
    and validation's first step is later than before, its steps look like a resume: such a session is cut where train
    started. Where train starts again about as often as validation is evaluated, its step merely counts the batches
    of an epoch: that is one training.

    Args:
        train: sessions of the train tag, oldest first; not empty.
        val: sessions of the validation tag, oldest first.
    """
    if _restarts_within_epochs(train, val):
        merged = onto_validation_steps([session.series for session in train], val[0].series)
        flags = ("steps_disjoint", *_lost((*train, val[0]), merged))
        return [Training(merged, val[0].series, val[0].resumed_at, flags)]
    return [_training(t, v) for t, v in zip(train, _partners(train, val), strict=True)]


def _training(train: TagTraining, val: TagTraining | None) -> Training:
    evaluations = val.series if val else _EMPTY
    resumed_at = tuple(sorted({*train.resumed_at, *(val.resumed_at if val else ())}))
    flags = ("resumed",) if resumed_at else ()
    sessions = (train, val) if val else (train,)
    if axes_differ(train.series, evaluations):
        merged = onto_validation_steps([train.series], evaluations)
        return Training(merged, evaluations, resumed_at, (*flags, "steps_disjoint", *_lost(sessions, merged)))
    return Training(train.series, evaluations, resumed_at, (*flags, *_lost(sessions)))


def _lost(sessions: Iterable[TagTraining], merged: Series | None = None) -> tuple[str, ...]:
    """The flag that says so where means leave out values, of a session or in merging its train points."""
    lost = any(len(session.incomplete_at) for session in sessions)
    lost = lost or (merged is not None and not all(finite(session.series.values).all() for session in sessions))
    return ("non_finite",) if lost else ()


def _partners(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[TagTraining | None]:
    """The validation session of each train session; the latest where one was evaluated anew from its first step."""
    if len(train) == 1:
        return [val[-1] if val else None]
    starts = _starts(train)
    walls_known = all(np.isfinite(session.series.wall_times).all() for session in val)
    if not (walls_known and (np.diff(starts) > 0).all()):
        return _from_the_end(train, val)
    partners: list[TagTraining | None] = [None] * len(train)
    for session in val:
        during = np.maximum(np.searchsorted(starts, session.series.wall_times, side="right") - 1, 0)
        if session.resumed_at:
            for index in np.unique(during).tolist():
                partners[index] = _part(session, during == index)
        else:
            partners[int(during[len(during) // 2])] = session
    return partners


def _part(session: TagTraining, chosen: NDArray[np.bool_]) -> TagTraining:
    series = session.series
    part = Series(series.steps[chosen], series.values[chosen], series.wall_times[chosen])
    resumed_at = tuple(step for step in session.resumed_at if part.steps[0] < step <= part.steps[-1])
    incomplete_at = session.incomplete_at[np.isin(session.incomplete_at, part.steps)]
    return replace(session, series=part, resumed_at=resumed_at, incomplete_at=incomplete_at)


def _from_the_end(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> list[TagTraining | None]:
    return [None] * max(len(train) - len(val), 0) + list(val[-len(train) :])


def _restarts_within_epochs(train: Sequence[TagTraining], val: Sequence[TagTraining]) -> bool:
    if len(train) < 2 or len(val) != 1 or len(val[0].series) < 2:
        return False
    walls, starts = val[0].series.wall_times, _starts(train[1:])
    inside = (starts > walls.min()) & (starts < walls.max())
    return bool(inside.mean() >= 0.5) and len(starts) >= len(walls) // 2


def _starts(sessions: Sequence[TagTraining]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([session.series.wall_times[0] for session in sessions], dtype=np.float64)


_EMPTY = Series(np.empty(0, np.int64), np.empty(0), np.empty(0))
