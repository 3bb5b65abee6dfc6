"""A curve of any length in at most 512 numbers, the same whether it came at once or one value at a time.

Up to 512 evaluations are kept as they are. Beyond, neighbours are averaged: two by two up to 1,024, four by four up
to 2,048, and so on. The price is resolution (a step is known to 1/512 .. 1/256 of the run), the gain is that memory
and time stay bounded however long a run is, and that an average of w evaluations scatters less.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps

MOST = 512

Column = TypeVar("Column", Floats, Steps)


def halvings(count: int) -> int:
    """How often neighbours must be merged until `count` values are at most `MOST` blocks."""
    return max(0, (count - 1).bit_length() - (MOST - 1).bit_length())


def block_means(values: Floats, times: int) -> Floats:
    """Merge neighbours `times` times; what does not fill the last block is left out.

    Pairs are averaged, then pairs of pairs: the order of the additions that `Blocks` uses, so that both agree to
    the last bit.
    """
    values = values[: len(values) >> times << times]
    for _ in range(times):
        values = (values[0::2] + values[1::2]) * 0.5
    return values


def block_ends(values: Column, times: int) -> Column:
    """The last value of each of the first `MOST` blocks of 2**times values."""
    width = 1 << times
    return values[width - 1 : MOST * width : width]


class Blocks:
    """`block_means` fed one value at a time."""

    def __init__(self) -> None:
        """Start empty."""
        self.count = 0
        self.times = 0
        self._means: list[float] = []
        self._open: list[float | None] = [None]

    def copy(self) -> Blocks:
        """An independent copy."""
        twin = copy(self)
        twin._means, twin._open = self._means.copy(), self._open.copy()
        return twin

    def add(self, value: float) -> bool:
        """Add a value; return whether it filled a block."""
        self.count += 1
        if halvings(self.count) > self.times:
            self._means = block_means(np.array(self._means), 1).tolist()
            self.times += 1
            self._open.append(None)
        for level in range(self.times):
            other = self._open[level]
            if other is None:
                self._open[level] = value
                return False
            self._open[level] = None
            value = (other + value) * 0.5
        self._means.append(value)
        return True

    def means(self) -> Floats:
        """The filled blocks, float64 [at most MOST]."""
        return np.array(self._means)
