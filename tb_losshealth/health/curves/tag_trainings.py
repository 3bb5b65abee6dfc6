"""What was written under one tag, in write order -> the trainings it holds.

A folder outlives a training: it is resumed from a checkpoint, started again from scratch, purged. The rules:

* A step below its predecessor but above the training's first is a resume: what the training holds at or after that
  step was never part of the resumed training and is dropped.
* A step at or below the training's first starts a new training in the same folder.
* Values written in a row under one step (batches logged under an epoch number) become the mean of the finite ones.
* A purge (SessionLog.START) drops everything written before it at or after its step, in every training.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tb_losshealth.health.curves.series import Floats, Series, Steps
from tb_losshealth.health.curves.validate import mean_of_segments


class Purge(NamedTuple):
    """Rows before `row` (an index in write order) whose step is at least `step` are void."""

    row: int
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class TagTraining:
    """One training, from its first logged step to its last.

    Attributes:
        series: the curve; steps strictly increasing.
        resumed_at: steps at which the training went on after an interruption, in write order.
        averaged: whether some point is the mean of several values written under one step.
        incomplete_at: int64, the steps whose mean leaves out values that are not finite.
    """

    series: Series
    resumed_at: tuple[int, ...] = ()
    averaged: bool = False
    incomplete_at: Steps = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def split_trainings(
    steps: ArrayLike,
    values: ArrayLike,
    wall_times: ArrayLike,
    purges: Iterable[tuple[int, int]] = (),
    writers: Iterable[int] = (),
) -> list[TagTraining]:
    """Split the rows of one tag into trainings.

    Args:
        steps: int64 [n], in write order.
        values: float64 [n].
        wall_times: float64 [n], seconds since the epoch.
        purges: pairs of (row, step), see `Purge`.
        writers: rows before which a new writer (an event file, after the first) begins. What it writes under the step
            at which the last one ended replaces that value; the two are not averaged.

    Returns:
        Trainings, oldest first, none empty. Arrays are views of the arguments where nothing had to be changed.
    """
    step_column = np.asarray(steps, dtype=np.int64)
    value_column = np.asarray(values, dtype=np.float64)
    wall_column = np.asarray(wall_times, dtype=np.float64)
    if not len(step_column):
        return []
    cuts = sorted((min(max(row, 0), len(step_column)), step) for row, step in purges)
    cuts = [cut for cut in cuts if cut[0] > 0]
    if not cuts and bool((step_column[1:] > step_column[:-1]).all()):
        return [TagTraining(Series(step_column, value_column, wall_column))]
    points = _average_repeats(step_column, value_column, wall_column, [*writers, *(row for row, _ in cuts)])
    return _split(points, cuts)


@dataclass(frozen=True, slots=True)
class _Points:
    """Rows after averaging; `rows` is the index of the first row behind each point."""

    steps: Steps
    values: Floats
    wall_times: Floats
    rows: Steps
    repeated: np.ndarray[tuple[int], np.dtype[np.bool_]]
    incomplete: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _average_repeats(steps: Steps, values: Floats, wall_times: Floats, boundaries: Sequence[int]) -> _Points:
    starts_here = np.empty(len(steps), dtype=bool)
    starts_here[0] = True
    np.not_equal(steps[1:], steps[:-1], out=starts_here[1:])
    starts_here[[row for row in boundaries if row < len(steps)]] = True
    starts = np.flatnonzero(starts_here)
    counts = np.diff(starts, append=len(steps))
    repeated = counts > 1
    if repeated.any():
        means, left_out = mean_of_segments(values, starts)
        incomplete = left_out > 0
    else:
        means, incomplete = values[starts], repeated
    return _Points(steps[starts], means, wall_times[starts + counts - 1], starts, repeated, incomplete)


def _split(points: _Points, cuts: Sequence[tuple[int, int]]) -> list[TagTraining]:
    """Replay the points as a stack of slices, a slice being a stretch of increasing steps."""
    steps = points.steps
    breaks = np.flatnonzero(steps[1:] <= steps[:-1]) + 1
    cut_points = np.searchsorted(points.rows, [row for row, _ in cuts])
    bounds = np.unique(np.concatenate([[0], breaks, cut_points, [len(steps)]])).tolist()
    purge_at: dict[int, int] = {}
    for position, (_, step) in zip(cut_points.tolist(), cuts, strict=True):
        purge_at[position] = min(step, purge_at.get(position, step))

    finished: list[_Stack] = []
    current = _Stack(steps)
    for start, stop in pairwise(bounds):
        if start in purge_at:
            for stack in (*finished, current):
                stack.drop_from(purge_at[start])
        first = int(steps[start])
        if current.slices and first <= current.first_step:
            finished.append(current)
            current = _Stack(steps)
        current.push(start, stop)
    if len(steps) in purge_at:
        for stack in (*finished, current):
            stack.drop_from(purge_at[len(steps)])
    return [stack.training(points) for stack in (*finished, current) if stack.slices]


class _Stack:
    """The slices of `points` that make up one training so far."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.slices: list[tuple[int, int]] = []
        self._resumed_at: list[int] = []

    @property
    def first_step(self) -> int:
        return int(self._steps[self.slices[0][0]])

    def drop_from(self, step: int) -> None:
        """Drop what is at or after `step`."""
        while self._resumed_at and self._resumed_at[-1] >= step:
            self._resumed_at.pop()
        while self.slices:
            start, stop = self.slices[-1]
            kept = start + int(np.searchsorted(self._steps[start:stop], step))
            if kept > start:
                self.slices[-1] = (start, kept)
                return
            self.slices.pop()

    def push(self, start: int, stop: int) -> None:
        """Add points whose steps increase, dropping what they supersede."""
        if self.slices:
            first = int(self._steps[start])
            self.drop_from(first)
            self._resumed_at.append(first)
        self.slices.append((start, stop))

    def training(self, points: _Points) -> TagTraining:
        rows = np.concatenate([np.arange(start, stop) for start, stop in self.slices])
        series = Series(points.steps[rows], points.values[rows], points.wall_times[rows])
        incomplete_at = series.steps[points.incomplete[rows]]
        return TagTraining(series, tuple(self._resumed_at), bool(points.repeated[rows].any()), incomplete_at)
