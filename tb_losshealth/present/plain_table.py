"""The table where no terminal shows it: aligned text, whole names, no colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.text import number, signed, step, visible
from tb_losshealth.reports import PairReport

HEADER = ("verdict", "run", "loss", "onset (95 % interval)", "best step", "best", "final gap")


def cells(report: PairReport) -> tuple[str, ...]:
    """A pair's cells under HEADER."""
    diagnosis = report.diagnosis
    onset = diagnosis.onset
    return (
        VERDICTS[diagnosis.verdict].words,
        visible(report.pair.run),
        visible(report.pair.name),
        f"{step(onset.step)} ({step(onset.low)}-{step(onset.high)})" if onset else "-",
        step(diagnosis.best_step),
        number(diagnosis.best_value),
        signed(diagnosis.gap.final),
    )


def plain_lines(reports: Sequence[PairReport]) -> Iterator[str]:
    """The header and one line a pair, in columns two spaces apart."""
    table = [HEADER, *map(cells, reports)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
