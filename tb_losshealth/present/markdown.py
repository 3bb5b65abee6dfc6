"""The table for a pull request: GitHub's markdown, in which no name from a log can do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.notes import headline_of, notes
from tb_losshealth.present.plain_table import HEADER, cells
from tb_losshealth.reports import PairReport, ScanResult

_NUMBERS = 3
"""Of the columns, this many come last and are aligned right."""


def markdown_lines(result: ScanResult, shown: Sequence[PairReport]) -> Iterator[str]:
    """The headline, the table, and notes, line by line."""
    yield f"**{headline_of(result)}**"
    yield ""
    if shown:
        yield f"| {' | '.join(HEADER)} |"
        yield f"|{'---|' * (len(HEADER) - _NUMBERS)}{'---:|' * _NUMBERS}"
    for report in shown:
        words, run, name, *rest = cells(report)
        sign = VERDICTS[report.diagnosis.verdict].sign
        yield f"| {sign} {words} | {code(run)} | {code(name)} | {' | '.join(rest)} |"
    if len(shown) < len(result):
        yield ""
        yield f"and {len(result) - len(shown):,} more"
    said = list(notes(result))
    if said:
        yield ""
        yield from ("```text", *(line.replace("```", "'''") for line in said), "```")


def code(text: str) -> str:
    """Text as a code span in a table cell: nothing in it is markup, a mention or a link."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
