"""Whether a metric is counted: the share of a set of examples that came out right, as an accuracy is.

The same examples are counted at every evaluation, and what is got wrong once tends to be got wrong again. So its noise
is correlated over longer than any difference of neighbours shows, and a slow wobble looks like a decline.
"""

from __future__ import annotations

from math import inf

import numpy as np

from tb_losshealth.health.series import Floats

MOST_EXAMPLES = 3000
"""Size of a set up to which it is recognised: beyond, there is little noise."""
TOLERANCE = 1e-3
"""How far from a whole number of examples a share may lie: float32 is closer, any other value in one of 500 cases."""
FEWEST = 4
"""Evaluations below which nothing is said ..."""
DECIDED = 16
"""... and after which it stays as it is."""

_TOP = np.repeat([1.0, 100.0], MOST_EXAMPLES)
_PER_UNIT = np.tile(np.arange(1.0, MOST_EXAMPLES + 1), 2) / _TOP


class Counted:
    """Fed one value at a time, tells through how many evaluations they were shares, or percentages, of one set.

    Of higher-is-better metrics alone: a loss is often rounded to a few digits, which looks the same.

    Attributes:
        until: that number; infinite once it is `DECIDED`.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.until = 0.0
        self._top, self._per_unit = _TOP, _PER_UNIT

    def add(self, value: float) -> None:
        """Add a value, lower is better: minus the share."""
        if not len(self._top) or self.until == inf:
            return
        examples = -value * self._per_unit
        fits = (np.abs(examples - np.rint(examples)) <= TOLERANCE) & (-value >= 0) & (-value <= self._top)
        self._top, self._per_unit = self._top[fits], self._per_unit[fits]
        if len(self._top):
            self.until = self.until + 1 if self.until + 1 < DECIDED else inf


def counted_until(values: Floats) -> float:
    """`Counted.until` of a whole curve, lower is better."""
    counted = Counted()
    for value in values[:DECIDED].tolist():
        counted.add(value)
    return counted.until
