"""LossMonitor: the same diagnosis, fed one value at a time, in bounded memory and time."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.answer.types import Diagnosis
from tb_losshealth.health.curves.nonfinite_tail import NonFiniteTail, train_is_broken, val_is_broken
from tb_losshealth.health.curves.step_axes import FEWEST_TO_COMPARE
from tb_losshealth.health.curves.validate import TOO_LARGE, Mode, as_number, check_mode, whole_step
from tb_losshealth.health.detector.alarm import State
from tb_losshealth.health.detector.record import Totals
from tb_losshealth.health.detector.streaming_record import Interval, StepMean, StreamingRecord
from tb_losshealth.health.diagnosis import conclude


class LossMonitor:
    """Judge a training while it runs.

    Add train values as they come and each validation value once it is known. `state` is up to date after every call;
    `diagnose()` gives what `tb_losshealth.diagnose` gives for all values added so far. The monitor keeps at most 512
    blocks of evaluations and 2,048 train values of the current interval, however long the training is. Where train
    counts batches and validation epochs, each evaluation is compared with the train values added since the one before.

    Attributes:
        mode: "min" or "max".
    """

    def __init__(self, mode: Mode = "min") -> None:
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
        self._train_tail, self._val_tail = NonFiniteTail(), NonFiniteTail()
        self._before_tail = (0, 0)  # evaluations before the first and before the last step of train's non-finite tail
        self._before = StreamingRecord()  # without the latest evaluation, which may still be completed
        self._now = StreamingRecord()
        self._interval = Interval()  # train values of the latest evaluation
        self._pending = Interval()  # train values since then
        self._apart = 0  # evaluations whose step compared with none of train's
        self._latest = StepMean()  # of the latest evaluation
        self._latest_value = 0.0

    @property
    def state(self) -> State:
        """`healthy`, `provisional` (evidence at the latest evaluation), `confirmed` (it held) or `recovered`."""
        return self._now.alarm.state

    def diagnose(self) -> Diagnosis:
        """Diagnose all values added so far, as `tb_losshealth.diagnose` does."""
        record = self._now.record()
        totals = record.totals
        totals.non_finite, totals.train_points = self._non_finite, self._train_points
        if totals.evaluations >= FEWEST_TO_COMPARE and 2 * self._apart > totals.evaluations:
            totals.steps = "by_order"
            totals.last_gap = totals.widest_gap = None
        self._note_non_finite_tails(totals)
        with np.errstate(all="ignore"):
            return conclude(record, self._now.alarm, len(record.v), self.mode)[0]

    @property
    def diagnosis(self) -> Diagnosis:
        """The same as `diagnose()`."""
        return self.diagnose()

    def add_train(self, step: int, value: float) -> None:
        """Add one train value.

        Args:
            step: not less than that of the train value before. The value counts for the first evaluation at or after
                this step; if that is the latest evaluation, it is judged anew.
            value: the loss; NaN and infinities are counted and left out.

        Raises:
            ValueError: the step decreases, is no whole number within 64 bits, or the value is no number.
        """
        step, value = whole_step(step), as_number(value)
        _check_order("train value", step, self._train_tail.last_step)
        good = abs(value) < TOO_LARGE
        if not good:
            count = self._now.evaluations
            self._before_tail = (self._before_tail[0] if self._train_tail.length else count, count)
            self._non_finite += 1
        self._train_tail.add(step, good)
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
            value: the loss; NaN and infinities are counted and left out.

        Returns:
            The state.

        Raises:
            ValueError: the step decreases (a resumed or restarted training needs a new monitor), is no whole number
                within 64 bits, or the value is no number.
        """
        step, value = whole_step(step), as_number(value)
        _check_order("evaluation", step, self._val_tail.last_step)
        good = abs(value) < TOO_LARGE
        self._val_tail.add(step, good)
        if not good:
            self._non_finite += 1
            return self.state
        if step != self._now.last_step:
            self._before = self._now
            self._interval, self._pending = self._pending.split(step)
            self._apart += not self._interval.compares
        self._latest_value = self._latest.add(step, self._sign * value)
        self._evaluate()
        return self.state

    def _evaluate(self) -> None:
        assert self._latest.step is not None
        self._now = self._before.copy()
        with np.errstate(all="ignore"):
            self._now.add(self._latest.step, self._latest_value, self._interval.median())

    def _note_non_finite_tails(self, totals: Totals) -> None:
        """Note which curve is no longer finite, and since when."""
        train, val = self._train_tail, self._val_tail
        if train.first_step is not None and train.last_step is not None:
            latest = [step for step in (self._before.last_step, self._now.last_step) if step is not None]
            first, last = (sum(step >= lost for step in latest) for lost in (train.first_step, train.last_step))
            if totals.by_order:  # the order of arrival
                first, last = (totals.evaluations - before for before in self._before_tail)
            totals.train_non_finite_since = train.first_step if train_is_broken(train, first, last) else None
        if val.first_step is not None:
            went_on = (
                not totals.by_order and train.last_finite_step is not None and train.last_finite_step > val.first_step
            )
            totals.val_non_finite_since = val.first_step if val_is_broken(val, went_on) else None


def _check_order(what: str, step: int, last: int | None) -> None:
    if last is not None and step < last:
        raise ValueError(
            f"{what} at step {step} after one at step {last}: steps must not decrease; "
            "use a new LossMonitor for a training that was resumed or started again"
        )
