"""The table on a terminal: two lines a pair, with both curves, in colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.colours import TRAIN, VALIDATION
from tb_losshealth.present.sparkline import BLOCKS, sparklines
from tb_losshealth.present.text import number, signed, step, visible

Json = Mapping[str, Any]


_LEAST_RUN, _WIDEST_RUN = 20, 60
_CURVE = 16
_GAP = 2  # between columns


def terminal_table(rows: Sequence[Json], console: Console) -> Table:
    """The rows as a table that fits the console; where it is narrow the curves are left out."""
    signs = _can_draw(console)
    heads = ["verdict", "onset, 95 %", "best, step", "final gap"]
    cells = [_cells(row, signs=signs) for row in rows]
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
    for row, (verdict, *numbers) in zip(rows, cells, strict=True):
        names = _two_lines(*(middle_cut(visible(row[key]), width, mark) for key in ("run", "name")))
        table.add_row(verdict, names, *([_curves(row)] if curves else []), *numbers)
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


def _cells(row: Json, *, signs: bool) -> list[Text]:
    entry, onset = VERDICTS[row["verdict"]], row["onset"]
    return [
        Text(f"{entry.sign} {entry.words}" if signs else entry.words, style=f"bold {entry.colours.either}"),
        _two_lines(step(onset["step"]), f"{step(onset['low'])}-{step(onset['high'])}") if onset else Text("-"),
        _two_lines(number(row["best_value"]), f"step {step(row['best_step'])}"),
        Text(signed(row["gap"]["final"])),
    ]


def _curves(row: Json) -> Text:
    train, val = sparklines([row["spark"]["train"], row["spark"]["val"]], _CURVE)
    return Text.assemble((train, TRAIN), "\n", (val, VALIDATION))


def _two_lines(first: str, second: str) -> Text:
    return Text.assemble(first, "\n", (second, "dim"))
