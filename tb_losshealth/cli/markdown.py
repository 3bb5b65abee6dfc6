"""The table for a pull request: GitHub's markdown, in which no name from a log can do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tb_losshealth.cli.listing import notes
from tb_losshealth.cli.plain_table import HEADER, cells
from tb_losshealth.distribute.summaries import Summary
from tb_losshealth.health.answer.verdicts import VERDICTS

Json = Mapping[str, Any]

_NUMBERS = 3  # of the columns, these come last and are aligned right


def markdown_lines(summary: Summary, rows: Sequence[Json]) -> Iterator[str]:
    """The headline, the table, and notes, line by line."""
    yield f"**{summary.headline}**"
    yield ""
    if rows:
        yield f"| {' | '.join(HEADER)} |"
        yield f"|{'---|' * (len(HEADER) - _NUMBERS)}{'---:|' * _NUMBERS}"
    for row in rows:
        words, run, name, *rest = cells(row)
        sign = VERDICTS[row["verdict"]].sign
        yield f"| {sign} {words} | {code(run)} | {code(name)} | {' | '.join(rest)} |"
    if len(rows) < len(summary.pairs):
        yield ""
        yield f"and {len(summary.pairs) - len(rows):,} more"
    said = list(notes(summary))
    if said:
        yield ""
        yield from ("```text", *(line.replace("```", "'''") for line in said), "```")


def code(text: str) -> str:
    """Text as a code span in a table cell: nothing in it is markup, a mention or a link."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
