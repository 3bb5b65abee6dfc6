"""What a scan hands out: judged pairs, worst first, and what could not be judged or read."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from tb_losshealth.health.curves.alignment import gap_curve, train_at_evaluations
from tb_losshealth.health.curves.series import Floats, Series
from tb_losshealth.health.curves.step_axes import step_relation
from tb_losshealth.health.curves.trainings import Training
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import Diagnosis, Verdict
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Run
from tb_losshealth.pairing.pairs import LossPair, TrainOnly, Unpaired

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame  # type: ignore[import-untyped, unused-ignore]

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


@dataclass(frozen=True, eq=False)
class PairReport:
    """One train/validation pair, judged.

    Attributes:
        pair: what was paired and why.
        diagnosis: the judgement of the latest training.
        train: that training's train curve, on validation's step axis.
        val: that training's validation curve.
        test: the third split where one was logged.
        trainings: every training that the folder holds, oldest first; `judge` judges an earlier one.
        steps_per_epoch: where the run logs its epoch; None otherwise.
    """

    pair: LossPair
    diagnosis: Diagnosis
    train: Series
    val: Series
    test: Series | None
    trainings: tuple[Training, ...]
    steps_per_epoch: int | None = None

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

    def plot(self, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
        """Draw curves, gap, onset and best checkpoint with matplotlib.

        Args:
            axes: one for the curves, one for the gap; a new figure of pyplot's if None.

        Returns:
            The two axes; `axes[0].figure` is the figure.

        Raises:
            ImportError: if matplotlib is not installed.
        """
        from tb_losshealth.present.figure import plot_pair

        return plot_pair(self, axes)

    def _repr_html_(self) -> str:
        """The report in a notebook: its row and why."""
        from tb_losshealth.present.html_table import pair_html

        return pair_html(self)


@dataclass(frozen=True, eq=False)
class TrainOnlyReport:
    """A loss without validation beside it: overfitting cannot be seen there."""

    loss: TrainOnly
    diagnosis: Diagnosis
    train: Series

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
        logged: every run that was looked at, by name.
    """

    reports: tuple[PairReport, ...]
    train_only: tuple[TrainOnlyReport, ...]
    unpaired: tuple[Unpaired, ...]
    problems: tuple[ReadProblem, ...]
    logged: Mapping[str, Run]

    @property
    def runs(self) -> int:
        """How many runs were looked at."""
        return len(self.logged)

    @cached_property
    def tags(self) -> int:
        """How many scalar tags were looked at."""
        return sum(len(run.tags) for run in self.logged.values())

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

    def __repr__(self) -> str:
        from tb_losshealth.present.text import headline

        return f"<ScanResult: {headline((report.diagnosis.verdict.value for report in self), self.runs)}>"

    def to_pandas(self) -> DataFrame:
        """One row a pair, worst first.

        Raises:
            ImportError: if pandas is not installed.
        """
        from tb_losshealth.present.frame import data_frame

        return data_frame(self)

    def _repr_html_(self) -> str:
        """The scan in a notebook: a table, worst first."""
        from tb_losshealth.present.html_table import scan_html

        return scan_html(self)


EMPTY_RESULT = ScanResult((), (), (), (), {})


def worst_first(report: PairReport) -> tuple[float, str, str]:
    """Sorts reports by what needs attention first."""
    return -report.severity, report.pair.run, report.pair.name


def _digest(*parts: str) -> str:
    return hashlib.sha1("\0".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:16]
