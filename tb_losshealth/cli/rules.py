"""What `check` demands of a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tb_losshealth.cli.expression import Expression, Facts, Unknown
from tb_losshealth.cli.options import VERDICTS
from tb_losshealth.present.text import number

Json = Mapping[str, Any]

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


def facts_of(row: Json) -> Facts:
    """The facts about a pair, from its row."""
    onset, gap = row["onset"] or {}, row["gap"]
    return {
        **{name: row[name] for name in FACTS if name in row},
        "gap": gap["final"],
        "max_gap": gap["maximum"],
        "gap_at_onset": gap["at_onset"],
        "onset": onset.get("step"),
        "onset_low": onset.get("low"),
        "onset_high": onset.get("high"),
        "confirmed_step": onset.get("confirmed_step"),
        "confidence": onset.get("confidence"),
        "val": row["last_value"],
        "train": row["last_train_value"],
    }


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

    def broken_by(self, row: Json) -> list[str]:
        """Why a pair fails, a sentence each; none if it passes."""
        return [*self.broken_by_verdict(row), *self._broken_by_gap(row), *self._broken_assertions(row)]

    def broken_by_verdict(self, row: Json) -> list[str]:
        """As above, by the verdict alone: all that can be asked of train without validation."""
        return [f"the verdict is {row['verdict']}"] if row["verdict"] in self.fail_on else []

    def _broken_by_gap(self, row: Json) -> Iterable[str]:
        gap = row["gap"]["final"]
        if self.max_gap is None:
            return
        if gap is None:
            yield f"the gap is unknown, so it cannot be said to be at most {number(self.max_gap)}"
        elif row["last_value"] is None or row["last_train_value"] is None:
            curve = "validation" if row["last_value"] is None else "train"
            yield f"{curve} ends in a value that is not finite, so the final gap is unknown"
        elif gap > self.max_gap:
            yield f"the final gap is {number(gap)}, more than {number(self.max_gap)}"

    def _broken_assertions(self, row: Json) -> Iterable[str]:
        facts = facts_of(row)
        for expression in self.asserted:
            try:
                if not expression.holds(facts):
                    yield f"{expression.text} does not hold{_values(expression, facts)}"
            except Unknown as unknown:
                yield f"{expression.text} cannot be said: {unknown}"


def _values(expression: Expression, facts: Facts) -> str:
    """The facts that an expression names, as they are."""
    shown = []
    for name in expression.names:
        value = facts[name]
        shown.append(f"{name} is {number(value) if isinstance(value, float) else value}")
    return f": {', '.join(shown)}" if shown else ""
