"""What surrounds the table: how many of what, losses without validation, what could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from tb_losshealth.health.answer.verdicts import TRAIN_ALONE
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.present.text import count, headline, visible
from tb_losshealth.reports import ScanResult

TERMINAL_ROWS = 100
"""Rows on a terminal, unless asked for more: a person scrolls through no more; files and pipes get them all."""

MAX_NAMED = 10
"""Of each kind this many are named: more would hide the pairs."""


def headline_of(result: ScanResult) -> str:
    """How many pairs of which verdict."""
    return headline((report.diagnosis.verdict.value for report in result), result.runs)


def notes(result: ScanResult) -> Iterator[str]:
    """What a person should know beside the pairs, a line each."""
    alone, problems = result.train_only, result.problems
    if alone:
        yield f"{_alone(len(alone))}, so overfitting cannot be seen there:"
        for report in alone[:MAX_NAMED]:
            loss = report.loss
            yield f"  {visible(loss.run)}  {visible(loss.name)}  {TRAIN_ALONE[report.diagnosis.verdict].words}"
        if len(alone) > MAX_NAMED:
            yield f"  and {len(alone) - MAX_NAMED:,} more"
    if problems:
        yield f"{count(len(problems), 'problem')} while reading:"
        for problem in problems[:MAX_NAMED]:
            yield f"  {problem_line(problem)}"
        if len(problems) > MAX_NAMED:
            yield f"  and {len(problems) - MAX_NAMED:,} more"


def problem_line(problem: ReadProblem) -> str:
    """Where it is and what it is."""
    at = "" if problem.offset is None else f" at byte {problem.offset:,}"
    return f"{visible(problem.path)}{at}: {visible(problem.reason)}"


def _alone(amount: int) -> str:
    return "1 loss has no validation beside it" if amount == 1 else f"{amount:,} losses have no validation beside them"
