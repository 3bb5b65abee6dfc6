"""The answer: verdict, onset, best checkpoint, gap, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(str, Enum):
    """What a pair of curves shows, worst first."""

    OVERFITTING = "overfitting"
    DIVERGING = "diverging"
    WIDENING_GAP = "widening_gap"
    UNDERFITTING = "underfitting"
    UNSTABLE = "unstable"
    INCONCLUSIVE = "inconclusive"
    IMPROVING = "improving"
    CONVERGED = "converged"


@dataclass(frozen=True, slots=True)
class Onset:
    """Where validation turned for the worse.

    Attributes:
        step: the last step before the lasting rise (the turning point).
        low: first step of the 95 % interval.
        high: last step of the 95 % interval.
        confirmed_step: the step at which a person watching would have been told; None if never.
        confidence: calibrated probability, 0 to 1, that this is overfitting.
    """

    step: int
    low: int
    high: int
    confirmed_step: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Generalization gap, validation - train (oriented: positive is worse for either mode), in units of the loss.

    Attributes:
        final: at the last common evaluation; None if train and validation never meet.
        maximum: the largest one.
        maximum_step: where it was.
        at_onset: at the onset; None without one.
    """

    final: float | None
    maximum: float | None
    maximum_step: int | None
    at_onset: float | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The judgement of one train/validation pair (or of train alone)."""

    verdict: Verdict
    onset: Onset | None
    recovered: bool
    best_step: int | None
    best_value: float | None
    gap: Gap
    flags: tuple[str, ...]
    reason: str
    not_judged: tuple[str, ...]
    mode: str
    evaluations: int
    train_points: int
