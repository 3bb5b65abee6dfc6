"""LossMonitor: the same judgement fed one value at a time, in bounded memory and time."""

from __future__ import annotations

from tb_losshealth.health.alarm import State
from tb_losshealth.health.answer import Diagnosis
from tb_losshealth.health.curves import TOO_LARGE, as_number, check_mode, whole_step
from tb_losshealth.health.diagnosis import conclude
from tb_losshealth.health.growing import GrowingRecord, Interval
from tb_losshealth.health.record import FEWEST_TO_COMPARE


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
        self._train_broken = self._val_broken = False
        self._before = GrowingRecord()  # without the latest evaluation, which may still be completed
        self._now = GrowingRecord()
        self._interval = Interval()  # train values of the latest evaluation
        self._pending = Interval()  # train values since then
        self._apart = 0  # evaluations whose step compared with none of train's
        self._last_step: int | None = None
        self._latest: list[float] = []  # validation values at the latest evaluation's step

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
        totals.broken = (self._train_broken and totals.train_points > 0) or (
            self._val_broken and totals.evaluations > 0
        )
        totals.disjoint = totals.evaluations >= FEWEST_TO_COMPARE and 2 * self._apart > totals.evaluations
        if totals.disjoint:
            totals.last_gap = totals.widest_gap = None
        return conclude(record, self._now.alarm, len(record.v), self.mode)[0]

    def add_train(self, step: int, value: float) -> None:
        """Add one train value.

        Args:
            step: where it was logged. It counts for the first evaluation at or after it; if that evaluation was the
                latest to be added, it is judged anew.
            value: the loss; NaN and infinities are noted and left out.

        Raises:
            ValueError: a step that is no whole number within 64 bits, or a value that is no number.
        """
        step, value = whole_step(step), as_number(value)
        self._train_broken = not abs(value) < TOO_LARGE
        if self._train_broken:
            self._non_finite += 1
            return
        previous = self._before.last_step
        late = self._last_step is not None and step <= self._last_step and (previous is None or step > previous)
        interval = self._interval if late else self._pending
        self._train_points += interval.add(step, self._sign * value)
        if late and self._latest:
            self._evaluate()

    def add_val(self, step: int, value: float) -> State:
        """Add one evaluation; several values at one step count as their mean.

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
        if self._last_step is not None and step < self._last_step:
            raise ValueError(
                f"evaluation at step {step} after one at step {self._last_step}: steps must not decrease; "
                "use a new LossMonitor for a training that was resumed or started again"
            )
        self._val_broken = not abs(value) < TOO_LARGE
        if self._val_broken:
            self._non_finite += 1
            return self.state
        if step != self._last_step:
            self._before = self._now
            self._interval = self._pending.take_until(step)
            self._apart += not self._interval.compares
            self._last_step, self._latest = step, []
        self._latest.append(self._sign * value)
        self._evaluate()
        return self.state

    def _evaluate(self) -> None:
        assert self._last_step is not None
        self._now = self._before.copy()
        value = sum(self._latest) / len(self._latest)
        self._now.add(self._last_step, value, self._interval.median())
