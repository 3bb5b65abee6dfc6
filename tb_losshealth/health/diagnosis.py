"""`diagnose`: two curves in, the answer out."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health import reason
from tb_losshealth.health.alignment import half_interval_earlier, train_at_evaluations
from tb_losshealth.health.answer import Diagnosis, Gap, Onset, Verdict
from tb_losshealth.health.curves import Curve, as_series, check_mode, take
from tb_losshealth.health.flags import in_order
from tb_losshealth.health.judgement import MIN_EVALUATIONS, Judgement, judge
from tb_losshealth.health.series import Floats, Series

__all__ = ["Diagnosis", "Gap", "Onset", "Verdict", "diagnose", "diagnose_train"]


def diagnose(train: Curve, val: Curve, mode: str = "min") -> Diagnosis:
    """Say whether a training overfits, since when, and which checkpoint to keep.

    Args:
        train: a Series, a (steps, values) tuple of 1-D arrays, or values alone (steps 0..n-1).
        val: likewise; it may be sparser or denser than train.
        mode: "min" for losses, "max" where higher is better.

    Returns:
        The diagnosis. Data that cannot be judged give the verdict "inconclusive" and say why.

    Raises:
        ValueError: wrong arguments (shapes, lengths, steps that decrease, an unknown mode).
    """
    check_mode(mode)
    train_series, val_series = as_series(train, "train"), as_series(val, "val")
    flags: set[str] = set()
    sign = -1.0 if mode == "max" else 1.0
    good = np.isfinite(val_series.values)
    train_good = np.isfinite(train_series.values)
    if not good.all() or not train_good.all():
        flags.add("non_finite")
    clean, clean_train = take(val_series, good), take(train_series, train_good)
    unit = _unit(clean.values, clean_train.values)
    scaled = Series(clean_train.steps, sign * clean_train.values / unit, clean_train.wall_times)
    v = sign * clean.values / unit
    not_judged: list[str] = []
    aligned = train_at_evaluations(scaled, clean)
    t = aligned if np.isfinite(aligned).any() else None
    if t is None:
        not_judged.append("Train has no value at any evaluation, so overfitting cannot be told from divergence.")
    judged = judge(v, t)
    if _ends_broken(train_series.values, val_series.values):
        judged = Judgement(Verdict.DIVERGING, None, judged.sigma, judged.spikes)
    if judged.spikes:
        flags.add("spikes")
    if t is not None and _val_below_train(v, t, judged.sigma):
        flags.add("val_below_train")
    if MIN_EVALUATIONS <= len(v) < 10:
        flags.add("few_evaluations")
    if len(v) < MIN_EVALUATIONS:
        not_judged.append(f"{len(v)} finite evaluations; at least {MIN_EVALUATIONS} are needed.")
    best = int(np.argmin(v)) if len(v) else None
    onset = None
    if judged.turn is not None:
        at = judged.turn
        onset = Onset(
            int(clean.steps[at.index]), int(clean.steps[at.low]), int(clean.steps[at.high]), None, at.confidence
        )
    gap = _gap(clean, v, t, unit, None if judged.turn is None else judged.turn.index)
    return Diagnosis(
        verdict=judged.verdict,
        onset=onset,
        recovered=judged.recovered,
        best_step=None if best is None else int(clean.steps[best]),
        best_value=None if best is None else float(clean.values[best]),
        gap=gap,
        flags=in_order(flags),
        reason=_sentence(judged, clean, t, onset, best, sign, unit),
        not_judged=tuple(not_judged),
        mode=mode,
        evaluations=len(clean),
        train_points=len(clean_train),
    )


def diagnose_train(train: Curve, mode: str = "min") -> Diagnosis:
    """Judge train alone; never "overfitting", which cannot be seen without validation.

    Args:
        train: a Series, a (steps, values) tuple of 1-D arrays, or values alone (steps 0..n-1).
        mode: "min" for losses, "max" where higher is better.

    Returns:
        The diagnosis; `best_step` and `best_value` are None, for train alone says nothing about a checkpoint.

    Raises:
        ValueError: wrong arguments, as for `diagnose`.
    """
    check_mode(mode)
    series = as_series(train, "train")
    good = np.isfinite(series.values)
    clean = take(series, good)
    sign = -1.0 if mode == "max" else 1.0
    unit = _unit(clean.values)
    values = sign * clean.values / unit
    if len(values) > 400:
        values = np.array([np.median(part) for part in np.array_split(values, 200)])
    judged = judge(values, values if len(values) else None)
    verdict = judged.verdict
    if verdict in (Verdict.OVERFITTING, Verdict.WIDENING_GAP) or _ends_broken(series.values, np.zeros(1)):
        verdict = Verdict.DIVERGING
    flags = set() if good.all() else {"non_finite"}
    not_judged = ["No validation is logged beside it, so overfitting cannot be seen."]
    if len(clean) < MIN_EVALUATIONS:
        not_judged.append(f"{len(clean)} finite train values; at least {MIN_EVALUATIONS} are needed.")
    sentence = f"Train alone looks {verdict.value}."
    if len(clean):
        sentence = (
            f"Train went {reason.number(float(clean.values[0]))} -> {reason.number(float(clean.values[-1]))} over "
            f"steps {reason.step(int(clean.steps[0]))}-{reason.step(int(clean.steps[-1]))}; without validation "
            "overfitting cannot be seen."
        )
    return Diagnosis(
        verdict=verdict,
        onset=None,
        recovered=False,
        best_step=None,
        best_value=None,
        gap=Gap(None, None, None, None),
        flags=in_order(flags),
        reason=sentence,
        not_judged=tuple(not_judged),
        mode=mode,
        evaluations=0,
        train_points=len(clean),
    )


def _unit(*curves: Floats) -> float:
    """The largest magnitude, by which all is divided, so that no square overflows; 1.0 without one."""
    largest = max((float(np.max(np.abs(curve))) for curve in curves if len(curve)), default=0.0)
    return largest if largest > 1e-290 else 1.0


def _ends_broken(*curves: Floats) -> bool:
    """Whether a curve ends in values that are not finite, after at least one that was."""
    return any(len(curve) > 1 and np.isfinite(curve).any() and not np.isfinite(curve[-1]) for curve in curves)


def _val_below_train(v: Floats, t: Floats, sigma: float) -> bool:
    known = np.isfinite(t)
    if known.sum() < 6:
        return False
    below = half_interval_earlier(t[known]) - v[known]
    late = below[len(below) // 3 :]
    size = max(float(np.ptp(v)), 3 * sigma)
    return bool(np.mean(late > 0.1 * size) > 0.9 and np.median(late) > 0.25 * size)


def _gap(clean: Series, v: Floats, t: Floats | None, unit: float, turn: int | None) -> Gap:
    if t is None:
        return Gap(None, None, None, None)
    gap = (v - t) * unit
    known = np.flatnonzero(np.isfinite(gap))
    if not len(known):
        return Gap(None, None, None, None)
    widest = int(known[np.argmax(gap[known])])
    at_onset = None
    if turn is not None:
        before = known[known <= turn]
        at_onset = float(gap[before[-1]]) if len(before) else None
    return Gap(float(gap[known[-1]]), float(gap[widest]), int(clean.steps[widest]), at_onset)


def _sentence(
    judged: Judgement, clean: Series, t: Floats | None, onset: Onset | None, best: int | None, sign: float, unit: float
) -> str:
    if best is None or len(clean) < MIN_EVALUATIONS:
        return f"{len(clean)} finite evaluations are too few to say anything; at least {MIN_EVALUATIONS} are needed."
    values = clean.values
    first, last = float(values[0]), float(values[-1])
    span = f"steps {reason.step(int(clean.steps[0]))}-{reason.step(int(clean.steps[-1]))}"
    keep = f"the best is {reason.number(float(values[best]))} at step {reason.step(int(clean.steps[best]))}"
    train = ""
    start = 0 if judged.turn is None else judged.turn.index
    if t is not None:
        known = np.flatnonzero(np.isfinite(t))
        from_here = known[known >= start]
        if len(from_here):
            a, b = sign * unit * float(t[from_here[0]]), sign * unit * float(t[known[-1]])
            train = f" while train went {reason.number(a)} -> {reason.number(b)}"
    if onset is not None and judged.turn is not None:
        a = float(values[judged.turn.index])
        word = "rose" if sign > 0 else "fell"
        return (
            f"Validation {word} {reason.number(a)} -> {reason.number(last)}{reason.percent(last - a, a)} since step "
            f"{reason.step(onset.step)} (95 % interval {reason.step(onset.low)}-{reason.step(onset.high)}){train}; "
            f"keep the checkpoint of step {reason.step(int(clean.steps[best]))}."
        )
    return f"Validation went {reason.number(first)} -> {reason.number(last)} over {span}{train}; {keep}."
