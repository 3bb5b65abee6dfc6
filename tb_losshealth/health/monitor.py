"""LossMonitor: the same judgement fed one value at a time, in bounded memory and time."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.answer.types import Diagnosis
from tb_losshealth.health.curves.nonfinite_tail import Ending, train_is_broken, val_is_broken
from tb_losshealth.health.curves.validate import TOO_LARGE, as_number, check_mode, whole_step
from tb_losshealth.health.detector.alarm import State
from tb_losshealth.health.detector.record import FEWEST_TO_COMPARE, Totals
from tb_losshealth.health.detector.streaming_record import GrowingRecord, Interval, StepMean
from tb_losshealth.health.diagnosis import conclude


class LossMonitor:
    """Judge a training while it runs.

    Add train values as they come and each validation value once it is known; `state` is up to date after every
    call, `diagnosis` is what `diagnose` says of everything added so far. At most 512 blocks of evaluations and
    2,048 train values of the running interval are kept, whatever the length of the run. Where train counts batches and
    validation epochs, each evaluation is compared with the train values added since the one before.

    Attributes:
        mode: "min" or "max".
    """

    def __init__(self, mode: str = "min") -> None:
        """Start empty.

        Args:
            mode: "min" for losses, "max" where higher is better.

        Raises:
            ValueError: another mode.
        """
        self.mode = check_mode(mode)
        self._sign = -1.0 if mode == "max" else 1.0
        self._non_finite = 0
        self._train_points = 0
        self._train_ending, self._val_ending = Ending(), Ending()
        self._before_loss = (0, 0)  # finite evaluations before the first and the last step that train lost at its end
        self._before = GrowingRecord()  # without the latest evaluation, which may still be completed
        self._now = GrowingRecord()
        self._interval = Interval()  # train values of the latest evaluation
        self._pending = Interval()  # train values since then
        self._apart = 0  # evaluations whose step compared with none of train's
        self._latest = StepMean()  # of the latest evaluation
        self._latest_value = 0.0

    @property
    def state(self) -> State:
        """`healthy`, `provisional` (evidence at the latest evaluation), `confirmed` (it held) or `recovered`."""
        return self._now.alarm.state

    @property
    def diagnosis(self) -> Diagnosis:
        """What `diagnose` says of everything added so far."""
        return self.diagnose()

    def diagnose(self) -> Diagnosis:
        """What `diagnose` says of everything added so far."""
        record = self._now.record()
        totals = record.totals
        totals.non_finite, totals.train_points = self._non_finite, self._train_points
        totals.disjoint = totals.evaluations >= FEWEST_TO_COMPARE and 2 * self._apart > totals.evaluations
        if totals.disjoint:
            totals.last_gap = totals.widest_gap = None
        self._note_losses(totals)
        with np.errstate(all="ignore"):
            return conclude(record, self._now.alarm, len(record.v), self.mode)[0]

    def add_train(self, step: int, value: float) -> None:
        """Add one train value.

        Args:
            step: not less than that of the train value before. It counts for the first evaluation at or after it; if
                that evaluation was the latest to be added, it is judged anew.
            value: the loss; NaN and infinities are noted and left out.

        Raises:
            ValueError: the step decreases, is no whole number within 64 bits, or the value is no number.
        """
        step, value = whole_step(step), as_number(value)
        _check_order("train value", step, self._train_ending.last)
        good = abs(value) < TOO_LARGE
        if not good:
            count = self._now.evaluations
            self._before_loss = (self._before_loss[0] if self._train_ending.length else count, count)
            self._non_finite += 1
        self._train_ending.add(step, good)
        if not good:
            return
        last, previous = self._now.last_step, self._before.last_step
        late = last is not None and step <= last and (previous is None or step > previous)
        interval = self._interval if late else self._pending
        self._train_points += interval.add(step, self._sign * value)
        if late:
            self._evaluate()

    def add_val(self, step: int, value: float) -> State:
        """Add one evaluation; several values at one step count as the mean of the finite ones.

        Args:
            step: not less than that of the evaluation before.
            value: the loss; NaN and infinities are noted and left out.

        Returns:
            The state.

        Raises:
            ValueError: the step decreases (a resumed or restarted training needs a new monitor), is no whole number
                within 64 bits, or the value is no number.
        """
        step, value = whole_step(step), as_number(value)
        _check_order("evaluation", step, self._val_ending.last)
        good = abs(value) < TOO_LARGE
        self._val_ending.add(step, good)
        if not good:
            self._non_finite += 1
            return self.state
        if step != self._now.last_step:
            self._before = self._now
            self._interval = self._pending.take_until(step)
            self._apart += not self._interval.compares
        self._latest_value = self._latest.add(step, self._sign * value)
        self._evaluate()
        return self.state

    def _evaluate(self) -> None:
        assert self._latest.step is not None
        self._now = self._before.copy()
        with np.errstate(all="ignore"):
            self._now.add(self._latest.step, self._latest_value, self._interval.median())

    def _note_losses(self, totals: Totals) -> None:
        """Note which curve is no longer finite, and since when."""
        train, val = self._train_ending, self._val_ending
        if train.since is not None and train.last is not None:
            latest = [step for step in (self._before.last_step, self._now.last_step) if step is not None]
            first, last = (sum(step >= lost for step in latest) for lost in (train.since, train.last))
            if totals.disjoint:  # then the order of arrival tells
                first, last = (totals.evaluations - before for before in self._before_loss)
            totals.train_lost = train.since if train_is_broken(train, first, last) else None
        if val.since is not None:
            went_on = not totals.disjoint and train.last_finite is not None and train.last_finite > val.since
            totals.val_lost = val.since if val_is_broken(val, went_on) else None


def _check_order(what: str, step: int, last: int | None) -> None:
    if last is not None and step < last:
        raise ValueError(
            f"{what} at step {step} after one at step {last}: steps must not decrease; "
            "use a new LossMonitor for a training that was resumed or started again"
        )
