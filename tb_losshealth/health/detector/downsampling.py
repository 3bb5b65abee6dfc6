"""Downsampling by averages: a curve of any length in at most 512 blocks.

Up to 512 evaluations are kept as they are (level 0). Beyond that, every block is the average of 2 evaluations up to
1,024 (level 1), of 4 up to 2,048 (level 2), and so on. Memory and time therefore stay bounded however long a run is,
and averages are less noisy. The price is resolution: a step is known to 1/512 .. 1/256 of the run. A whole curve and a
curve that arrives one value at a time give the same blocks to the last bit.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps

MAX_BLOCKS = 512
"""Largest number of blocks; a power of two, so that halving their number leaves all of them full."""

Column = TypeVar("Column", Floats, Steps)


def level_for(count: int) -> int:
    """The lowest level at which `count` values are at most `MAX_BLOCKS` blocks; a block holds 2**level values."""
    return max(0, (count - 1).bit_length() - (MAX_BLOCKS - 1).bit_length())


def first_new_block(level: int) -> int:
    """The first block at a level that ends after the last block at the level below; 0 at level 0."""
    return MAX_BLOCKS // 2 if level else 0


def downsample_mean(values: Floats, level: int) -> Floats:
    """Average every block of 2**level values; values that do not fill the last block are left out.

    Pairs are averaged, then pairs of pairs: `StreamingDownsampler` adds in the same order, so that both agree to the
    last bit.

    Args:
        values: float64 [n].
        level: 0 or more.

    Returns:
        float64 [n >> level].
    """
    values = values[: len(values) >> level << level]
    for _ in range(level):
        values = (values[0::2] + values[1::2]) * 0.5
    return values


def downsample_last(values: Column, level: int) -> Column:
    """The last value of each of the first `MAX_BLOCKS` blocks of 2**level values."""
    width = 1 << level
    return values[width - 1 : MAX_BLOCKS * width : width]


class StreamingDownsampler:
    """`downsample_mean`, one value at a time, at the level that the count of values asks for.

    Attributes:
        count: values added.
        level: a block holds 2**level of them.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.count = 0
        self.level = 0
        self._means: list[float] = []
        self._open: list[float | None] = [None]  # for each level, the first half of a block whose second is to come

    def copy(self) -> StreamingDownsampler:
        """An independent copy."""
        twin = copy(self)
        twin._means, twin._open = self._means.copy(), self._open.copy()
        return twin

    def add(self, value: float) -> bool:
        """Add a value; return whether it filled a block."""
        self.count += 1
        if level_for(self.count) > self.level:
            self._means = downsample_mean(np.array(self._means), 1).tolist()
            self.level += 1
            self._open.append(None)
        for lower in range(self.level):
            other = self._open[lower]
            if other is None:
                self._open[lower] = value
                return False
            self._open[lower] = None
            value = (other + value) * 0.5
        self._means.append(value)
        return True

    def means(self) -> Floats:
        """The filled blocks, float64 [at most MAX_BLOCKS]."""
        return np.array(self._means)
