"""Whether a metric is counted: the share of a set of examples that came out right, or wrong, as an accuracy is.

Such a set cannot tell shares apart that differ by less than its standard error, sqrt(p (1 - p) / n) for a share p of n
examples. The noise that neighbouring evaluations show says nothing of that: the same examples are counted every time,
and what is got wrong once tends to be got wrong again.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats

MAX_EXAMPLES = 3000
"""Size of a set up to which it is recognised: beyond, there is little noise."""
TOLERANCE = 1e-3
"""How far from a whole number of examples a share may lie: those in float32 are closer."""
MIN_SHARES = 3
"""Different shares, none of them nothing or all, before which no size is told ..."""
SHARES_TO_SETTLE = 16
"""... and after which it stays as it is."""

_EXAMPLES = np.tile(np.arange(1.0, MAX_EXAMPLES + 1), 2)
_TOP = np.repeat([1.0, 100.0], MAX_EXAMPLES)
_LIKE_ROUNDING = np.gcd(_EXAMPLES.astype(np.int64), 10**12) == _EXAMPLES
"""Sizes, as 100 or 512, whose shares have few digits: so has any metric that was rounded, or kept in half precision."""


class SamplingError:
    """Fed one value at a time, tells by how much a share, or percentage, of one set of examples may be off.

    Attributes:
        top: 1 for shares, 100 for percentages.
        examples: the smallest number of them that all values are shares of.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.top, self.examples = 1.0, 1.0
        self._best = np.inf
        self._seen: frozenset[float] = frozenset()
        self._telling = 0  # of those seen, how many are neither nothing nor all
        self._signs: frozenset[float] = frozenset()
        self._possible = np.arange(len(_TOP))
        self._like_rounding = True

    def add(self, value: float) -> float:
        """Add a value, lower is better: a share of wrong answers, or minus one of right answers.

        Returns:
            The standard error of the best one so far; 0 if it is no such share, or too few were seen.
        """
        self._best = min(self._best, value)
        if self.may_change_with(value):
            self.narrow(value)
        return float(self.errors(np.array([self._best]))[0])

    @property
    def is_open(self) -> bool:
        """Whether any other value may change the size of the set."""
        return len(self._possible) > 0 and self._telling < SHARES_TO_SETTLE

    def may_change_with(self, value: float) -> bool:
        """Whether this one may."""
        return self.is_open and value not in self._seen

    def narrow(self, value: float) -> None:
        """Leave the sizes of which a value is a share."""
        top, examples = _TOP[self._possible], _EXAMPLES[self._possible]
        count = abs(value) / top * examples
        whole = np.rint(count)
        fits = (np.abs(count - whole) <= TOLERANCE) & (whole <= examples) & ((whole >= 1) | (value == 0))
        if value:
            self._signs |= {np.sign(value)}
            fits &= len(self._signs) == 1
        self._possible = self._possible[fits]
        if len(self._possible):
            at = self._possible[np.argmin(examples[fits])]
            self.top, self.examples = float(_TOP[at]), float(_EXAMPLES[at])
            self._like_rounding = bool(_LIKE_ROUNDING[at])
            self._seen |= {value}
            self._telling += 0 < abs(value) < self.top

    def errors(self, best: Floats) -> Floats:
        """Standard error of shares, that of one wrong answer if all are right; 0 if the values so far are none."""
        if not len(self._possible) or self._telling < MIN_SHARES or self._like_rounding:
            return np.zeros_like(best)
        share = np.abs(best) / self.top
        error: Floats = self.top * np.sqrt(np.maximum(share * (1 - share), 1 / self.examples) / self.examples)
        return error


def sampling_errors(values: Floats) -> Floats:
    """What `SamplingError.add` returns of each of a whole curve, float64 [n], lower is better."""
    sampling_error, errors, start = SamplingError(), np.zeros(len(values)), 0
    best = np.minimum.accumulate(values)
    for i, value in enumerate(map(float, values)):
        if sampling_error.may_change_with(value):
            errors[start:i] = sampling_error.errors(best[start:i])
            sampling_error.narrow(value)
            start = i
        elif not sampling_error.is_open:
            break
    errors[start:] = sampling_error.errors(best[start:])
    return errors
