"""A report in the format that a person or a program asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from tb_losshealth.present.explanation import explanation
from tb_losshealth.present.machine_formats import write_csv, write_json
from tb_losshealth.present.markdown import markdown_lines
from tb_losshealth.present.notes import headline_of, notes
from tb_losshealth.present.plain_table import plain_lines
from tb_losshealth.reports import PairReport, ScanResult

FORMATS = ("table", "plain", "md", "json", "csv")


def write_report(
    result: ScanResult, form: str, file: TextIO, *, limit: int, explain: bool, logs: Sequence[str]
) -> None:
    """Writes a report.

    Args:
        result: of a scan.
        form: one of FORMATS.
        file: takes the text.
        limit: the most pairs to show, worst first; 0: all.
        explain: whether to give the reasons, and why every other tag is in no pair.
        logs: what was read, as the person named it.
    """
    shown = result[: limit or None]
    if form == "json":
        write_json(result, shown, logs, file)
    elif form == "csv":
        write_csv(shown, file)
    elif form == "md":
        _print(markdown_lines(result, shown), file)
    else:
        if form == "table":
            _print_table(shown, file)
        elif shown:
            _print(plain_lines(shown), file)
        if shown:
            print(file=file)
        if len(shown) < len(result):
            print(f"{len(result) - len(shown):,} more pairs; --limit 0 shows all", file=file)
        print(headline_of(result), file=file)
        if not explain:
            _print(notes(result), file)
    if explain and form not in ("json", "csv"):
        _print(explanation(result, shown), file)


def _print(lines: Iterable[str], file: TextIO) -> None:
    for line in lines:
        print(line, file=file)


def _print_table(shown: Sequence[PairReport], file: TextIO) -> None:
    from rich.console import Console

    from tb_losshealth.present.terminal_table import terminal_table

    if shown:
        console = Console(file=file, highlight=False)
        console.print(terminal_table(shown, console))
