"""What a live monitor keeps: a record that takes one evaluation at a time, and the train values since the last one."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from tb_losshealth.health.curves.alignment import LONGEST_INTERVAL, middle
from tb_losshealth.health.curves.step_axes import FEWEST_TO_COMPARE, hardly_any
from tb_losshealth.health.detector.alarm import Alarm, advance_alarm
from tb_losshealth.health.detector.downsampling import StreamingDownsampler
from tb_losshealth.health.detector.record import Point, Record, Totals
from tb_losshealth.health.detector.sampling_error import SamplingError
from tb_losshealth.health.detector.spikes import SpikeClipper


class StepMean:
    """The mean of the values at one step, added one after the other as `mean_of_segments` adds them."""

    def __init__(self) -> None:
        """Start empty."""
        self.step: int | None = None
        self._sum = 0.0
        self._count = 0

    def add(self, step: int, value: float) -> float:
        """Add a value, at most `TOO_LARGE`, so that no sum overflows; return the mean at its step."""
        if step != self.step:
            self.step, self._sum, self._count = step, 0.0, 0
        self._sum += value
        self._count += 1
        return self._sum / self._count


class Interval:
    """Train values between two evaluations, thinned as `train_at_evaluations` thins them.

    Attributes:
        compares: whether train and the evaluation at its end count the same steps, as far as these values show.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.compares = True
        self._steps: list[int] = []
        self._values: list[float] = []
        self._latest = StepMean()
        self._count = 0
        self._stride = 1

    def add(self, step: int, value: float) -> bool:
        """Add a value, or average it into the one before at the same step; return whether it is a new point."""
        new = step != self._latest.step
        mean = self._latest.add(step, value)
        if not new:
            if self._steps and self._steps[-1] == step:
                self._values[-1] = mean
            return False
        if self._count % self._stride == 0:
            self._steps.append(step)
            self._values.append(mean)
        self._count += 1
        if len(self._values) > LONGEST_INTERVAL:
            self._steps, self._values = self._steps[::2], self._values[::2]
            self._stride *= 2
        return True

    def split(self, step: int) -> tuple[Interval, Interval]:
        """Return the values up to a step, and the rest.

        Where hardly any value lies up to that step, train counts something else: then all values are in the first one.
        """
        taken, rest = copy(self), Interval()
        ahead = [i for i, at in enumerate(self._steps) if at > step]
        reached = len(self._steps) - len(ahead)
        few = hardly_any(reached, len(self._steps)) if len(self._steps) >= FEWEST_TO_COMPARE else not reached
        taken.compares = not self._steps or not few
        if ahead and taken.compares:
            taken._steps, taken._values = self._steps[: ahead[0]], self._values[: ahead[0]]
            taken._latest = StepMean()
            for i in ahead:
                rest.add(self._steps[i], self._values[i])
            rest._latest = self._latest
        return taken, rest

    def median(self) -> float | None:
        """The median; None if there are no values."""
        return middle(sorted(self._values)) if self._values else None


class _StreamingCurve:
    """One curve relative to its first value, spikes clipped, in blocks."""

    def __init__(self) -> None:
        self.start: float | None = None
        self.latest = 0.0
        self.downsampler = StreamingDownsampler()
        self._cutter = SpikeClipper()
        self._cut = 0.0

    def copy(self) -> _StreamingCurve:
        twin = copy(self)
        twin.downsampler, twin._cutter = self.downsampler.copy(), copy(self._cutter)
        return twin

    def add(self, value: float | None) -> tuple[bool, bool]:
        """Add a value, or the latest again for None; return whether a block was filled and the one before a spike."""
        before = self.latest
        if value is not None:
            if self.start is None:
                self.start = value
            self.latest = value - self.start
        spike = self._cut != before and abs(self.latest - self._cut) < abs(self.latest - before)
        self._cut = self._cutter.add(self.latest)
        return self.downsampler.add(self._cut), spike


class StreamingRecord:
    """A `Record` that takes one evaluation at a time, and the alarm along the way.

    Attributes:
        alarm: the current alarm.
        last_step: step of the latest evaluation; None before the first.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.alarm = Alarm()
        self.last_step: int | None = None
        self._val, self._train, self._unclipped = _StreamingCurve(), _StreamingCurve(), StreamingDownsampler()
        self._sampling_error = SamplingError()
        self._steps: list[int] = []
        self._sampling_errors: list[float] = []
        self._totals = Totals()

    @property
    def evaluations(self) -> int:
        """How many there are."""
        return self._totals.evaluations

    def copy(self) -> StreamingRecord:
        """An independent copy."""
        twin = copy(self)
        twin._val, twin._train, twin._unclipped = self._val.copy(), self._train.copy(), self._unclipped.copy()
        twin._sampling_error, twin._totals = copy(self._sampling_error), replace(self._totals)
        twin._steps, twin._sampling_errors = self._steps.copy(), self._sampling_errors.copy()
        return twin

    def add(self, step: int, val: float, train: float | None) -> None:
        """Add an evaluation; values are lower-is-better.

        Args:
            step: greater than the one before.
            val: finite.
            train: median of train since the evaluation before; None without any.
        """
        self._count(step, val, train)
        level = self._val.downsampler.level
        filled, spike = self._val.add(val)
        self._unclipped.add(self._val.latest)
        self._train.add(train)
        sampling_error = self._sampling_error.add(val)
        self._totals.spikes += spike
        if self._val.downsampler.level > level:
            self._steps, self._sampling_errors = self._steps[1::2], self._sampling_errors[1::2]
        if filled:
            self._steps.append(step)
            self._sampling_errors.append(sampling_error)
            record = self.record()
            newest = len(record.v) - 1
            self.alarm, _ = advance_alarm(self.alarm, record.evidence(newest), record.steps[newest:], record.level)

    def record(self) -> Record:
        """The record as it stands."""
        return Record(
            np.array(self._steps, dtype=np.int64),
            self._val.downsampler.means(),
            self._train.downsampler.means(),
            self._unclipped.means(),
            self._val.start or 0.0,
            self._train.start,
            np.array(self._sampling_errors),
            self._val.downsampler.level,
            replace(self._totals),
        )

    def _count(self, step: int, val: float, train: float | None) -> None:
        totals, point = self._totals, Point(step, val)
        self.last_step = step
        totals.evaluations += 1
        totals.first = totals.first or point
        totals.last = point
        if totals.best is None or val < totals.best.value:
            totals.best = point
        if train is None:
            totals.without_train += self._train.start is not None
            return
        totals.last_gap = val - train
        if totals.widest_gap is None or totals.last_gap > totals.widest_gap.value:
            totals.widest_gap = Point(step, totals.last_gap)
