"""Which histories have a settled truth, and which are quiet."""

from __future__ import annotations

import numpy as np

from benchmarks.judging.history import History

SMALLEST_EFFECT = 0.05
"""A smaller rise, as a share of the descent, is a stratum of its own."""
QUIET = 0.08
"""Noise, as a share of the descent, up to which a real training counts as quiet: the most of any synthetic one."""


def clear(history: History) -> bool:
    """Whether it overfits by at least 5 % of the descent, or not at all."""
    return history.overfits is False or (history.overfits is True and not history.effect < SMALLEST_EFFECT)


def quiet(history: History) -> bool:
    """Whether its noise is within the range of the synthetic histories; true where it is unknown."""
    return bool(np.isnan(history.noise) or history.noise <= QUIET)
