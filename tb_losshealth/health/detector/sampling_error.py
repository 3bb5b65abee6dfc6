"""Sampling error of a metric that is a share of examples, such as an accuracy or an error rate.

A validation set of n examples cannot distinguish shares that differ by less than the standard error sqrt(p (1 - p) / n)
of a share p. The noise between neighbouring evaluations does not show this error: the same examples are used every
time, and an example that was classified wrongly once tends to be classified wrongly again. So n is inferred from the
values: it is the smallest number of examples of which all of them are shares.
"""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Floats

MAX_EXAMPLES = 3000
"""Largest set that is recognised. The standard error of a larger one is below 1 % and hardly matters."""

COUNT_TOLERANCE = 1e-3
"""How far from a whole number of examples a share may lie. Shares in float32 lie closer."""

MIN_SHARES = 3
"""Different shares, other than 0 and 1, that must have been seen before a size is inferred: fewer are
shares of many small sets."""

SHARES_TO_SETTLE = 16
"""Different shares, other than 0 and 1, after which the size is final, so that a long run costs no more."""

_SIZES = np.tile(np.arange(1.0, MAX_EXAMPLES + 1), 2)
_WHOLES = np.repeat([1.0, 100.0], MAX_EXAMPLES)
"""Candidates for the number of examples, and for the value of the whole: 1 for shares, 100 for percentages."""

_FEW_DIGITS = np.gcd(_SIZES.astype(np.int64), 10**12) == _SIZES
"""Candidates such as 100 or 512, whose shares have few digits: every metric that was rounded, or kept in half
precision, looks like a share of them."""


class SamplingError:
    """Infers the number of examples from shares or percentages, one at a time, and gives their standard error.

    Attributes:
        whole: 1 for shares, 100 for percentages.
        examples: the smallest number of examples of which all values are shares.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.whole, self.examples = 1.0, 1.0
        self._best = np.inf
        self._seen: frozenset[float] = frozenset()
        self._informative = 0  # values in `_seen` other than 0 and the whole
        self._signs: frozenset[float] = frozenset()
        self._candidates = np.arange(len(_SIZES))
        self._few_digits = True

    def add(self, value: float) -> float:
        """Add a value; lower is better: a share of wrong answers, or minus the share of right ones.

        Returns:
            The standard error of the best value so far; 0 if it is no such share, or if too few values were seen.
        """
        self._best = min(self._best, value)
        if self.may_change_with(value):
            self.narrow(value)
        return float(self.errors(np.array([self._best]))[0])

    @property
    def is_open(self) -> bool:
        """Whether any further value may change the inferred size."""
        return len(self._candidates) > 0 and self._informative < SHARES_TO_SETTLE

    def may_change_with(self, value: float) -> bool:
        """Whether `value` may change the inferred size."""
        return self.is_open and value not in self._seen

    def narrow(self, value: float) -> None:
        """Keep the candidates of which `value` is a share."""
        whole, examples = _WHOLES[self._candidates], _SIZES[self._candidates]
        count = abs(value) / whole * examples
        rounded = np.rint(count)
        fits = (np.abs(count - rounded) <= COUNT_TOLERANCE) & (rounded <= examples) & ((rounded >= 1) | (value == 0))
        if value:
            self._signs |= {np.sign(value)}
            fits &= len(self._signs) == 1
        self._candidates = self._candidates[fits]
        if len(self._candidates):
            at = self._candidates[np.argmin(examples[fits])]
            self.whole, self.examples = float(_WHOLES[at]), float(_SIZES[at])
            self._few_digits = bool(_FEW_DIGITS[at])
            self._seen |= {value}
            self._informative += 0 < abs(value) < self.whole

    def errors(self, best: Floats) -> Floats:
        """Standard error of each share; 0 where the values so far are no shares.

        If all examples are right, the error is that of one wrong example.

        Args:
            best: float64 [n], shares or percentages.

        Returns:
            float64 [n].
        """
        if not len(self._candidates) or self._informative < MIN_SHARES or self._few_digits:
            return np.zeros_like(best)
        share = np.abs(best) / self.whole
        error: Floats = self.whole * np.sqrt(np.maximum(share * (1 - share), 1 / self.examples) / self.examples)
        return error


def sampling_errors(values: Floats) -> Floats:
    """What `SamplingError.add` returns for each value of a whole curve.

    Args:
        values: float64 [n], lower is better.

    Returns:
        float64 [n].
    """
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
