"""What `check` demands of a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tb_losshealth.cli.expression import Expression, Facts, Unknown
from tb_losshealth.cli.options import VERDICTS
from tb_losshealth.pairing.pairs import LossPair, TrainOnly
from tb_losshealth.present.flat import flat_row
from tb_losshealth.present.rows import pair_row
from tb_losshealth.present.text import number
from tb_losshealth.reports import PairReport, ScanResult, TrainOnlyReport

FACTS: dict[str, str] = {
    "verdict": "text",
    "gap": "number",
    "max_gap": "number",
    "gap_at_onset": "number",
    "onset": "number",
    "onset_low": "number",
    "onset_high": "number",
    "confirmed_step": "number",
    "confidence": "number",
    "recovered": "truth",
    "best_step": "number",
    "best_value": "number",
    "val": "number",
    "train": "number",
    "last_step": "number",
    "evaluations": "number",
    "train_points": "number",
    "run": "text",
    "name": "text",
    "mode": "text",
}
"""What an expression may name, and of which kind it is. A number may be None: unknown, or there is none."""

WORDS = {"verdict": VERDICTS, "mode": ("min", "max")}
"""All that some of the texts can be."""


_COLUMNS = {
    "gap": "gap_final",
    "max_gap": "gap_maximum",
    "onset": "onset_step",
    "confirmed_step": "onset_confirmed_step",
    "confidence": "onset_confidence",
    "val": "last_value",
    "train": "last_train_value",
}
"""The columns of a pair's row for facts that have a shorter name here."""


def facts_of(report: PairReport) -> Facts:
    """The facts about a pair."""
    row = pair_row(report)
    cells: Mapping[str, Any] = {**row, **flat_row(row)}
    return {name: cells[_COLUMNS.get(name, name)] for name in FACTS}


@dataclass(frozen=True, slots=True)
class Checked:
    """One pair, or one loss without validation, and why it fails; `failures` is empty where it passes."""

    report: PairReport | TrainOnlyReport
    failures: list[str]

    @property
    def has_validation(self) -> bool:
        """Whether overfitting could be seen there at all."""
        return isinstance(self.report, PairReport)

    @property
    def of(self) -> LossPair | TrainOnly:
        """What was checked: its `run` and `name`."""
        return self.report.pair if isinstance(self.report, PairReport) else self.report.loss


@dataclass(frozen=True, slots=True)
class Rules:
    """Conditions that each pair must meet.

    Attributes:
        fail_on: verdicts that are failures.
        max_gap: the largest final gap allowed, in units of the metric; None for any.
        asserted: conditions that must hold.
    """

    fail_on: frozenset[str]
    max_gap: float | None = None
    asserted: tuple[Expression, ...] = ()

    def check(self, result: ScanResult) -> list[Checked]:
        """Applies the rules to every pair; of a loss without validation only the verdict can be asked."""
        return [
            *(Checked(report, [*self._broken_by_verdict(report), *self._broken_by(report)]) for report in result),
            *(Checked(report, self._broken_by_verdict(report)) for report in result.train_only),
        ]

    def _broken_by_verdict(self, report: PairReport | TrainOnlyReport) -> list[str]:
        verdict = report.diagnosis.verdict.value
        return [f"the verdict is {verdict}"] if verdict in self.fail_on else []

    def _broken_by(self, report: PairReport) -> list[str]:
        facts = facts_of(report)
        return [*self._broken_by_gap(facts), *self._broken_assertions(facts)]

    def _broken_by_gap(self, facts: Facts) -> Iterable[str]:
        gap = facts["gap"]
        if self.max_gap is None:
            return
        if not isinstance(gap, float):
            yield f"the gap is unknown, so it cannot be compared with {number(self.max_gap)}"
        elif facts["val"] is None or facts["train"] is None:
            curve = "validation" if facts["val"] is None else "train"
            yield f"{curve} ends in a value that is not finite, so the final gap is unknown"
        elif gap > self.max_gap:
            yield f"the final gap is {number(gap)}, more than {number(self.max_gap)}"

    def _broken_assertions(self, facts: Facts) -> Iterable[str]:
        for expression in self.asserted:
            try:
                if not expression.holds(facts):
                    yield f"{expression.text} does not hold{_values(expression, facts)}"
            except Unknown as unknown:
                yield f"{expression.text} cannot be evaluated: {unknown}"


def _values(expression: Expression, facts: Facts) -> str:
    """The facts that an expression names, as they are."""
    shown = []
    for name in expression.names:
        value = facts[name]
        shown.append(f"{name} is {number(value) if isinstance(value, float) else value}")
    return f": {', '.join(shown)}" if shown else ""
