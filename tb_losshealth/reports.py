"""What a scan hands out: judged pairs, worst first, and what could not be judged or read."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np

from tb_losshealth.health.curves.alignment import gap_curve, train_at_evaluations
from tb_losshealth.health.curves.few_points import few_points
from tb_losshealth.health.curves.series import Floats, Series
from tb_losshealth.health.curves.step_axes import step_relation
from tb_losshealth.health.curves.trainings import Training
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import Diagnosis, Verdict
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Run
from tb_losshealth.pairing.pairs import LossPair, TrainOnly, Unpaired

WORST_FIRST = tuple(Verdict)
"""What needs a person's attention first; what could not be judged comes last."""


class Aligned(NamedTuple):
    """Two curves at the evaluations of a training.

    Attributes:
        train: as validation saw it.
        gap: to validation, positive where that is worse.

    Both are NaN where the curves do not share a step axis.
    """

    train: Floats
    gap: Floats


def align(training: Training, mode: Mode) -> Aligned:
    """Train and the gap at each evaluation; `mode` is "min" or "max"."""
    train, val = training.train, training.val
    if step_relation(train, val) == "by_order":
        unknown = np.full(len(val), np.nan)
        return Aligned(unknown, unknown)
    return Aligned(train_at_evaluations(train, val), gap_curve(train, val, mode))


class CurveEnd(NamedTuple):
    """What a list shows of a curve.

    Attributes:
        points: how many it has.
        step: of the last one; None without points, as below.
        value: of the last one; None where it is not finite.
        wall_time: when it was written, in seconds since the epoch; None where unknown.
    """

    points: int
    step: int | None
    value: float | None
    wall_time: float | None

    @classmethod
    def of(cls, series: Series) -> CurveEnd:
        """Reads it off a curve."""
        if not len(series):
            return cls(0, None, None, None)
        value, wall_time = float(series.values[-1]), float(series.wall_times[-1])
        return cls(
            len(series),
            int(series.steps[-1]),
            value if math.isfinite(value) else None,
            wall_time if math.isfinite(wall_time) else None,
        )


@dataclass(frozen=True, eq=False)
class PairReport:
    """One train/validation pair, judged.

    Attributes:
        pair: what was paired and why.
        diagnosis: of the latest training.
        train: that training's train curve, on validation's step axis.
        val: that training's validation curve.
        test: the third split where one was logged.
        trainings: every training that the folder holds, oldest first.
        steps_per_epoch: where the run logs its epoch; None otherwise.
        train_end: the end of `train`.
        val_end: the end of `val`.
        training_count: how many trainings the folder holds.
    """

    pair: LossPair
    diagnosis: Diagnosis
    train: Series
    val: Series
    test: Series | None
    trainings: tuple[Training, ...]
    steps_per_epoch: int | None
    train_end: CurveEnd
    val_end: CurveEnd
    training_count: int

    @classmethod
    def of(
        cls,
        pair: LossPair,
        diagnosis: Diagnosis,
        trainings: tuple[Training, ...],
        *,
        test: Series | None = None,
        steps_per_epoch: int | None = None,
    ) -> PairReport:
        """The report of a pair whose latest training was judged."""
        train, val = trainings[-1].train, trainings[-1].val
        ends = CurveEnd.of(train), CurveEnd.of(val)
        return cls(pair, diagnosis, train, val, test, trainings, steps_per_epoch, *ends, len(trainings))

    def thinned(self, points: int) -> PairReport:
        """What a list of many pairs needs: the same, with at most `points` points a curve and no `trainings`."""
        train, val = few_points(self.train, points), few_points(self.val, points)
        return replace(self, train=train, val=val, test=None, trainings=())

    @cached_property
    def id(self) -> str:
        """Names the pair in links: the same for the same run, name and tags."""
        pair = self.pair
        return _digest(pair.run, pair.name, pair.train.run, pair.train.tag, pair.val.run, pair.val.tag)

    @cached_property
    def severity(self) -> float:
        """How much it needs attention, 0 to 80.

        First by its verdict, then losses before other metrics, then by the confidence in its onset, then by its gap.
        """
        diagnosis = self.diagnosis
        confidence = diagnosis.onset.confidence if diagnosis.onset else 0.0
        gap = diagnosis.gap.final if diagnosis.gap.final is not None else 0.0
        share_of_gap = math.atan(gap) / math.pi + 0.5
        within_verdict = 0.5 * self.pair.is_loss + 0.4 * round(confidence, 2) + 0.09 * share_of_gap
        return 10 * (len(WORST_FIRST) - 1 - WORST_FIRST.index(diagnosis.verdict) + within_verdict)

    @cached_property
    def aligned(self) -> Aligned:
        """Train and the gap at each evaluation of the latest training."""
        return align(self.trainings[-1], self.pair.mode)


@dataclass(frozen=True, eq=False)
class TrainOnlyReport:
    """A loss without validation beside it: overfitting cannot be seen there."""

    loss: TrainOnly
    diagnosis: Diagnosis
    train: Series
    train_end: CurveEnd

    @classmethod
    def of(cls, loss: TrainOnly, diagnosis: Diagnosis, train: Series) -> TrainOnlyReport:
        """The report of a loss whose latest training was judged."""
        return cls(loss, diagnosis, train, CurveEnd.of(train))

    def thinned(self, points: int) -> TrainOnlyReport:
        """The same with at most `points` points."""
        return replace(self, train=few_points(self.train, points))

    @cached_property
    def id(self) -> str:
        """Names the loss in links: the same for the same run, name and tag."""
        return _digest(self.loss.run, self.loss.name, self.loss.train.run, self.loss.train.tag)


@dataclass(frozen=True, eq=False, repr=False)
class ScanResult(Sequence[PairReport]):
    """The judged pairs of a logdir, worst first.

    Attributes:
        reports: the pairs.
        train_only: losses with no validation beside them.
        unpaired: the other tags, each with the reason why it is in no pair.
        problems: what could not be read, and why.
        runs: how many runs were looked at.
        tags: how many scalar tags were looked at.
        logged: every run that was looked at, by name; empty where other processes read them.
        failed: runs that could not be judged at all, a sentence each.
    """

    reports: tuple[PairReport, ...] = ()
    train_only: tuple[TrainOnlyReport, ...] = ()
    unpaired: tuple[Unpaired, ...] = ()
    problems: tuple[ReadProblem, ...] = ()
    runs: int = 0
    tags: int = 0
    logged: Mapping[str, Run] = field(default_factory=dict)
    failed: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, PairReport | TrainOnlyReport]:
        """The reports by their `id`."""
        pairs = {report.id: report for report in self.reports}
        return {**pairs, **{report.id: report for report in self.train_only}}

    @overload
    def __getitem__(self, index: int) -> PairReport: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PairReport, ...]: ...
    def __getitem__(self, index: int | slice) -> PairReport | tuple[PairReport, ...]:
        return self.reports[index]

    def __len__(self) -> int:
        return len(self.reports)

    def __iter__(self) -> Iterator[PairReport]:
        return iter(self.reports)


EMPTY_RESULT = ScanResult()


def sorted_worst_first(reports: Iterable[PairReport]) -> tuple[PairReport, ...]:
    """Reports in the order in which they need attention."""
    return tuple(sorted(reports, key=worst_first))


def worst_first(report: PairReport) -> tuple[float, str, str]:
    """Sorts reports by what needs attention first."""
    return -report.severity, report.pair.run, report.pair.name


def _digest(*parts: str) -> str:
    return hashlib.sha1("\0".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:16]
