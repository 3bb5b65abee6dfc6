"""The decision: from a record and the alarm that was raised along the way to a verdict with its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tb_losshealth.health.answer.types import Verdict
from tb_losshealth.health.curves.series import Steps
from tb_losshealth.health.detector.alarm import REVOKE_LOG_ODDS, Alarm, advance_alarm, alarm_threshold
from tb_losshealth.health.detector.downsampling import MAX_BLOCKS, downsample_last
from tb_losshealth.health.detector.evidence import Evidence
from tb_losshealth.health.detector.log_odds import sampling_error_log_odds, train_learned, train_rises
from tb_losshealth.health.detector.onset import TurningPoint, estimate_onset
from tb_losshealth.health.detector.record import Aligned, Record
from tb_losshealth.health.detector.trend import adjust_for_gap, classify_trend

MIN_EVALUATIONS = 3
"""Evaluations below which nothing is said."""

OVERFITTING_LOG_ODDS = 0.0
"""Log-odds from which on a run that has ended is called overfitting: more likely than not. An onset that was
confirmed live stands until it is revoked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided.

    Attributes:
        verdict: for the run as it stands.
        turning_point: block indices of the turning point; of the revoked one if `recovered`.
        confidence: probability of overfitting at the turning point's latest evidence; 0 without one.
        recovered: whether an onset was confirmed and revoked.
        revoked_by_new_best: whether it was revoked for a new best.
        confirmed_step: step at which the onset was confirmed.
        rising: whether validation rises, whatever train does.
        within_sampling_error: whether it would be called overfitting, were its set of examples larger.
        rising_since: block index since which it does.
    """

    verdict: Verdict
    turning_point: TurningPoint | None = None
    confidence: float = 0.0
    recovered: bool = False
    revoked_by_new_best: bool = False
    confirmed_step: int | None = None
    rising: bool = False
    within_sampling_error: bool = False
    rising_since: int = 0


def replay_alarm(aligned: Aligned, steps: Steps, level: int) -> Alarm:
    """The alarm as it would have been raised live, up to the resolution before the last.

    Args:
        aligned: the whole curves.
        steps: int64 [n], of the evaluations.
        level: of the downsampling in the end; those evaluations are left to `decide`.
    """
    alarm = Alarm()
    for lower in range(level):
        start = MAX_BLOCKS // 2 if lower else 0
        alarm, _, _ = advance_alarm(alarm, aligned.evidence(lower, start), downsample_last(steps, lower)[start:], lower)
    return alarm


def decide(record: Record, alarm: Alarm, start: int, best_possible: float | None) -> tuple[Decision, Alarm]:
    """Judge a record.

    Args:
        record: the run.
        alarm: how things stood before block `start`.
        start: first block that `alarm` does not know.
        best_possible: the lowest value validation could have, where that is known.

    Returns:
        The decision and the alarm as it stands at the end.
    """
    n = len(record.v)
    if n < MIN_EVALUATIONS:
        return Decision(Verdict.DIVERGING if record.totals.broken and n else Verdict.INCONCLUSIVE), alarm
    e = record.evidence()
    alarm, rise, odds = advance_alarm(alarm, e, record.steps, record.level, start)
    confirmed = alarm.state == "confirmed"
    rising = bool(rise[-1] >= OVERFITTING_LOG_ODDS)
    verdict = _verdict(record, e, float(rise[-1]), confirmed or bool(odds[-1] >= OVERFITTING_LOG_ODDS), best_possible)
    overfits = verdict is Verdict.OVERFITTING
    within_sampling_error = not overfits and bool(odds[-1] - sampling_error_log_odds(e)[-1] >= OVERFITTING_LOG_ODDS)
    decision = Decision(
        verdict, rising=rising, within_sampling_error=within_sampling_error, rising_since=int(e.low_index[-1])
    )
    if not overfits and not alarm.revoked:
        return decision, alarm
    end, log_odds = n, float(odds[-1])
    if not overfits or (confirmed and log_odds < REVOKE_LOG_ODDS):  # the evaluation that carried the onset last
        end, log_odds = max(-(-alarm.last_supported >> record.level), 2), alarm.log_odds
    told = confirmed or not overfits
    before = max(-(-alarm.confirmed_count >> record.level) - 1, 1) if told else None
    decision = replace(
        decision,
        turning_point=estimate_onset(record.v[:end], float(e.window[end - 1]), float(e.noise[end - 1]), before),
        confidence=_probability(log_odds),
        recovered=not overfits,
        revoked_by_new_best=alarm.revoked_by_new_best,
        confirmed_step=alarm.confirmed_step if told else None,
    )
    return decision, alarm


def _verdict(record: Record, e: Evidence, rise_odds: float, overfits: bool, best_possible: float | None) -> Verdict:
    rising = rise_odds >= OVERFITTING_LOG_ODDS
    if record.totals.broken:
        return Verdict.DIVERGING
    if overfits:
        return Verdict.OVERFITTING
    if train_rises(e)[-1] and rise_odds >= alarm_threshold(e)[-1]:
        return Verdict.DIVERGING
    if rising and record.t_start is None:
        return Verdict.INCONCLUSIVE
    headroom = None if best_possible is None else record.v_start - best_possible
    t, gap_at_start = record.train_in_one_unit()
    known = record.t_start is not None
    settled = classify_trend(record.v, t if known else None, record.v_start, gap_at_start, headroom)
    if settled is Verdict.CONVERGED and rising and not train_learned(e)[-1]:
        return Verdict.INCONCLUSIVE
    return adjust_for_gap(settled, record.v, t, gap_at_start) if known else settled


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))
