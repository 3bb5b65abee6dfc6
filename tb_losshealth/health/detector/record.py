"""What is kept of a training: the two curves in at most 512 blocks, and single numbers about all of it.

`diagnose` makes a record from whole curves, `LossMonitor` keeps one up to date. The detector sees nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.alignment import in_one_unit, train_at_evaluations
from tb_losshealth.health.curves.nonfinite_tail import NonFiniteTail, train_is_broken, val_is_broken
from tb_losshealth.health.curves.series import Floats, Series, Steps
from tb_losshealth.health.curves.step_axes import StepRelation, align_by_order, align_by_time, step_relation
from tb_losshealth.health.curves.validate import finite
from tb_losshealth.health.detector.downsampling import MAX_BLOCKS, downsample_last, downsample_mean, level_for
from tb_losshealth.health.detector.evidence import Evidence, gather_evidence
from tb_losshealth.health.detector.sampling_error import sampling_errors
from tb_losshealth.health.detector.spikes import clip_spikes, isolated_spikes


@dataclass(frozen=True, slots=True)
class Point:
    """A value (lower is better) and its step."""

    step: int
    value: float


@dataclass(slots=True)
class Totals:
    """Single numbers about a training; all values lower-is-better, gaps are validation - train.

    Attributes:
        evaluations: finite validation values.
        train_points: finite train values.
        non_finite: values that are NaN, infinite or too large to judge, of both curves.
        train_non_finite_since: first step of the non-finite tail of train, if that shows it to be broken; else None.
        val_non_finite_since: likewise for validation.
        spikes: single validation values that were clipped because they stick out. The latest value is not counted: the
            evaluation after it shows whether validation came back.
        without_train: evaluations since the first train value that have no train value of their own.
        first: the first evaluation.
        last: the latest one.
        best: the lowest one, the earliest of several.
        last_gap: gap at the latest evaluation that has a train value of its own.
        widest_gap: the largest gap.
        steps: how the steps of train relate to those of validation; "by_order" leaves the gaps unknown.
    """

    evaluations: int = 0
    train_points: int = 0
    non_finite: int = 0
    train_non_finite_since: int | None = None
    val_non_finite_since: int | None = None
    spikes: int = 0
    without_train: int = 0
    first: Point | None = None
    last: Point | None = None
    best: Point | None = None
    last_gap: float | None = None
    widest_gap: Point | None = None
    steps: StepRelation = "same"

    @property
    def by_order(self) -> bool:
        """Whether train was matched to the evaluations by order alone."""
        return self.steps == "by_order"

    @property
    def broken(self) -> bool:
        """Whether a curve is no longer finite."""
        return self.train_non_finite_since is not None or self.val_non_finite_since is not None


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A training in bounded memory.

    Attributes:
        steps: int64 [b], last step of each block.
        v: float64 [b], validation - `v_start`, lower is better, spikes clipped, averaged by block.
        t: float64 [b], train - `t_start` at the same evaluations; 0 until the first one.
        unclipped: float64 [b], `v` with its spikes, for the sentence.
        v_start: first validation value.
        t_start: first train value at an evaluation; None without train.
        sampling_error: float64 [b], standard error of the best value so far, where that is a share of the examples of a
            set; else 0 (`sampling_error.SamplingError`).
        level: how often neighbours were merged: a block holds 2**level evaluations.
        totals: single numbers.
    """

    steps: Steps
    v: Floats
    t: Floats
    unclipped: Floats
    v_start: float
    t_start: float | None
    sampling_error: Floats
    level: int
    totals: Totals = field(default_factory=Totals)

    @property
    def constant(self) -> bool:
        """Whether validation, spikes and all, has the same value in every block."""
        return bool(np.all(self.unclipped == self.unclipped[0]))

    def train_in_one_unit(self) -> tuple[Floats, float]:
        """Train in validation's unit, and the gap at the start (`alignment.in_one_unit`)."""
        return in_one_unit(self.v, self.t, self.v_start, self.t_start)

    def evidence(self, since: int = 0) -> Evidence:
        """What shows at the end of each block, from block `since` on."""
        return gather_evidence(self.v, *self.train_in_one_unit(), self.sampling_error, since)


@dataclass(frozen=True, slots=True, eq=False)
class WholeCurves:
    """Two whole curves at the evaluations, spikes clipped, minus their first values; attributes as in `Record`."""

    v: Floats
    t: Floats
    v_start: float
    t_start: float | None
    sampling_error: Floats

    def downsampled(self, level: int) -> tuple[Floats, Floats]:
        """The first `MAX_BLOCKS` blocks of 2**level evaluations."""
        most = MAX_BLOCKS << level
        return downsample_mean(self.v[:most], level), downsample_mean(self.t[:most], level)

    def evidence(self, level: int, since: int = 0) -> Evidence:
        """Evidence of the first `MAX_BLOCKS` blocks, from block `since` on."""
        v, t = self.downsampled(level)
        return gather_evidence(
            v, *in_one_unit(v, t, self.v_start, self.t_start), downsample_last(self.sampling_error, level), since
        )


def make_record(train: Series, val: Series, sign: float, left_out: int = 0) -> tuple[Record, WholeCurves]:
    """Make the record of two whole curves.

    Args:
        train: as it was logged, or on validation's step axis.
        val: as it was logged.
        sign: 1.0 if lower is better, -1.0 if higher is.
        left_out: values that are not finite and were left out of the mean at their step.
    """
    good, train_good = finite(val.values), finite(train.values)
    non_finite = int(np.count_nonzero(~good) + np.count_nonzero(~train_good)) + left_out
    steps = step_relation(train, val)
    if steps == "by_time":
        train = align_by_time([train], val)
        train_good = finite(train.values)
    clean, clean_train = val.take(good), train.take(train_good)
    totals = Totals(evaluations=len(clean), train_points=len(clean_train), non_finite=non_finite, steps=steps)
    _note_non_finite_tails(totals, train, train_good, val, good)
    if totals.by_order:
        clean_train = align_by_order(clean_train, clean.steps)
    raw_v, raw_t = sign * clean.values, sign * train_at_evaluations(clean_train, clean)
    known = np.flatnonzero(np.isfinite(raw_t))
    if len(clean):
        best = int(np.argmin(raw_v))
        totals.first, totals.last, totals.best = (_point(clean.steps, raw_v, at) for at in (0, -1, best))
    v, v_start = _from_start(raw_v)
    if len(known):
        filled = raw_t[known[np.maximum(np.searchsorted(known, np.arange(len(v)), side="right") - 1, 0)]]
        t, t_start = _from_start(filled)
        totals.without_train = len(v) - int(known[0]) - len(known)
        if not totals.by_order:
            gap = raw_v[known] - raw_t[known]
            totals.last_gap = float(gap[-1])
            totals.widest_gap = _point(clean.steps[known], gap, int(np.argmax(gap)))
    else:
        t, t_start = np.zeros(len(v)), None
    cut = WholeCurves(clip_spikes(v), clip_spikes(t), v_start, t_start, sampling_errors(raw_v))
    totals.spikes = int(np.count_nonzero(isolated_spikes(v, cut.v)))
    level = level_for(len(v))
    unclipped = downsample_mean(v, level)
    ends, errors = downsample_last(clean.steps, level), downsample_last(cut.sampling_error, level)
    return Record(ends, *cut.downsampled(level), unclipped, v_start, t_start, errors, level, totals), cut


def _note_non_finite_tails(
    totals: Totals, train: Series, train_good: NDArray[np.bool_], val: Series, val_good: NDArray[np.bool_]
) -> None:
    """Note which curve is no longer finite, and since when."""
    if train_good.all() and val_good.all():
        return
    train_tail, val_tail = NonFiniteTail.of(train.steps, train_good), NonFiniteTail.of(val.steps, val_good)
    if train_tail.is_unprecedented:
        axis = align_by_order(train, val.steps).steps if totals.by_order else train.steps
        lost = axis[len(axis) - train_tail.length], axis[-1]
        since_first, since_last = (int(np.count_nonzero(val.steps[val_good] >= step)) for step in lost)
        if train_is_broken(train_tail, since_first, since_last):
            totals.train_non_finite_since = train_tail.first_step
    if val_tail.is_unprecedented:
        train_steps = train.steps[train_good]
        train_since = not totals.by_order and len(train_steps) > 0 and bool(train_steps[-1] > val_tail.first_step)
        if val_is_broken(val_tail, train_since):
            totals.val_non_finite_since = val_tail.first_step


def _from_start(values: Floats) -> tuple[Floats, float]:
    """Values relative to the first one, so that sums over a long run keep their digits."""
    start = float(values[0]) if len(values) else 0.0
    return values - start, start


def _point(steps: Steps, values: Floats, at: int) -> Point:
    return Point(int(steps[at]), float(values[at]))
