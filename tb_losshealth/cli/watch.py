"""`report --watch`: follows running trainings; each look reads only what was appended."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from tb_losshealth.cli.reading import filtered, scanner_of
from tb_losshealth.present.notes import TERMINAL_ROWS, headline_of, notes
from tb_losshealth.present.plain_table import HEADER, cells
from tb_losshealth.reports import ScanResult


def watch(options: argparse.Namespace) -> int:
    """Shows the report until Ctrl-C: on a terminal the table itself, elsewhere a line for every change."""
    scanner = scanner_of(options)
    on_terminal = sys.stdout.isatty() and options.format != "plain"
    with _Screen(options) if on_terminal else _Lines() as show:
        last: object = None
        while True:
            result = scanner.refresh()
            if result is not last:
                last = result
                show(filtered(result, options, options.verdict))
            time.sleep(options.interval)


class _Lines:
    """Prints a line for every pair that is new, or whose verdict or onset changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, ...]] = {}

    def __enter__(self) -> _Lines:
        print("  ".join(HEADER), flush=True)
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is left open."""

    def __call__(self, result: ScanResult) -> None:
        for report in result:
            diagnosis = report.diagnosis
            state = (diagnosis.verdict, diagnosis.onset and diagnosis.onset.step)
            if self._known.get(report.id) != state:
                self._known[report.id] = state
                print(time.strftime("%H:%M:%S"), "  ".join(cells(report)), flush=True)


class _Screen:
    """Keeps the table on the screen."""

    def __init__(self, options: argparse.Namespace) -> None:
        from rich.console import Console
        from rich.live import Live

        self._options = options
        self._console = Console(highlight=False)
        self._live = Live(console=self._console, screen=False, auto_refresh=False, vertical_overflow="crop")

    def __enter__(self) -> _Screen:
        self._live.__enter__()
        self._live.update("waiting for the first evaluation ...", refresh=True)
        return self

    def __exit__(self, *exception: Any) -> None:
        self._live.__exit__(*exception)

    def __call__(self, result: ScanResult) -> None:
        from rich.console import Group
        from rich.text import Text

        from tb_losshealth.present.terminal_table import terminal_table

        limit = self._options.limit if self._options.limit is not None else TERMINAL_ROWS
        # Two lines a pair, and room for the header and what is said below.
        limit = min(limit or len(result), max((self._console.height - 6) // 2, 1))
        said = [f"{headline_of(result)}   ({time.strftime('%H:%M:%S')}, Ctrl-C ends)", *notes(result)]
        table = terminal_table(result[:limit], self._console)
        self._live.update(Group(table, Text("\n" + "\n".join(said))), refresh=True)
