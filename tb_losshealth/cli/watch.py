"""`report --watch`: follows running trainings; each look reads only what was appended."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from typing import Any

from tb_losshealth.cli.judge import roots_of
from tb_losshealth.cli.listing import notes
from tb_losshealth.cli.plain_table import HEADER, cells
from tb_losshealth.cli.report import TERMINAL_ROWS, chosen
from tb_losshealth.distribute.summaries import Summary, config_in, summary_of
from tb_losshealth.logs.open_log import open_log
from tb_losshealth.scanner import Scanner

Json = Mapping[str, Any]


def watch(options: argparse.Namespace) -> int:
    """Shows the report until Ctrl-C: on a terminal the table itself, elsewhere a line for every change."""
    roots = roots_of(options)
    source = open_log(roots, metrics=options.metrics)
    scanner = Scanner("", config=options.config or config_in(roots), source=source)
    on_terminal = sys.stdout.isatty() and options.format != "plain"
    with _Screen(options) if on_terminal else _Lines() as show:
        last: object = None
        while True:
            result = scanner.refresh()
            if result is not last:
                last = result
                summary = summary_of(result, sparks=on_terminal)
                summary.sort()
                show(chosen(summary, options))
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

    def __call__(self, summary: Summary) -> None:
        for row in summary.rows:
            state = (row["verdict"], row["onset"] and row["onset"]["step"])
            if self._known.get(row["id"]) != state:
                self._known[row["id"]] = state
                print(time.strftime("%H:%M:%S"), "  ".join(cells(row)), flush=True)


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

    def __call__(self, summary: Summary) -> None:
        from rich.console import Group
        from rich.text import Text

        from tb_losshealth.cli.terminal_table import terminal_table

        limit = self._options.limit if self._options.limit is not None else TERMINAL_ROWS
        # Two lines a pair, and room for the header and what is said below.
        limit = min(limit or len(summary.pairs), max((self._console.height - 6) // 2, 1))
        said = [f"{summary.headline}   ({time.strftime('%H:%M:%S')}, Ctrl-C ends)", *notes(summary)]
        table = terminal_table(summary.rows[:limit], self._console)
        self._live.update(Group(table, Text("\n" + "\n".join(said))), refresh=True)
