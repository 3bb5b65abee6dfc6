"""Whether a curve that ends in NaN or infinity is broken, or merely lost a value.

Weights that became NaN stay so: whatever is measured after that is NaN too. So a loss at a curve's end stands where
nothing finite came after it. A finite value of the other curve shows that the weights are well, and a single loss is
then let pass: mixed precision skips a batch that overflows, and one evaluation may divide by zero. A longer loss is
not: a train without one finite value between two evaluations, or two evaluations in a row, are no longer a curve.
Whatever a curve came back from before is no sign that it will not come back again: a loss must be longer than that.
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
        first_step: the first of them; None where the curve ends in a finite value.
        length: how many there are.
        longest_recovered: most such steps in a row that the curve came back from.
        last_finite_step: the last step with a finite value; None without any.
        last_step: the last step; None without any.
    """

    first_step: int | None = None
    length: int = 0
    longest_recovered: int = 0
    last_finite_step: int | None = None
    last_step: int | None = None

    @classmethod
    def of(cls, steps: Steps, good: NDArray[np.bool_]) -> NonFiniteTail:
        """That of a whole curve, `good` where it is finite."""
        n = len(steps)
        at = np.flatnonzero(good)
        if not n:
            return cls()
        if not len(at):
            return cls(int(steps[0]), n, 0, None, int(steps[-1]))
        end = int(at[-1]) + 1
        longest = 0 if len(at) == n else int(np.diff(at, prepend=-1).max()) - 1
        return cls(int(steps[end]) if end < n else None, n - end, longest, int(steps[end - 1]), int(steps[-1]))

    def add(self, step: int, good: bool) -> None:
        """Take a value into account; one finite value makes its step a finite one."""
        if good:
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
        """Whether the curve was finite, and ends in a loss longer than any before."""
        return self.last_finite_step is not None and self.length > self.longest_recovered


def train_is_broken(train: NonFiniteTail, since_first: int, since_last: int) -> bool:
    """Whether train is, given how many finite evaluations came at or after its first and its last lost step."""
    return train.is_unprecedented and (since_last == 0 or (since_first > 1 and train.length > 1))


def val_is_broken(val: NonFiniteTail, train_since: bool) -> bool:
    """Whether validation is, given whether train has a finite value after its first lost step."""
    return val.is_unprecedented and (val.length > 1 or not train_since)
