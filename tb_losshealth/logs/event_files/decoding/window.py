"""A stretch of a file in memory, and numpy's view of the records in it."""

from __future__ import annotations

from io import BufferedIOBase
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SLACK = 16  # a number may be read across the end of the last record; those bytes are masked out


class Window:
    """Bytes `[0, size)` of `data` are those of a file from `offset` on. Reusable.

    Attributes:
        uint32: the little-endian number that starts at any byte: `uint32[7]` is that of bytes 7 to 10.
        uint64: likewise.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.data = bytearray(capacity + _SLACK)
        self.offset = 0
        self.size = 0
        self.uint32 = np.ndarray((capacity,), np.dtype("<u4"), buffer=self.data, strides=(1,))
        self.uint64 = np.ndarray((capacity,), np.dtype("<u8"), buffer=self.data, strides=(1,))

    def fill(self, file: BufferedIOBase, offset: int, size: int) -> None:
        """Reads up to `size` bytes from `offset` on; fewer where the file ends.

        Raises:
            OSError: as the file does.
        """
        file.seek(offset)
        view = memoryview(self.data)[: min(size, self.capacity)]
        self.offset, self.size = offset, 0
        while self.size < len(view):
            count = file.readinto(view[self.size :])
            if not count:
                break
            self.size += count

    def cut(self, start: int, stop: int) -> bytes:
        """A copy of bytes `[start, stop)`."""
        return bytes(memoryview(self.data)[start:stop])


class Bodies:
    """Record bodies of one length in a window, evenly spaced in memory, so that numpy reads columns of them.

    Bodies that do not lie so in the window are copied together first, which costs less than one irregular column.
    """

    def __init__(self, window: Window, starts: NDArray[np.int64], length: int) -> None:
        self._count = len(starts)
        self._buffer: bytearray | NDArray[np.void] = window.data
        self._first = int(starts[0])
        self._stride = int(starts[1]) - self._first if self._count > 1 else 1
        if not (np.diff(starts) == self._stride).all():
            self._stride = -(-length // 8) * 8 + 8  # room for the checksum behind the body
            shape = (len(window.data) - self._stride + 1,)
            rows = np.ndarray(shape, f"V{self._stride}", buffer=window.data, strides=(1,))
            self._buffer = rows[starts]
            self._first = 0

    def __len__(self) -> int:
        return self._count

    def column(self, dtype: str, offset: int) -> NDArray[Any]:
        """The number of type `dtype` at `offset` in each body, [n]. Not to be written to."""
        first = self._first + offset
        column: NDArray[Any] = np.ndarray((self._count,), dtype, self._buffer, first, (self._stride,))
        return column


def read_at(file: BufferedIOBase, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset` on.

    Raises:
        OSError: as the file does.
    """
    file.seek(offset)
    return file.read(size)
