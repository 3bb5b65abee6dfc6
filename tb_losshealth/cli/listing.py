"""What surrounds the table: how many of what, losses without validation, what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tb_losshealth.distribute.summaries import Summary
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE
from tb_losshealth.present.text import count, visible

Json = Mapping[str, Any]

MAX_NAMED = 10


def notes(summary: Summary) -> Iterator[str]:
    """What a person should know besides, a line each."""
    if summary.train_only:
        yield f"{_alone(len(summary.train_only))}, so overfitting cannot be seen there:"
        for row in summary.train_only[:MAX_NAMED]:
            yield f"  {visible(row['run'])}  {visible(row['name'])}  {TRAIN_ALONE[row['verdict']].words}"
        if len(summary.train_only) > MAX_NAMED:
            yield f"  and {len(summary.train_only) - MAX_NAMED:,} more"
    if summary.problems.total:
        yield f"{count(summary.problems.total, 'problem')} while reading:"
        for problem in summary.problems.first[:MAX_NAMED]:
            yield f"  {problem_line(problem)}"
        if summary.problems.total > MAX_NAMED:
            yield f"  and {summary.problems.total - MAX_NAMED:,} more"


def problem_line(problem: Json) -> str:
    """Where it is and what it is."""
    at = "" if problem["offset"] is None else f" at byte {problem['offset']:,}"
    return f"{visible(problem['path'])}{at}: {visible(problem['reason'])}"


def _alone(amount: int) -> str:
    return "1 loss has no validation beside it" if amount == 1 else f"{amount:,} losses have no validation beside them"
