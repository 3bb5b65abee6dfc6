"""The names of what a diagnosis finds: its verdicts, and its flags. What each means stands in `answer`."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum


class Verdict(str, Enum):
    """What a pair of curves shows; ordered by how much it needs attention, what could not be judged last."""

    OVERFITTING = "overfitting"
    DIVERGING = "diverging"
    WIDENING_GAP = "widening_gap"
    UNDERFITTING = "underfitting"
    UNSTABLE = "unstable"
    IMPROVING = "improving"
    CONVERGED = "converged"
    INCONCLUSIVE = "inconclusive"

    def __str__(self) -> str:
        """Return the value, so that an f-string is the same on every Python version."""
        return self.value


class Flag(str, Enum):
    """Something unusual about a pair or its curves, in the order in which they are shown."""

    RECOVERED = "recovered"
    NON_FINITE = "non_finite"
    VAL_BELOW_TRAIN = "val_below_train"
    CONSTANT_VALIDATION = "constant_validation"
    NOISY_VALIDATION = "noisy_validation"
    SPIKES = "spikes"
    FEW_EVALUATIONS = "few_evaluations"
    TRAIN_SPARSE = "train_sparse"
    STEPS_DISJOINT = "steps_disjoint"
    STEP_TRAIN_EPOCH_VAL = "step_train_epoch_val"
    RESUMED = "resumed"
    RESTARTED = "restarted"
    DIRECTION_GUESSED = "direction_guessed"
    TEST_AS_VAL = "test_as_val"

    def __str__(self) -> str:
        """Return the plain word, so that an f-string reads the same on every Python version."""
        return self.value


def in_order(flags: Collection[str]) -> tuple[Flag, ...]:
    """Return `flags` in the order of `Flag`."""
    return tuple(flag for flag in Flag if flag in flags)
