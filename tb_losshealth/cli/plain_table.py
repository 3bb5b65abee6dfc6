"""The table where no terminal shows it: aligned text, whole names, no colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.text import number, signed, step, visible

Json = Mapping[str, Any]

HEADER = ("verdict", "run", "loss", "onset (95 % interval)", "best step", "best", "final gap")


def cells(row: Json) -> tuple[str, ...]:
    """A pair's cells under HEADER."""
    onset = row["onset"]
    return (
        VERDICTS[row["verdict"]].words,
        visible(row["run"]),
        visible(row["name"]),
        f"{step(onset['step'])} ({step(onset['low'])}-{step(onset['high'])})" if onset else "-",
        step(row["best_step"]),
        number(row["best_value"]),
        signed(row["gap"]["final"]),
    )


def plain_lines(rows: Sequence[Json]) -> Iterator[str]:
    """The header and one line a pair, in columns two spaces apart."""
    table = [HEADER, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
