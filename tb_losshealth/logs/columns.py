"""Growing columns of (step, value, wall time), compact and safe to read while they grow."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats, Steps

_Scalar = TypeVar("_Scalar", bound=np.generic)
_SLACK = 1 / 8  # of the rows; a point takes 24 bytes, and 27 at most while its columns grow


class Part:
    """The first rows of some columns as of one moment; what is appended later does not show.

    Attributes:
        increasing: whether each step is greater than the one before.
    """

    __slots__ = ("_block", "_length", "increasing")

    def __init__(self, block: NDArray[np.int64], length: int, increasing: bool) -> None:
        self._block = block
        self._length = length
        self.increasing = increasing

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self._block is other._block and self._length == other._length

    __hash__ = None  # type: ignore[assignment]

    @property
    def steps(self) -> Steps:
        """int64 [len], in write order. Read-only."""
        return _read_only(self._block[0, : self._length])

    @property
    def values(self) -> Floats:
        """float64 [len]. Read-only."""
        return _read_only(self._block[1, : self._length].view(np.float64))

    @property
    def wall_times(self) -> Floats:
        """float64 [len], seconds since the epoch. Read-only."""
        return _read_only(self._block[2, : self._length].view(np.float64))


class Columns:
    """Rows of one tag in one file. One writer; any number of readers, each through a `part()`."""

    __slots__ = ("_block", "_increasing", "_length")

    def __init__(self) -> None:
        self._block: NDArray[np.int64] = np.empty((3, 0), dtype=np.int64)
        self._length = 0
        self._increasing = True

    def __len__(self) -> int:
        return self._length

    def append(self, steps: Steps, values: Floats, wall_times: Floats, *, expected: int = 0) -> None:
        """Adds one row or more; parts handed out before keep what they showed.

        Args:
            steps: int64 [n].
            values: float64 [n].
            wall_times: float64 [n].
            expected: about how many further rows will follow soon; `trim` once they have.
        """
        start, stop = self._length, self._length + len(steps)
        if self._increasing:
            follows = start == 0 or self._block[0, start - 1] < steps[0]
            self._increasing = bool(follows and (steps[1:] > steps[:-1]).all())
        if stop > self._block.shape[1]:
            spare = expected or (int(start * _SLACK) if start else 0)
            self._resize(stop + spare)
        self._block[0, start:stop] = steps
        self._block[1, start:stop] = values.view(np.int64)
        self._block[2, start:stop] = wall_times.view(np.int64)
        self._length = stop

    def trim(self) -> None:
        """Gives back room beyond the usual slack."""
        if self._block.shape[1] > self._length * (1 + _SLACK):
            self._resize(self._length)

    def part(self) -> Part:
        """The rows so far."""
        return Part(self._block, self._length, self._increasing)

    def _resize(self, capacity: int) -> None:
        block = np.empty((3, capacity), dtype=np.int64)
        block[:, : self._length] = self._block[:, : self._length]
        self._block = block


def _read_only(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    array.flags.writeable = False
    return array
