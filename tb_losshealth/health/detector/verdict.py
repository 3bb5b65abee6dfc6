"""The decision: from a record, and the alarm that was raised along the way, to a verdict with its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tb_losshealth.health.curves.series import Steps
from tb_losshealth.health.detector.alarm import REVOKE_LOG_ODDS, Alarm, advance_alarm, alarm_threshold
from tb_losshealth.health.detector.downsampling import downsample_last, first_new_block
from tb_losshealth.health.detector.evidence import Evidence
from tb_losshealth.health.detector.log_odds import sampling_error_log_odds, train_learned, train_rises
from tb_losshealth.health.detector.onset import TurningPoint, estimate_onset
from tb_losshealth.health.detector.record import Record, WholeCurves
from tb_losshealth.health.detector.trend import adjust_for_gap, classify_trend
from tb_losshealth.health.labels import Verdict

MIN_EVALUATIONS = 3
"""Evaluations below which no trend is judged."""

OVERFITTING_LOG_ODDS = 0.0
"""Log-odds from which on a run that has ended is called overfitting: more likely than not. An onset that was confirmed
live stands until it is revoked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided.

    Attributes:
        verdict: the verdict on the run as it stands.
        turning_point: block indices of the onset; of the revoked one if `recovered`; None without an onset.
        confidence: probability of overfitting at the latest evidence for the onset; 0 without one.
        recovered: whether an onset was confirmed and revoked.
        revoked_by_new_best: whether it was revoked because validation reached a new best.
        confirmed_step: step at which the onset was confirmed; None if it was not.
        rising: whether validation rises, whatever train does.
        rising_since: block index since which it does.
        within_sampling_error: whether the run would be called overfitting if its validation set were larger.
    """

    verdict: Verdict
    turning_point: TurningPoint | None = None
    confidence: float = 0.0
    recovered: bool = False
    revoked_by_new_best: bool = False
    confirmed_step: int | None = None
    rising: bool = False
    rising_since: int = 0
    within_sampling_error: bool = False


def replay_alarm(aligned: WholeCurves, steps: Steps, level: int) -> Alarm:
    """The alarm as it would have been raised live, up to the level of downsampling before the last.

    Args:
        aligned: the whole curves.
        steps: int64 [n], steps of the evaluations.
        level: level of downsampling at the end of the run; evaluations at that level are left to `decide`.
    """
    alarm = Alarm()
    for lower in range(level):
        start = first_new_block(lower)
        alarm, _ = advance_alarm(alarm, aligned.evidence(lower, start), downsample_last(steps, lower)[start:], lower)
    return alarm


def decide(record: Record, alarm: Alarm, start: int, best_possible: float | None) -> tuple[Decision, Alarm]:
    """Decide on the verdict of a record.

    Args:
        record: the run.
        alarm: the alarm before block `start`.
        start: first block that `alarm` does not know.
        best_possible: lowest value that validation could have; None if that is unknown.

    Returns:
        The decision, and the alarm at the end.
    """
    n = len(record.v)
    if n < MIN_EVALUATIONS:
        return Decision(Verdict.DIVERGING if record.totals.broken and n else Verdict.INCONCLUSIVE), alarm
    e = record.evidence()
    alarm, log_odds = advance_alarm(alarm, e, record.steps, record.level, start)
    rise, overfitting = float(log_odds.rise[-1]), float(log_odds.overfitting[-1])
    confirmed = alarm.state == "confirmed"
    verdict = _verdict(record, e, rise, confirmed or overfitting >= OVERFITTING_LOG_ODDS, best_possible)
    overfits = verdict is Verdict.OVERFITTING
    without_sampling_error = overfitting - float(sampling_error_log_odds(e)[-1])
    decision = Decision(
        verdict,
        rising=rise >= OVERFITTING_LOG_ODDS,
        rising_since=int(e.low_index[-1]),
        within_sampling_error=not overfits and without_sampling_error >= OVERFITTING_LOG_ODDS,
    )
    if not overfits and not alarm.revoked:
        return decision, alarm
    end = n
    if not overfits or (confirmed and overfitting < REVOKE_LOG_ODDS):  # the latest evaluation that supported the onset
        end, overfitting = max(-(-alarm.last_supported >> record.level), 2), alarm.log_odds
    was_confirmed = confirmed or not overfits
    known_by = max(-(-alarm.confirmed_count >> record.level) - 1, 1) if was_confirmed else None
    decision = replace(
        decision,
        turning_point=estimate_onset(record.v[:end], float(e.window[end - 1]), float(e.noise[end - 1]), known_by),
        confidence=_probability(overfitting),
        recovered=not overfits,
        revoked_by_new_best=alarm.revoked_by_new_best,
        confirmed_step=alarm.confirmed_step if was_confirmed else None,
    )
    return decision, alarm


def _verdict(record: Record, e: Evidence, rise: float, overfits: bool, best_possible: float | None) -> Verdict:
    """The verdict, given the log-odds of a rise at the end and whether the run overfits unless it diverges."""
    rising = rise >= OVERFITTING_LOG_ODDS
    if record.totals.broken:
        return Verdict.DIVERGING
    if overfits:
        return Verdict.OVERFITTING
    if train_rises(e)[-1] and rise >= alarm_threshold(e)[-1]:
        return Verdict.DIVERGING
    if rising and record.t_start is None:
        return Verdict.INCONCLUSIVE
    headroom = None if best_possible is None else record.v_start - best_possible
    t, gap_at_start = record.train_in_one_unit()
    has_train = record.t_start is not None
    verdict = classify_trend(record.v, t if has_train else None, record.v_start, gap_at_start, headroom)
    if verdict is Verdict.CONVERGED and rising and not train_learned(e)[-1]:
        return Verdict.INCONCLUSIVE
    return adjust_for_gap(verdict, record.v, t, gap_at_start) if has_train else verdict


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))
