"""A curve: steps, values and wall times of one scalar tag."""

from __future__ import annotations

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
