"""The one sentence that says why, with numbers a person can check on the chart."""

from __future__ import annotations

import math

import numpy as np

from tb_losshealth.health.answer import Onset, Verdict
from tb_losshealth.health.evidence import FEWEST
from tb_losshealth.health.judgement import MIN_EVALUATIONS, Judgement
from tb_losshealth.health.record import Record
from tb_losshealth.health.series import Floats

RISEN = 0.05
"""Share of its range by which validation must end above its best for the sentence to say so."""
MOST_DIGITS = 12  # a double has 15, and logs are mostly single precision


def number(value: float, digits: int = 3) -> str:
    """A value with so many significant digits, thousands separators where it is large."""
    value += 0.0  # no "-0"
    if 1000 <= abs(value) < 1e6:
        return f"{value:,.{max(digits - len(f'{abs(value):.0f}'), 0)}f}"
    return f"{value:.{digits}g}"


def moved(start: float, end: float) -> str:
    """From where to where, and by how much where a percentage means something."""
    digits = _digits(start, end)
    text = f"{number(start, digits)} -> {number(end, digits)}"
    change = (end - start) / abs(start) if start else math.inf
    if not 0.005 <= abs(change) < 100 or (start < 0) != (end < 0):
        return text
    return f"{text} ({change:+.0%})".replace("%", " %")


def _digits(start: float, end: float) -> int:
    """Three significant digits, or as many as show two of the difference."""
    difference = abs(end - start)
    if not 0 < difference < math.inf:
        return 3
    return min(max(3, math.ceil(math.log10(max(abs(start), abs(end)) / difference)) + 1), MOST_DIGITS)


def went(what: str, start: float, end: float) -> str:
    """`what` fell, rose or stayed, from where to where."""
    if start == end:
        return f"{what} stayed at {number(end)}"
    return f"{what} {'fell' if end < start else 'rose'} {moved(start, end)}"


def of_pair(judged: Judgement, onset: Onset | None, record: Record, sign: float) -> str:
    """The sentence for a pair.

    Args:
        judged: what was decided.
        onset: its onset.
        record: the run.
        sign: 1.0 if lower is better, -1.0 if higher is.
    """
    totals, n = record.totals, len(record.v)
    if totals.first is None or totals.last is None or totals.best is None:
        return "Validation has no finite value yet." if totals.non_finite else "Nothing was evaluated yet."
    first, last, best = (sign * point.value for point in (totals.first, totals.last, totals.best))
    worse = "rose" if sign > 0 else "fell"
    keep = f"keep the checkpoint of step {totals.best.step:,}"

    def val(block: int) -> float:
        return sign * (float(record.v[block]) + record.v_start)

    def train(block: int) -> float:
        return sign * (float(record.t[block]) + (record.t_start or 0.0))

    def train_moved(block: int) -> str:
        if record.t_start is None:
            return ""
        return went("train", train(block), train(-1))

    if n < MIN_EVALUATIONS and not totals.broken:
        few = f"{totals.evaluations} evaluation" + "s" * (totals.evaluations != 1)
        return f"{few} cannot show a trend; at least {MIN_EVALUATIONS} are needed."
    if judged.verdict is Verdict.OVERFITTING and judged.turning is not None and onset is not None:
        return (
            f"Validation {worse} {moved(val(judged.turning.at), last)} since step {onset.step:,} "
            f"(95 % interval {onset.low:,}-{onset.high:,}) while {train_moved(judged.turning.at)}; {keep}."
        )
    if judged.verdict is Verdict.DIVERGING and totals.broken:
        text = (
            f"The values end in NaN or infinity after validation's {number(last)} at step {totals.last.step:,}; {keep}."
        )
    elif judged.verdict is Verdict.DIVERGING:
        text = (
            f"Validation {worse} {moved(val(judged.since), last)} since step {int(record.steps[judged.since]):,} "
            f"and train with it ({number(train(judged.since))} -> {number(train(-1))}); {keep}."
        )
    elif judged.verdict is Verdict.INCONCLUSIVE and judged.rising:
        lacks = "train shows no clear fall to tell overfitting from divergence"
        if record.t_start is None:
            lacks = "there is no train value to tell overfitting from divergence"
        elif n < FEWEST:
            lacks = f"{n} evaluations are too few to call it overfitting"
        text = (
            f"Validation {worse} {moved(val(judged.since), last)} since step {int(record.steps[judged.since]):,}, "
            f"but {lacks}."
        )
    elif judged.verdict is Verdict.INCONCLUSIVE:
        text = f"{totals.evaluations} evaluations, {moved(first, last)}, are too few to tell a trend from chance."
    elif judged.verdict is Verdict.IMPROVING:
        quarter = max(1, n // 4)
        before, now = (sign * (float(part.mean()) + record.v_start) for part in _last_quarters(record.v, quarter))
        text = (
            f"Validation still {'falls' if sign > 0 else 'rises'}: {moved(before, now)} on average since about step "
            f"{int(record.steps[n - quarter]):,}; the best so far is {number(best)} at step {totals.best.step:,}."
        )
    elif judged.verdict in (Verdict.CONVERGED, Verdict.WIDENING_GAP) and (
        judged.rising or _stands_above_its_best(record)
    ):
        text = (
            f"Validation {worse} {moved(best, last)} since step {totals.best.step:,}, "
            f"not clearly or not lastingly enough to be called overfitting; {keep}."
        )
    elif judged.verdict is Verdict.WIDENING_GAP:
        level = sign * (float(np.median(record.v[n // 2 :])) + record.v_start)
        text = (
            f"Validation has been level at {number(level)} since about step {int(record.steps[n // 2]):,} while "
            f"{train_moved(n // 2)}, so the gap widens without validation getting worse; {keep}."
        )
    elif judged.verdict is Verdict.UNDERFITTING:
        learned = "" if record.t_start is None else f" and {train_moved(0)}"
        text = (
            f"Validation went only {moved(first, last)} in {totals.evaluations:,} evaluations{learned}: "
            "little was learned."
        )
    elif judged.verdict is Verdict.UNSTABLE:
        low, high = sorted((sign * (record.v.min() + record.v_start), sign * (record.v.max() + record.v_start)))
        text = (
            f"Validation swings between {number(low)} and {number(high)} without a trend, so its best value "
            f"({number(best)} at step {totals.best.step:,}) may be luck."
        )
    elif totals.best.step == totals.last.step:
        text = f"{went('Validation', first, last)}, hardly any more at the end; the last is the best."
    else:
        text = (
            f"{went('Validation', first, last)} and has levelled off; "
            f"the best is {number(best)} at step {totals.best.step:,}."
        )
    if judged.recovered and onset is not None:
        text = f"{text[:-1]}; an earlier onset at step {onset.step:,} was revoked when validation came back."
    return text


def _last_quarters(v: Floats, quarter: int) -> tuple[Floats, Floats]:
    before = v[-2 * quarter : -quarter]
    return before if len(before) else v[:1], v[-quarter:]


def _stands_above_its_best(record: Record) -> bool:
    return bool(record.v[-1] - record.v.min() > RISEN * np.ptp(record.v) > 0)


def of_train(judged: Judgement, record: Record, sign: float) -> str:
    """The sentence for train without validation."""
    first, last = record.totals.first, record.totals.last
    if first is None or last is None:
        return "Train has no finite value."
    blind = "without validation beside it, overfitting cannot be seen"
    if judged.verdict is Verdict.DIVERGING and record.totals.broken:
        return f"Train ends in NaN or infinity after {number(sign * last.value)} at step {last.step:,}; {blind}."
    start, since = sign * first.value, first.step
    if judged.verdict is Verdict.DIVERGING:
        start = sign * (float(record.v[judged.since]) + record.v_start)
        since = int(record.steps[judged.since])
    return f"Train went {moved(start, sign * last.value)} since step {since:,}; {blind}."
