"""The shape of an answer: verdict, onset, best checkpoint, gap, and one sentence with the reason."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.labels import Flag, Verdict


@dataclass(frozen=True, slots=True)
class Onset:
    """Where validation turned for the worse.

    Attributes:
        step: the last step before the lasting rise (the turning point).
        low: first step of the 95 % interval.
        high: last step of the 95 % interval.
        confirmed_step: the step at which the live alarm was, or would have been, confirmed; None if never.
        confidence: calibrated probability, 0 to 1, that this is overfitting.
    """

    step: int
    low: int
    high: int
    confirmed_step: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Generalization gap, validation - train, in units of the metric; positive means that validation is worse.

    Attributes:
        final: the gap at the last common evaluation; None if train and validation have none.
        maximum: the largest gap.
        maximum_step: step of the largest gap.
        at_onset: the gap at the onset; None without an onset.
    """

    final: float | None
    maximum: float | None
    maximum_step: int | None
    at_onset: float | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The diagnosis of a pair of train and validation, or of train alone.

    Attributes:
        verdict: what the curves show at their end.
        onset: the turning point; set when the verdict is overfitting, and where an onset was revoked.
        recovered: whether an onset was confirmed and later revoked.
        best_step: the checkpoint to keep; None without a finite validation value.
        best_value: the validation value there, in the units that were logged.
        gap: generalization gap.
        flags: what else a person should know, in the order of `Flag`.
        reason: one sentence with numbers.
        not_judged: what could not be judged, and why; one sentence each.
        mode: "min" for losses, "max" where higher is better.
        evaluations: finite validation values that were judged.
        train_points: finite train values that were judged.
    """

    verdict: Verdict
    onset: Onset | None
    recovered: bool
    best_step: int | None
    best_value: float | None
    gap: Gap
    flags: tuple[Flag, ...]
    reason: str
    not_judged: tuple[str, ...]
    mode: Mode
    evaluations: int
    train_points: int

    def to_dict(self) -> dict[str, Any]:
        """Return a dict that `json.dumps(..., allow_nan=False)` accepts: plain types, None for NaN and infinity."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
