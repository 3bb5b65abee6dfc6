"""The answers of all detectors to a history, tb_losshealth and the rules, in one format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.judging.history import Floats, History
from benchmarks.judging.rules import Rule
from tb_losshealth.health.curves.alignment import train_at_evaluations
from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.validate import as_series
from tb_losshealth.health.detector.downsampling import first_new_block
from tb_losshealth.health.detector.record import Record, WholeCurves, make_record
from tb_losshealth.health.detector.verdict import replay_alarm
from tb_losshealth.health.diagnosis import Diagnosis, conclude


@dataclass(frozen=True)
class Outcome:
    """A detector's answer; positions are indices of evaluations.

    Attributes:
        overfits: whether the run overfits at its end.
        alarm: when the detector first fired live; None if never.
        onset: the onset; None without overfitting.
        low: lower end of the onset's interval; None if the detector gives none.
        high: upper end of the onset's interval; None if the detector gives none.
        checkpoint: the evaluation whose checkpoint it keeps.
        confidence: probability of overfitting; NaN if the detector gives none.
        verdict: the verdict; "" if the detector gives none.
    """

    overfits: bool
    alarm: int | None
    onset: int | None
    low: int | None
    high: int | None
    checkpoint: int
    confidence: float
    verdict: str


def ours(history: History) -> Outcome:
    """The diagnosis of tb_losshealth and its live alarm."""
    diagnosis, alarm = diagnosed(history)
    onset = diagnosis.onset if diagnosis.verdict == "overfitting" else None
    find = {int(step): i for i, step in enumerate(history.steps)}
    return Outcome(
        overfits=diagnosis.verdict == "overfitting",
        alarm=None if alarm is None else find[alarm],
        onset=find[onset.step] if onset else None,
        low=find[onset.low] if onset else None,
        high=find[onset.high] if onset else None,
        checkpoint=find[diagnosis.best_step] if diagnosis.best_step is not None else 0,
        confidence=onset.confidence if onset else np.nan,
        verdict=str(diagnosis.verdict.value),
    )


def diagnosed(history: History) -> tuple[Diagnosis, int | None]:
    """`diagnose`, and the step at which the live alarm first went off."""
    record, aligned = recorded(history)
    alarm = replay_alarm(aligned, history.steps, record.level)
    diagnosis, alarm = conclude(record, alarm, first_new_block(record.level), history.mode)
    return diagnosis, alarm.first_confirmed_step


def recorded(history: History) -> tuple[Record, WholeCurves]:
    """The record that the detector judges, and the aligned curves."""
    train = as_series((history.train_steps, history.train), "train")
    val = as_series((history.steps, history.val), "val")
    return make_record(train, val, -1.0 if history.mode == "max" else 1.0)


def curves(history: History) -> tuple[Floats, Floats]:
    """Validation and train at the evaluations [n], lower is better; missing train values repeat the one before."""
    unknown = np.full(len(history.steps), np.nan)
    val = Series(history.steps, history.oriented, unknown)
    train = Series(history.train_steps, history.oriented_train, np.full(len(history.train_steps), np.nan))
    t = train_at_evaluations(train, val)
    known = np.flatnonzero(np.isfinite(t))
    if len(known) == 0:
        return val.values, np.zeros(len(t))
    return val.values, t[known[np.maximum(np.searchsorted(known, np.arange(len(t)), side="right") - 1, 0)]]


def by_rule(rule: Rule, v: Floats, t: Floats) -> Outcome:
    """The answer of a rule: it marks the best evaluation as the onset, and keeps the best one before it fired."""
    fires = rule(v, t)
    at = np.flatnonzero(fires)
    alarm = int(at[0]) if len(at) else None
    best = int(np.argmin(v))
    kept = best if alarm is None else int(np.argmin(v[: alarm + 1]))
    fired = bool(fires[-1])
    return Outcome(fired, alarm, best if fired else None, None, None, kept, np.nan, "overfitting" if fired else "")
