"""The decision: from a record and the alarm that was raised along the way to a verdict with its figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.alarm import Alarm, advance
from tb_losshealth.health.answer import Verdict
from tb_losshealth.health.blocks import MOST
from tb_losshealth.health.evidence import Evidence, gather, learned, train_rises
from tb_losshealth.health.record import Aligned, Record
from tb_losshealth.health.series import Steps
from tb_losshealth.health.trend import settle
from tb_losshealth.health.turning import Turning, find_turning

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
        confirmed_step: step at which the onset was confirmed.
        rising: whether validation rises, whatever train does.
        since: block index since which it does.
    """

    verdict: Verdict
    turning: Turning | None
    confidence: float
    recovered: bool
    confirmed_step: int | None
    rising: bool
    since: int


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
        width = 1 << level
        e = gather(*aligned.blocks(level), aligned.gap_at_start)
        alarm, _, _ = advance(alarm, e, steps[width - 1 :: width][:MOST], level, start)
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
        broken = Verdict.DIVERGING if record.totals.broken and n else Verdict.INCONCLUSIVE
        return Judgement(broken, None, 0.0, False, None, False, 0), alarm
    e = gather(record.v, record.t, record.gap_at_start)
    alarm, rise, odds = advance(alarm, e, record.steps, record.times, start)
    rising = bool(rise[-1] >= LIKELY)
    since = int(e.lowest[-1])
    overfits = alarm.state == "confirmed" or bool(odds[-1] >= LIKELY)
    verdict = Verdict.OVERFITTING
    if record.totals.broken or (not overfits and rising and bool(train_rises(e)[-1])):
        verdict = Verdict.DIVERGING
    elif not overfits and rising and record.t_start is None:
        verdict = Verdict.INCONCLUSIVE
    elif not overfits:
        verdict = _settled(record, best_possible)
        if verdict is Verdict.CONVERGED and rising and not learned(e)[-1]:
            verdict = Verdict.INCONCLUSIVE
    if overfits and verdict is Verdict.OVERFITTING:
        turning = _turning(record, e, n)
        step = alarm.confirmed_step if alarm.state == "confirmed" else None
        return Judgement(verdict, turning, _probability(float(odds[-1])), False, step, rising, since), alarm
    if alarm.revoked:
        end = max(-(-alarm.latest >> record.times), 2)
        confidence = _probability(float(odds[end - 1]))
        turning = _turning(record, e, end)
        return Judgement(verdict, turning, confidence, True, alarm.confirmed_step, rising, since), alarm
    return Judgement(verdict, None, 0.0, False, None, rising, since), alarm


def _turning(record: Record, e: Evidence, end: int) -> Turning:
    return find_turning(record.v[:end], float(e.window[end - 1]), float(e.scatter[end - 1]))


def _settled(record: Record, best_possible: float | None) -> Verdict:
    headroom = None if best_possible is None else record.v_start - best_possible
    t = None if record.t_start is None else record.t
    return settle(record.v, t, abs(record.v_start), abs(record.t_start or 0.0), headroom)


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))
