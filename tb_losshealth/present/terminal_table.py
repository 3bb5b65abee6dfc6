"""The table on a terminal: two lines a pair, with both curves, in colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.colours import TRAIN, VALIDATION
from tb_losshealth.present.rows import spark
from tb_losshealth.present.sparkline import BLOCKS, sparklines
from tb_losshealth.present.text import number, signed, step, visible
from tb_losshealth.reports import PairReport

_LEAST_RUN = 20
"""Columns below which a run's name tells too little: the curves make room."""

_WIDEST_RUN = 60
"""Columns above which a run's name is cut."""

_CURVE = 16
"""Columns of a curve."""

_GAP = 2
"""Columns between columns."""


def terminal_table(reports: Sequence[PairReport], console: Console) -> Table:
    """The reports as a table that fits the console; where it is narrow the curves are left out."""
    signs = _can_draw(console)
    heads = ["verdict", "onset, 95 %", "best, step", "final gap"]
    cells = [_cells(report, signs=signs) for report in reports]
    taken = sum(
        max(len(head), *(len(line) for cell in column for line in cell.plain.split("\n"))) + _GAP
        for head, column in zip(heads, zip(*cells, strict=True), strict=True)
    )
    curves_width = len(_CURVES_HEAD.plain) + _GAP
    curves = signs and console.width >= taken + _LEAST_RUN + curves_width
    width = min(max(console.width - taken - curves_width * curves, _LEAST_RUN), _WIDEST_RUN)
    mark = "\u2026" if signs else "..."
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    table.add_column(heads[0], no_wrap=True)
    table.add_column("run, loss", no_wrap=True)
    if curves:
        table.add_column(_CURVES_HEAD, no_wrap=True)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    for report, (verdict, *numbers) in zip(reports, cells, strict=True):
        names = _two_lines(*(middle_cut(visible(name), width, mark) for name in report.pair[:2]))
        table.add_row(verdict, names, *([_curves(report)] if curves else []), *numbers)
    return table


def middle_cut(name: str, width: int, mark: str = "\u2026") -> str:
    """A name that fits: runs differ mostly at their ends, so the middle goes."""
    if len(name) <= width:
        return name
    kept = width - len(mark)
    tail = kept * 2 // 3
    return f"{name[: kept - tail]}{mark}{name[len(name) - tail :]}"


_CURVES_HEAD = Text.assemble(("train", TRAIN), ", ", ("validation", VALIDATION))


def _can_draw(console: Console) -> bool:
    """Whether the console's encoding has the signs of the verdicts and the blocks of the curves."""
    try:
        (BLOCKS + "".join(entry.sign for entry in VERDICTS.values())).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _cells(report: PairReport, *, signs: bool) -> list[Text]:
    diagnosis = report.diagnosis
    entry, onset = VERDICTS[diagnosis.verdict], diagnosis.onset
    return [
        Text(f"{entry.sign} {entry.words}" if signs else entry.words, style=f"bold {entry.colours.either}"),
        _two_lines(step(onset.step), f"{step(onset.low)}-{step(onset.high)}") if onset else Text("-"),
        _two_lines(number(diagnosis.best_value), f"step {step(diagnosis.best_step)}"),
        Text(signed(diagnosis.gap.final)),
    ]


def _curves(report: PairReport) -> Text:
    points = spark(report)
    train, val = sparklines([points["train"], points["val"]], _CURVE)
    return Text.assemble((train, TRAIN), "\n", (val, VALIDATION))


def _two_lines(first: str, second: str) -> Text:
    return Text.assemble(first, "\n", (second, "dim"))
