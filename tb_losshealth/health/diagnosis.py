"""`diagnose`: two curves in, the answer out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tb_losshealth.health.answer import reason
from tb_losshealth.health.answer.types import Diagnosis, Gap, Onset
from tb_losshealth.health.curves.alignment import half_interval_earlier
from tb_losshealth.health.curves.series import EMPTY_SERIES
from tb_losshealth.health.curves.validate import CurveLike, Mode, check_mode, finite, one_value_per_step
from tb_losshealth.health.detector.alarm import Alarm
from tb_losshealth.health.detector.downsampling import first_new_block
from tb_losshealth.health.detector.record import Record, make_record
from tb_losshealth.health.detector.trend import late_noise
from tb_losshealth.health.detector.verdict import MIN_EVALUATIONS, Decision, decide, replay_alarm
from tb_losshealth.health.labels import Flag, Verdict, in_order

__all__ = ["Diagnosis", "Gap", "Onset", "Verdict", "diagnose", "diagnose_train"]

FEW_EVALUATIONS = 10
"""Evaluations below which they are called few, and below which validation is not called noisy."""

SPARSE = 0.25
"""Share of evaluations without a train value of their own, above which train is called sparse."""

NOISY = 0.15
"""Noise of one evaluation, as a share of validation's range, above which validation is called noisy."""

BELOW = 0.25
"""Share of validation's range by which train must lie above validation for validation to be called far better; train
must lie above it by its own noise, too."""

BELOW_ALWAYS = 0.9
"""Share of the evaluations after the first third at which that must hold: a few may be chance."""


def diagnose(train: CurveLike, val: CurveLike, mode: Mode = "min") -> Diagnosis:
    """Diagnose whether a training overfits, since when, and which checkpoint to keep.

    Args:
        train: a Series, a (steps, values) tuple of 1-D arrays, or values alone (steps 0..n-1).
        val: likewise; it may be sparser or denser than train.
        mode: "min" for losses, "max" where higher is better.

    Returns:
        The diagnosis. For data that cannot be judged, the verdict is "inconclusive" and the diagnosis says why.

    Raises:
        ValueError: wrong arguments (shapes, lengths, steps that decrease, an unknown mode).
    """
    with np.errstate(all="ignore"):
        return _diagnose(train, val, check_mode(mode))


def diagnose_train(train: CurveLike, mode: Mode = "min") -> Diagnosis:
    """Judge train alone; never "overfitting", which cannot be seen without validation.

    Args:
        train: a Series, a (steps, values) tuple of 1-D arrays, or values alone (steps 0..n-1).
        mode: "min" for losses, "max" where higher is better.

    Returns:
        The diagnosis; `best_step` and `best_value` are None, because train alone is no ground for a checkpoint.

    Raises:
        ValueError: wrong arguments, as for `diagnose`.
    """
    with np.errstate(all="ignore"):
        return _diagnose_train(train, check_mode(mode))


def _diagnose(train: CurveLike, val: CurveLike, mode: Mode) -> Diagnosis:
    val_series, val_left_out = one_value_per_step(val, "val")
    train_series, train_left_out = one_value_per_step(train, "train")
    record, curves = make_record(train_series, val_series, _sign(mode), train_left_out + val_left_out)
    steps = val_series.steps[finite(val_series.values)]
    alarm = replay_alarm(curves, steps, record.level)
    return conclude(record, alarm, first_new_block(record.level), mode)[0]


def _diagnose_train(train: CurveLike, mode: Mode) -> Diagnosis:
    series, left_out = one_value_per_step(train, "train")
    # Train is judged as a validation without train.
    record, _ = make_record(EMPTY_SERIES, series, _sign(mode), left_out)
    decision, _ = decide(record, Alarm(), 0, _best_possible(record, mode))
    if decision.verdict is Verdict.INCONCLUSIVE and decision.rising:
        decision = replace(decision, verdict=Verdict.DIVERGING)
    points = record.totals.evaluations
    return Diagnosis(
        verdict=decision.verdict,
        onset=None,
        recovered=False,
        best_step=None,
        best_value=None,
        gap=Gap(None, None, None, None),
        flags=in_order({Flag.NON_FINITE} if record.totals.non_finite else set()),
        reason=reason.of_train(decision, record, _sign(mode)),
        not_judged=(
            "Overfitting: no validation is logged beside train.",
            *(
                (f"The trend: {points} finite values, at least {MIN_EVALUATIONS} are needed.",)
                * (points < MIN_EVALUATIONS)
            ),
        ),
        mode=mode,
        evaluations=0,
        train_points=points,
    )


def conclude(record: Record, alarm: Alarm, start: int, mode: Mode) -> tuple[Diagnosis, Alarm]:
    """Turn a record into the answer.

    Args:
        record: the training.
        alarm: as it stood before block `start`.
        start: first block that `alarm` has not seen.
        mode: "min" or "max".

    Returns:
        The answer, and the alarm as it stands at the end.
    """
    sign, totals = _sign(mode), record.totals
    decision, alarm = decide(record, alarm, start, _best_possible(record, mode))
    onset = _onset(record, decision)
    best = totals.best
    diagnosis = Diagnosis(
        verdict=decision.verdict,
        onset=onset,
        recovered=decision.recovered,
        best_step=best.step if best else None,
        best_value=sign * best.value if best else None,
        gap=_gap(record, decision),
        flags=in_order(_flags(record, decision)),
        reason=reason.of_pair(decision, onset, record, sign),
        not_judged=_not_judged(record, decision),
        mode=mode,
        evaluations=totals.evaluations,
        train_points=totals.train_points,
    )
    return diagnosis, alarm


def _onset(record: Record, decision: Decision) -> Onset | None:
    turning_point = decision.turning_point
    if turning_point is None:
        return None
    at, low, high = (int(record.steps[i]) for i in (turning_point.index, turning_point.low, turning_point.high))
    first, confirmed = record.totals.first, decision.confirmed_step
    if record.level and first is not None:  # the turn lies anywhere in its block
        low = int(record.steps[turning_point.low - 1]) if turning_point.low else first.step
    if confirmed is not None:  # the block may end after the confirmation
        at, low, high = min(at, confirmed), min(low, confirmed), min(high, confirmed)
    return Onset(at, low, high, confirmed, decision.confidence)


def _sign(mode: Mode) -> float:
    return -1.0 if mode == "max" else 1.0


def _best_possible(record: Record, mode: Mode) -> float | None:
    """The lowest value (negated where higher is better) of a metric that looks like a share or a percentage."""
    if mode == "min" or not len(record.v):
        return None
    lowest, highest = record.v_start + float(record.v.min()), record.v_start + float(record.v.max())
    if highest > 0:
        return None
    return next((-top for top in (1.0, 100.0) if lowest >= -top), None)


def _gap(record: Record, decision: Decision) -> Gap:
    totals = record.totals
    at_onset = None
    if decision.turning_point is not None and record.t_start is not None and not totals.by_order:
        at = decision.turning_point.index
        at_onset = float(record.v[at] + record.v_start - record.t[at] - record.t_start)
    widest = totals.widest_gap
    return Gap(totals.last_gap, widest.value if widest else None, widest.step if widest else None, at_onset)


def _flags(record: Record, decision: Decision) -> set[Flag]:
    totals, n = record.totals, len(record.v)
    flags = {
        Flag.NON_FINITE: totals.non_finite > 0,
        Flag.RECOVERED: decision.recovered,
        Flag.SPIKES: totals.spikes > 0,
        Flag.FEW_EVALUATIONS: MIN_EVALUATIONS <= totals.evaluations < FEW_EVALUATIONS,
        Flag.STEPS_DISJOINT: totals.steps != "same",
        Flag.TRAIN_SPARSE: totals.without_train > SPARSE * totals.evaluations,
        Flag.VAL_BELOW_TRAIN: _val_below_train(record),
    }
    if n >= MIN_EVALUATIONS:
        flags[Flag.CONSTANT_VALIDATION] = record.constant
        span = float(np.ptp(record.v))
        flags[Flag.NOISY_VALIDATION] = n >= FEW_EVALUATIONS and late_noise(record.v) > NOISY * span > 0
    return {flag for flag, raised in flags.items() if raised}


def _val_below_train(record: Record) -> bool:
    n = len(record.v)
    if record.t_start is None or record.totals.by_order or n < 6:
        return False
    t, gap_at_start = record.train_in_one_unit()
    late = (half_interval_earlier(t) - record.v - gap_at_start)[n // 3 :]
    large = max(BELOW * float(np.ptp(record.v)), late_noise(t))
    return bool(large > 0 and np.mean(late > large) >= BELOW_ALWAYS)


def _not_judged(record: Record, decision: Decision) -> tuple[str, ...]:
    totals = record.totals
    reasons = []
    if totals.evaluations < MIN_EVALUATIONS:
        reasons.append(f"The trend: {totals.evaluations} finite evaluations, at least {MIN_EVALUATIONS} are needed.")
    if record.t_start is None and totals.evaluations:
        reasons.append("Overfitting: train has no value at any evaluation, so a rise could as well be divergence.")
    if totals.by_order:
        reasons.append("The gap: train and validation do not share a step axis.")
    return tuple(reasons)
