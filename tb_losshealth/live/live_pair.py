"""One pair of a running training, judged at every evaluation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tb_losshealth.health.curves.alignment import train_at_evaluations
from tb_losshealth.health.curves.series import EMPTY_SERIES, Series
from tb_losshealth.health.curves.step_axes import step_relation
from tb_losshealth.health.curves.tag_trainings import split_trainings
from tb_losshealth.health.curves.trainings import Training, match_trainings
from tb_losshealth.health.labels import Flag
from tb_losshealth.health.monitor import LossMonitor
from tb_losshealth.live.history import History
from tb_losshealth.pair_diagnosis import diagnose_pair, with_flags
from tb_losshealth.pairing.pairs import LossPair

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis


class LivePair:
    """One pair and its state.

    Attributes:
        pair: the tags, and why they belong together.
        declared: whether the training code declared the pair; otherwise the names proposed it.
        alarm: the diagnosis, if the latest evaluation confirmed an onset.
    """

    def __init__(self, pair: LossPair, train: History, val: History) -> None:
        self.pair = pair
        self.declared = pair.source == "declared"
        self.alarm: Diagnosis | None = None
        self._train = train
        self._val = val
        self._by_time = False
        self._start_over()
        self.evaluate()

    def _start_over(self) -> None:
        self._monitor = LossMonitor(self.pair.mode)
        self._fed: list[int] = []
        self._fed_train_until = -math.inf
        self._fed_train_sum = 0.0
        self._train_returns = self._train.returns

    @property
    def name(self) -> str:
        """The name under which a caller asks for the pair."""
        return pair_name(self.pair)

    @property
    def state(self) -> str:
        """`healthy`, `provisional`, `confirmed` or `recovered`."""
        return self._monitor.state

    @property
    def last_step(self) -> int:
        """Step of the latest evaluation."""
        return self._val.last_step

    @property
    def evaluations(self) -> int:
        """Evaluations that the monitor has seen."""
        return len(self._fed)

    def evaluate(self) -> None:
        """Feeds the monitor the evaluations that it has not seen."""
        before = self.state
        training, count = self._latest()
        steps = training.val.steps.tolist()
        if self._may_still_change():
            steps = steps[:-1]
        train = self._train_to_feed(training)
        if steps[: len(self._fed)] != self._fed or self._saw_another_train(training, train):
            self._by_time = _by_time(training)
            self._start_over()
        for at in range(len(self._fed), len(steps)):
            self._feed_train(train, steps[at])
            self._monitor.add_val(steps[at], float(training.val.values[at]))
        self._fed = steps
        self._fed_train_sum = self._sum_of_fed(train)
        self.alarm = None
        if self.state == "confirmed" != before:
            self.alarm = with_flags(self._monitor.diagnose(), self.pair, training, of=count)

    def diagnose(self) -> Diagnosis:
        """Judges the latest training as the viewer does."""
        training, count = self._latest()
        averages = self._may_still_change() or self._train.repeats
        by_time = self._by_time or _by_time(training)
        moved_on = self._train.returns != self._train_returns or training.val.steps.tolist() != self._fed
        same = _reach_each_other(training) and step_relation(training.train, training.val) == "same"
        if averages or by_time or moved_on or not same:
            return diagnose_pair(self.pair, training, of=count)
        # The monitor has seen all of it and gives the same answer in a fraction of the time.
        complete = training.train if self._train.stride == 1 else training.train.take(slice(-1))
        self._feed_train(complete, math.inf)
        self._fed_train_sum = self._sum_of_fed(training.train)
        return with_flags(self._monitor.diagnose(), self.pair, training, of=count)

    def _may_still_change(self) -> bool:
        """Whether more values may be averaged into the latest evaluation."""
        return self._val.repeats or self._val.stride > 1

    def _saw_another_train(self, training: Training, train: Series) -> bool:
        """Whether train values that the monitor was fed are no longer part of the training."""
        if _by_time(training) != self._by_time:
            return True
        if self._train.returns == self._train_returns:
            return False
        self._train_returns = self._train.returns
        return not self._by_time and self._sum_of_fed(train) != self._fed_train_sum

    def _sum_of_fed(self, train: Series) -> float:
        return float(np.nansum(train.values[train.steps <= self._fed_train_until]))

    def _train_to_feed(self, training: Training) -> Series:
        if not _by_time(training):
            return training.train
        # Later points may move train points that were matched by time: feed one value an evaluation.
        values = train_at_evaluations(training.train, training.val)
        return Series(training.val.steps, values, training.val.wall_times).take(np.isfinite(values))

    def _feed_train(self, train: Series, until: float) -> None:
        start, stop = np.searchsorted(train.steps, (self._fed_train_until, until), side="right")
        for step, value in zip(train.steps[start:stop].tolist(), train.values[start:stop].tolist(), strict=True):
            self._monitor.add_train(step, value)
            self._fed_train_until = step

    def _latest(self) -> tuple[Training, int]:
        train, val = split_trainings(*self._train.rows()), split_trainings(*self._val.rows())
        if not train:
            return Training(EMPTY_SERIES, val[-1].series if val else EMPTY_SERIES, (), ()), 1
        found = match_trainings(train, val)
        return found[-1], len(found)


def pair_name(pair: LossPair) -> str:
    """The name under which a caller asks for a pair."""
    return pair.name if pair.run == "." else f"{pair.run}/{pair.name}"


def _by_time(training: Training) -> bool:
    """Whether train was put on validation's step axis by time."""
    return Flag.STEPS_DISJOINT in training.flags


def _reach_each_other(training: Training) -> bool:
    """Whether a good part of each curve lies before the other's end.

    Otherwise the monitor, which takes values as they arrive, may match what `diagnose` keeps apart.
    """
    train, val = (series.steps[np.isfinite(series.values)] for series in (training.train, training.val))
    return all(
        len(b) > 0 and np.searchsorted(a, b[-1], side="right") > 1 + 0.1 * len(a)
        for a, b in ((train, val), (val, train))
    )
