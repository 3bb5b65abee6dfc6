"""A curve: steps, values and wall times of one scalar tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One scalar tag after cleaning.

    Attributes:
        steps: int64 [n], strictly increasing.
        values: float64 [n]; NaN and infinities are kept.
        wall_times: float64 [n], seconds since the epoch; NaN where unknown.
    """

    steps: Steps
    values: Floats
    wall_times: Floats

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, where: NDArray[np.bool_] | Sequence[int] | slice) -> Series:
        """Return the points at `where`: a mask, indices or a slice."""
        return Series(self.steps[where], self.values[where], self.wall_times[where])


EMPTY_SERIES = Series(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
"""A curve without points."""
