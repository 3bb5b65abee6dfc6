"""The values of one tag so far, in bounded memory."""

from __future__ import annotations

import math
from array import array

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.health.curves.validate import TOO_LARGE

MAX_ROWS = 2048
"""Most evaluations, or stretches of training, that are kept apart. To judge that many takes about 3 ms."""


class History:
    """Values of one tag in write order, in at most `MAX_ROWS` rows.

    A row is the mean of the values at one step. When the rows are full, neighbours are merged into their mean, and from
    then on a row spans `stride` logged steps. So a training of any length keeps 1,024 to 2,048 rows at even distances,
    in 64 KiB.

    Attributes:
        stride: logged steps per row.
        merges: how often rows were merged.
        last_step: step of the latest value.
        repeats: whether several values in a row ever had the same step.
        returns: how often the step went back.
    """

    def __init__(self) -> None:
        self.stride = 1
        self.merges = 0
        self.last_step = 0
        self.repeats = False
        self.returns = 0
        self._in_last = 0
        self._steps = array("q")
        self._sums = array("d")
        self._counts = array("q")
        self._walls = array("d")
        self._left_out = array("b")

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, step: int, value: float, wall: float) -> None:
        """Adds one value, logged at `step` and at wall time `wall`."""
        if step == self.last_step and self._in_last:
            self.repeats = True
            self._add_to_last(value)
            self._walls[-1] = wall
            return
        if step > self.last_step and 0 < self._in_last < self.stride:
            self._extend_last(step, value, wall)
        else:
            if len(self._steps) >= MAX_ROWS:
                self._merge_neighbours()
            self._steps.append(step)
            self._sums.append(value)
            self._counts.append(1)
            self._walls.append(wall)
            self._left_out.append(False)
            self.returns += step < self.last_step and self._in_last > 0
            self._in_last = 1
        self.last_step = step

    def rows(self) -> tuple[Steps, Floats, Floats]:
        """Returns steps, values and wall times, each [rows], in write order.

        Where a mean leaves out a value that is not finite, a row with NaN at the same step follows.
        """
        steps, walls = np.array(self._steps, dtype=np.int64), np.array(self._walls)
        values = np.array(self._sums) / np.array(self._counts)
        at = np.flatnonzero(np.array(self._left_out))
        return (
            np.insert(steps, at + 1, steps[at]),
            np.insert(values, at + 1, np.nan),
            np.insert(walls, at + 1, walls[at]),
        )

    def _add_to_last(self, value: float) -> None:
        known = abs(self._sums[-1] / self._counts[-1]) < TOO_LARGE
        good = abs(value) < TOO_LARGE
        if known == good:
            self._sums[-1] += value
            self._counts[-1] += 1
            return
        self._left_out[-1] = True
        if good:
            self._sums[-1], self._counts[-1] = value, 1

    def _extend_last(self, step: int, value: float, wall: float) -> None:
        if not math.isfinite(self._sums[-1]):
            self._sums[-1], self._counts[-1] = value, 1
        elif math.isfinite(value):
            self._sums[-1] += value
            self._counts[-1] += 1
        self._steps[-1] = step
        self._walls[-1] = wall
        self._in_last += 1

    def _merge_neighbours(self) -> None:
        """Merges rows two by two, but not across a step that goes back, which starts another training."""
        steps, sums, counts, walls = self._steps, self._sums, self._counts, self._walls
        left_out, self._left_out = self._left_out, array("b")
        self._steps, self._sums, self._counts, self._walls = array("q"), array("d"), array("q"), array("d")
        last = len(steps) - 1
        row = 0
        while row <= last:
            end = row + 1 if row < last and steps[row + 1] > steps[row] else row
            kept = [at for at in range(row, end + 1) if math.isfinite(sums[at])] or [end]
            self._steps.append(steps[end])
            self._sums.append(sum(sums[at] for at in kept))
            self._counts.append(sum(counts[at] for at in kept))
            self._walls.append(walls[end])
            self._left_out.append(any(left_out[row : end + 1]))
            row = end + 1
        surplus = len(self._steps) - MAX_ROWS * 3 // 4
        if surplus > 0:  # the step goes back again and again: newer rows have replaced the oldest
            for column in (self._steps, self._sums, self._counts, self._walls, self._left_out):
                del column[:surplus]
        self.stride *= 2
        self.merges += 1
