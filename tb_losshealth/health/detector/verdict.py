"""The decision: from a record and the alarm that was raised along the way to a verdict with its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tb_losshealth.health.answer.types import Verdict
from tb_losshealth.health.curves.series import Steps
from tb_losshealth.health.detector.alarm import GONE_BELOW, Alarm, advance, seen_from
from tb_losshealth.health.detector.downsampling import MOST, block_ends
from tb_losshealth.health.detector.evidence import Evidence
from tb_losshealth.health.detector.log_odds import about_set, learned, train_rises
from tb_losshealth.health.detector.onset import Turning, find_turning
from tb_losshealth.health.detector.record import Aligned, Record
from tb_losshealth.health.detector.trend import beside_the_gap, settle

MIN_EVALUATIONS = 3
"""Evaluations below which nothing is said."""

LIKELY = 0.0
"""Log-odds from which on a run that has ended is called overfitting: more likely than not. An onset that was
confirmed live stands until it is revoked."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided.

    Attributes:
        verdict: for the run as it stands.
        turning: block indices of the turning point; of the revoked one if `recovered`.
        confidence: probability of overfitting at the turning point's latest evidence; 0 without one.
        recovered: whether an onset was confirmed and revoked.
        came_back: whether it was revoked for a new best.
        confirmed_step: step at which the onset was confirmed.
        rising: whether validation rises, whatever train does.
        within_error: whether it would be called overfitting, were its set of examples larger.
        since: block index since which it does.
    """

    verdict: Verdict
    turning: Turning | None = None
    confidence: float = 0.0
    recovered: bool = False
    came_back: bool = False
    confirmed_step: int | None = None
    rising: bool = False
    within_error: bool = False
    since: int = 0


def watch(aligned: Aligned, steps: Steps, times: int) -> Alarm:
    """The alarm as it would have been raised live, up to the resolution before the last.

    Args:
        aligned: the whole curves.
        steps: int64 [n], of the evaluations.
        times: how often neighbours are merged in the end; those looks are left to `judge`.
    """
    alarm = Alarm()
    for level in range(times):
        start = MOST // 2 if level else 0
        alarm, _, _ = advance(alarm, aligned.evidence(level, start), block_ends(steps, level)[start:], level)
    return alarm


def judge(record: Record, alarm: Alarm, start: int, best_possible: float | None) -> tuple[Judgement, Alarm]:
    """Judge a record.

    Args:
        record: the run.
        alarm: how things stood before block `start`.
        start: first block that `alarm` does not know.
        best_possible: the lowest value validation could have, where that is known.

    Returns:
        The judgement and the alarm as it stands at the end.
    """
    n = len(record.v)
    if n < MIN_EVALUATIONS:
        return Judgement(Verdict.DIVERGING if record.totals.broken and n else Verdict.INCONCLUSIVE), alarm
    e = record.evidence()
    alarm, rise, odds = advance(alarm, e, record.steps, record.times, start)
    confirmed = alarm.state == "confirmed"
    rising = bool(rise[-1] >= LIKELY)
    verdict = _verdict(record, e, float(rise[-1]), confirmed or bool(odds[-1] >= LIKELY), best_possible)
    overfits = verdict is Verdict.OVERFITTING
    within_error = not overfits and bool(odds[-1] - about_set(e)[-1] >= LIKELY)
    judgement = Judgement(verdict, rising=rising, within_error=within_error, since=int(e.lowest[-1]))
    if not overfits and not alarm.revoked:
        return judgement, alarm
    end, log_odds = n, float(odds[-1])
    if not overfits or (confirmed and log_odds < GONE_BELOW):  # the evaluation that carried the onset last
        end, log_odds = max(-(-alarm.latest >> record.times), 2), alarm.odds
    told = confirmed or not overfits
    before = max(-(-alarm.confirmed >> record.times) - 1, 1) if told else None
    judgement = replace(
        judgement,
        turning=find_turning(record.v[:end], float(e.window[end - 1]), float(e.scatter[end - 1]), before),
        confidence=_probability(log_odds),
        recovered=not overfits,
        came_back=alarm.came_back,
        confirmed_step=alarm.confirmed_step if told else None,
    )
    return judgement, alarm


def _verdict(record: Record, e: Evidence, rise_odds: float, overfits: bool, best_possible: float | None) -> Verdict:
    rising = rise_odds >= LIKELY
    if record.totals.broken:
        return Verdict.DIVERGING
    if overfits:
        return Verdict.OVERFITTING
    if train_rises(e)[-1] and rise_odds >= seen_from(e)[-1]:
        return Verdict.DIVERGING
    if rising and record.t_start is None:
        return Verdict.INCONCLUSIVE
    headroom = None if best_possible is None else record.v_start - best_possible
    t, gap_at_start = record.train_in_one_unit()
    known = record.t_start is not None
    settled = settle(record.v, t if known else None, record.v_start, gap_at_start, headroom)
    if settled is Verdict.CONVERGED and rising and not learned(e)[-1]:
        return Verdict.INCONCLUSIVE
    return beside_the_gap(settled, record.v, t, gap_at_start) if known else settled


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))
