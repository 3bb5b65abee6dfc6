"""Whether a metric is counted: the share of a set of examples that came out right, or wrong, as an accuracy is.

Such a set cannot tell shares apart that differ by less than its standard error, sqrt(p (1 - p) / n) for a share p of n
examples. The noise that neighbouring evaluations show says nothing of that: the same examples are counted every time,
and what is got wrong once tends to be got wrong again.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.series import Floats

MOST_EXAMPLES = 3000
"""Size of a set up to which it is recognised: beyond, there is little noise."""
TOLERANCE = 1e-3
"""How far from a whole number of examples a share may lie: float32 is closer, any other value in one of 500 cases."""
FEWEST = 4
"""Evaluations below which nothing is said ..."""
DECIDED = 16
"""... and after which the size of the set stays as it is."""

_EXAMPLES = np.tile(np.arange(1.0, MOST_EXAMPLES + 1), 2)
_TOP = np.repeat([1.0, 100.0], MOST_EXAMPLES)
_LIKE_ROUNDING = np.gcd(_EXAMPLES.astype(np.int64), 10**8) == _EXAMPLES
"""Sizes whose shares have few decimals, as has a rounded loss: where lower is better, none of them is a size."""


class Counted:
    """Fed one value at a time, tells by how much a share, or percentage, of one set of examples may be off.

    Attributes:
        top: 1 for shares, 100 for percentages.
        examples: the smallest number of them that all values are shares of.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.top, self.examples = 1.0, 0.0
        self._count = 0
        self._best = np.inf
        self._possible = np.arange(len(_TOP))
        self._may_be_loss = self._like_rounding = False

    def add(self, value: float) -> float:
        """Add a value, lower is better: a share of wrong answers, or minus one of right answers.

        Returns:
            The standard error of the best one so far; 0 if it is no such share, or too few were seen.
        """
        self._count += 1
        if self._count <= DECIDED and len(self._possible):
            self._narrow(value)
        self._best = min(self._best, value)
        if self._count < FEWEST or not self._is_share:
            return 0.0
        return float(_standard_error(self._best, self.top, self.examples))

    def _narrow(self, value: float) -> None:
        if value * self._best < 0 and self._count > 1:
            self._possible = self._possible[:0]
            return
        top, examples = _TOP[self._possible], _EXAMPLES[self._possible]
        count = abs(value) / top * examples
        whole = np.rint(count)
        fits = (np.abs(count - whole) <= TOLERANCE) & (whole <= examples) & ((whole >= 1) | (value == 0))
        self._possible = self._possible[fits]
        self._may_be_loss |= value > 0
        if len(self._possible):
            at = self._possible[np.argmin(examples[fits])]
            self.top, self.examples = float(_TOP[at]), float(_EXAMPLES[at])
            self._like_rounding = bool(_LIKE_ROUNDING[at])

    @property
    def _is_share(self) -> bool:
        return len(self._possible) > 0 and not (self._may_be_loss and self._like_rounding)

    @property
    def decided(self) -> bool:
        """Whether values are taken for shares of so many examples from now on."""
        return self._count >= DECIDED and self._is_share


def set_errors(values: Floats) -> Floats:
    """What `Counted.add` returns of each of a whole curve, float64 [n], lower is better."""
    counted = Counted()
    errors = np.zeros(len(values))
    errors[:DECIDED] = [counted.add(value) for value in values[:DECIDED].tolist()]
    if counted.decided:
        best = np.minimum.accumulate(values)
        errors[DECIDED:] = _standard_error(best[DECIDED:], counted.top, counted.examples)
    return errors


def _standard_error(best: float | Floats, top: float, examples: float) -> Floats:
    share = np.minimum(np.abs(best) / top, 1.0)
    error: Floats = top * np.sqrt(np.maximum(share * (1 - share), 1 / examples) / examples)
    return error
