"""Growing columns of (step, value, wall time), compact and safe to read while they grow."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.series import Floats, Steps

_Scalar = TypeVar("_Scalar", bound=np.generic)


class Part:
    """The first `len` rows of a column block at one moment; what is appended later does not show."""

    __slots__ = ("_block", "_length")

    def __init__(self, block: NDArray[np.int64], length: int) -> None:
        self._block = block
        self._length = length

    def __len__(self) -> int:
        return self._length

    @property
    def steps(self) -> Steps:
        """int64 [len], in write order."""
        return _read_only(self._block[0, : self._length])

    @property
    def values(self) -> Floats:
        """float64 [len]."""
        return _read_only(self._block[1, : self._length].view(np.float64))

    @property
    def wall_times(self) -> Floats:
        """float64 [len], seconds since the epoch."""
        return _read_only(self._block[2, : self._length].view(np.float64))


class Columns:
    """Rows of one tag in one file. One writer; any number of readers through `part()`."""

    __slots__ = ("_block", "_length")

    def __init__(self) -> None:
        self._block: NDArray[np.int64] = np.empty((3, 0), dtype=np.int64)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, steps: Steps, values: Floats, wall_times: Floats) -> None:
        """Adds rows; blocks handed out before keep what they showed."""
        length = self._length + len(steps)
        if length > self._block.shape[1]:
            # 1/8 of slack keeps appends linear and a point at 27 bytes or less; the first fill is exact.
            capacity = length + (length // 8 if self._length else 0)
            block = np.empty((3, capacity), dtype=np.int64)
            block[:, : self._length] = self._block[:, : self._length]
            self._block = block
        block = self._block
        block[0, self._length : length] = steps
        block[1, self._length : length] = values.view(np.int64)
        block[2, self._length : length] = wall_times.view(np.int64)
        self._length = length

    def part(self) -> Part:
        """The rows so far, unaffected by later appends."""
        return Part(self._block, self._length)


def _read_only(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    array.flags.writeable = False
    return array
