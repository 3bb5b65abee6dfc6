"""The reason for a verdict: one sentence with numbers that a person can check on the chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tb_losshealth.health.answer.types import Onset
from tb_losshealth.health.answer.wording import describe_change, differs, format_change, format_number
from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.record import Point, Record
from tb_losshealth.health.detector.trend import MIN_EVALUATIONS_FOR_TREND, measure_trend
from tb_losshealth.health.detector.verdict import MIN_EVALUATIONS, Decision
from tb_losshealth.health.labels import Verdict

MOVED_SHARE = 0.05
"""Share of its range by which validation must end above its best to be described as risen, or away from its value at
half of the run to be described as moving rather than level."""


def of_pair(decision: Decision, onset: Onset | None, record: Record, sign: float) -> str:
    """The sentence on a pair.

    Args:
        decision: what was decided.
        onset: the onset, in steps; None without one.
        record: the run.
        sign: 1.0 if lower is better, -1.0 if higher is.
    """
    totals = record.totals
    if totals.first is None or totals.last is None or totals.best is None:
        return "Validation has no finite value yet." if totals.non_finite else "Nothing was evaluated yet."
    run = _Run(decision, onset, record, sign, totals.first, totals.last, totals.best)
    if len(record.v) < MIN_EVALUATIONS and not totals.broken:
        return _too_few(run)
    text = _SENTENCES[decision.verdict](run)
    if decision.recovered and onset is not None:
        why = "validation came back" if decision.revoked_by_new_best else "the rise no longer stood out"
        text += f"; an earlier onset at step {onset.step:,} was revoked when {why}"
    return f"{text}."


def of_train(decision: Decision, record: Record, sign: float) -> str:
    """The sentence on train without validation; arguments as for `of_pair`."""
    totals = record.totals
    if totals.first is None or totals.last is None or totals.best is None:
        return "Train has no finite value."
    run = _Run(decision, None, record, sign, totals.first, totals.last, totals.best)
    blind = "without validation beside it, overfitting cannot be seen"
    if decision.verdict is Verdict.DIVERGING and totals.val_non_finite_since is not None:
        last = f"the last value is {format_number(run.last)} at step {totals.last.step:,}"
        return f"Train is NaN or infinite since step {totals.val_non_finite_since:,}; {last}; {blind}."
    if decision.verdict is Verdict.DIVERGING:
        return f"{run.rise('Train', decision.rising_since)}; {blind}."
    return f"Train went {format_change(run.first, run.last)} since step {totals.first.step:,}; {blind}."


@dataclass(frozen=True, slots=True)
class _Run:
    """What the sentences describe; values are in the units that were logged."""

    decision: Decision
    onset: Onset | None
    record: Record
    sign: float
    first_point: Point
    last_point: Point
    best_point: Point

    @property
    def first(self) -> float:
        return self.sign * self.first_point.value

    @property
    def last(self) -> float:
        return self.sign * self.last_point.value

    @property
    def best(self) -> float:
        return self.sign * self.best_point.value

    @property
    def keep(self) -> str:
        return f"keep the checkpoint of step {self.best_point.step:,}"

    @property
    def has_train(self) -> bool:
        return self.record.t_start is not None

    @property
    def val(self) -> Floats:
        values: Floats = self.sign * (self.record.v + self.record.v_start)
        return values

    @property
    def logged(self) -> Floats:
        """Validation, spikes included."""
        values: Floats = self.sign * (self.record.unclipped + self.record.v_start)
        return values

    @property
    def train(self) -> Floats:
        values: Floats = self.sign * (self.record.t + (self.record.t_start or 0.0))
        return values

    def step(self, block: int) -> int:
        return int(self.record.steps[block])

    def is_constant(self) -> bool:
        return self.first == self.last == self.best and self.record.constant

    def worse(self, before: float, after: float) -> bool:
        return self.sign * after > self.sign * before

    def change_since(self, curve: Floats, block: int, last: float, *, worse: bool) -> str:
        """How much worse (or better) a curve has become since a block: at its end, else on average; "" if neither."""
        start, later = float(curve[block]), curve[block + 1 :]
        if differs(start, last) and self.worse(start, last) == worse:
            return format_change(start, last)
        average = float(later.mean()) if len(later) else start
        if differs(start, average) and self.worse(start, average) == worse:
            return f"{format_change(start, average)} on average"
        return ""

    def rise(self, what: str, block: int) -> str:
        """That validation (or train alone) got worse since a block."""
        change = self.change_since(self.logged, block, self.last, worse=True)
        if not change:  # the noise of single evaluations hides the rise
            return f"{what} turned at step {self.step(block):,}"
        return f"{what} {'rose' if self.sign > 0 else 'fell'} {change} since step {self.step(block):,}"

    def train_went(self, block: int) -> str:
        """How train changed since a block."""
        train = self.train[block:]
        if np.all(train == train[0]):
            return f"train stayed at {format_number(float(train[0]))}"
        return describe_change("train", float(train[0]), float(train[-1]))

    def train_fell(self, block: int) -> str:
        """That train got better since a block."""
        change = self.change_since(self.train, block, float(self.train[-1]), worse=False)
        return f"train {'fell' if self.sign > 0 else 'rose'} {change}" if change else "train still improved"


def _too_few(run: _Run) -> str:
    count = run.record.totals.evaluations
    return f"{count} evaluation{'s' * (count != 1)} cannot show a trend; at least {MIN_EVALUATIONS} are needed."


def _overfitting(run: _Run) -> str:
    turning_point, onset = run.decision.turning_point, run.onset
    assert turning_point is not None
    assert onset is not None
    beside = f" while {run.train_went(turning_point.index)}" if run.has_train else ""
    interval = f"(95 % interval {onset.low:,}-{onset.high:,})"
    return f"{run.rise('Validation', turning_point.index)} {interval}{beside}; {run.keep}"


def _diverging(run: _Run) -> str:
    if run.record.totals.broken:
        return _non_finite(run)
    since = run.decision.rising_since
    train = run.change_since(run.train, since, float(run.train[-1]), worse=True)
    return f"{run.rise('Validation', since)} and train with it{train and f', {train}'}; {run.keep}"


def _non_finite(run: _Run) -> str:
    """Which curve has a non-finite tail, and since when."""
    train, val = run.record.totals.train_non_finite_since, run.record.totals.val_non_finite_since
    since = [
        f"{name} since step {step:,}" for name, step in (("train", train), ("validation", val)) if step is not None
    ]
    which = " and ".join(since).replace(" since", " is NaN or infinite since", 1)
    last = f"the last finite validation value is {format_number(run.last)} at step {run.last_point.step:,}"
    return f"{which[0].upper()}{which[1:]}; {last}; {run.keep}"


def _inconclusive(run: _Run) -> str:
    evaluations = run.record.totals.evaluations
    if not run.decision.rising:
        change = format_change(run.first, run.last)
        return f"{evaluations:,} evaluations, {change}, are too few to distinguish a trend from chance"
    lacks = "train shows no clear fall that would distinguish overfitting from divergence"
    if not run.has_train:
        lacks = "there is no train value that would distinguish overfitting from divergence"
    elif evaluations < MIN_EVALUATIONS_FOR_TREND:
        lacks = f"{evaluations} evaluations are too few to call it overfitting"
    return f"{run.rise('Validation', run.decision.rising_since)}, but {lacks}"


def _improving(run: _Run) -> str:
    quarter = max(1, len(run.val) // 4)
    before, now = float(run.val[-2 * quarter : -quarter].mean()), float(run.val[-quarter:].mean())
    return (
        f"Validation still {'falls' if run.sign > 0 else 'rises'}: {format_change(before, now)} on average since about "
        f"step {run.step(-quarter):,}; the best so far is {format_number(run.best)} at step {run.best_point.step:,}"
    )


def _risen(run: _Run, meanwhile: str = "") -> str:
    """That validation is worse than its best, and what happened meanwhile; "" if it is not."""
    v = run.record.unclipped
    above = run.decision.rising or bool(v[-1] - v.min() > MOVED_SHARE * np.ptp(v) > 0)
    if not (above and differs(run.best, run.last)):
        return ""
    doubt = ""
    if run.decision.within_sampling_error:
        error = format_number(float(run.record.sampling_error[-1]))
        doubt = f", and on another validation set of this size it may not show (standard error {error})"
    return (
        f"Validation {'rose' if run.sign > 0 else 'fell'} {format_change(run.best, run.last)} since step "
        f"{run.best_point.step:,}, {meanwhile}not clearly or not long enough to be called overfitting{doubt}; "
        f"{run.keep}"
    )


def _widening_gap(run: _Run) -> str:
    if run.is_constant():
        return (
            f"{_stayed(run)} while {run.train_fell(0)}, so the gap widened without validation getting worse; {run.keep}"
        )
    half = len(run.val) // 2
    if text := _risen(run, f"while {run.train_fell(half)} since step {run.step(half):,}: "):
        return text
    logged = run.logged
    if abs(run.last - logged[half]) > MOVED_SHARE * np.ptp(logged):
        val = describe_change("Validation", float(logged[half]), run.last)
    else:
        val = f"Validation has been level at {format_number(float(np.median(run.val[half:])))}"
    return (
        f"{val} since about step {run.step(half):,} while {run.train_fell(half)}, so the gap widens without validation "
        f"getting worse; {run.keep}"
    )


def _underfitting(run: _Run) -> str:
    only = "only " if run.sign * (run.last - run.first) < 0 else ""
    val = f"Validation went {only}{format_change(run.first, run.last)} in {run.record.totals.evaluations:,} evaluations"
    if run.is_constant():
        val = _stayed(run)
    return f"{val}{f' and {run.train_went(0)}' if run.has_train else ''}: little was learned"


def _unstable(run: _Run) -> str:
    low, high = float(run.logged.min()), float(run.logged.max())
    return (
        f"Validation swings between {format_number(low)} and {format_number(high)} without a trend, so its best value "
        f"({format_number(run.best)} at step {run.best_point.step:,}) may be luck"
    )


def _converged(run: _Run) -> str:
    if run.is_constant():
        return f"{_stayed(run)}{f' and {run.train_went(0)}' if run.has_train else ''}"
    if text := _risen(run):
        return text
    val = describe_change("Validation", run.first, run.last)
    if _train_approaches(run):
        half = len(run.val) // 2
        return f"{val} and has levelled off, while {run.train_fell(half)} from above it; {run.keep}"
    if run.best_point.step == run.last_point.step:
        return f"{val}, with little change at the end; the last value is the best"
    return f"{val} and has levelled off; the best is {format_number(run.best)} at step {run.best_point.step:,}"


def _train_approaches(run: _Run) -> bool:
    """Whether train still improves but is still worse than validation."""
    if not run.has_train or not run.worse(float(run.val[-1]), float(run.train[-1])):
        return False
    return measure_trend(run.record.t).improving


def _stayed(run: _Run) -> str:
    return f"Validation stayed at {format_number(run.last)} in all {run.record.totals.evaluations:,} evaluations"


_SENTENCES: Mapping[Verdict, Callable[[_Run], str]] = {
    Verdict.OVERFITTING: _overfitting,
    Verdict.DIVERGING: _diverging,
    Verdict.WIDENING_GAP: _widening_gap,
    Verdict.UNDERFITTING: _underfitting,
    Verdict.UNSTABLE: _unstable,
    Verdict.IMPROVING: _improving,
    Verdict.CONVERGED: _converged,
    Verdict.INCONCLUSIVE: _inconclusive,
}
