"""Whether a curve that ends in NaN or infinity is broken, or only lost its last values.

Weights that became NaN stay NaN, and so does everything that is measured after that. So a curve that ends in non-finite
values (its non-finite tail) is broken where neither curve has a finite value after the tail began. A finite value of
the other curve shows that the weights are finite. A tail of a single value is then tolerated: mixed precision skips a
batch that overflows, and one evaluation may divide by zero. A longer tail is not: without a finite train value between
two evaluations, or at two evaluations in a row, there is no curve any more. A tail that is no longer than a gap from
which the same curve came back is no sign of a break, because it may come back again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Steps


@dataclass(slots=True)
class NonFiniteTail:
    """The steps without a finite value at the end of a curve.

    Attributes:
        first_step: first step of the tail; None where the curve ends in a finite value.
        length: steps in the tail.
        longest_recovered: length of the longest non-finite stretch from which the curve came back.
        last_finite_step: last step with a finite value; None without any.
        last_step: last step of the curve; None without any.
    """

    first_step: int | None = None
    length: int = 0
    longest_recovered: int = 0
    last_finite_step: int | None = None
    last_step: int | None = None

    @classmethod
    def of(cls, steps: Steps, is_finite: NDArray[np.bool_]) -> NonFiniteTail:
        """The tail of a whole curve.

        Args:
            steps: int64 [n], strictly increasing.
            is_finite: bool [n], whether the value at each step is finite.
        """
        n = len(steps)
        at = np.flatnonzero(is_finite)
        if not n:
            return cls()
        if not len(at):
            return cls(int(steps[0]), n, 0, None, int(steps[-1]))
        end = int(at[-1]) + 1
        longest = 0 if len(at) == n else int(np.diff(at, prepend=-1).max()) - 1
        return cls(int(steps[end]) if end < n else None, n - end, longest, int(steps[end - 1]), int(steps[-1]))

    def add(self, step: int, is_finite: bool) -> None:
        """Add a value; a step is finite if any of its values is."""
        if is_finite:
            if self.length:
                self.longest_recovered = max(self.longest_recovered, self.length - (step == self.last_step))
                self.first_step, self.length = None, 0
            self.last_finite_step = step
        elif step != self.last_finite_step and (step != self.last_step or not self.length):
            if not self.length:
                self.first_step = step
            self.length += 1
        self.last_step = step

    @property
    def is_unprecedented(self) -> bool:
        """Whether the curve once was finite, and the tail is longer than any gap that it came back from."""
        return self.last_finite_step is not None and self.length > self.longest_recovered


def train_is_broken(train: NonFiniteTail, since_first: int, since_last: int) -> bool:
    """Whether train is broken.

    Args:
        train: its tail.
        since_first: finite evaluations at or after the first step of the tail.
        since_last: finite evaluations at or after its last step.
    """
    return train.is_unprecedented and (since_last == 0 or (since_first > 1 and train.length > 1))


def val_is_broken(val: NonFiniteTail, train_since: bool) -> bool:
    """Whether validation is broken.

    Args:
        val: its tail.
        train_since: whether train has a finite value after the first step of the tail.
    """
    return val.is_unprecedented and (val.length > 1 or not train_since)
