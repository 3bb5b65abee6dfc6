"""How far a long read has come, on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from tb_losshealth.logs.run import Progress

QUIET_S = 1.0
"""Seconds without a bar: a short read needs none."""

LINE_S = 15.0
"""Seconds between lines where no terminal shows a bar."""

OnProgress = Callable[[Progress], None]


@contextlib.contextmanager
def reading_progress(*, quiet: bool) -> Iterator[OnProgress]:
    """Yields a function that takes the progress of reading.

    On a terminal it shows a bar, elsewhere a line every 15 s; nothing where `quiet` or where reading is short.
    """
    if quiet:
        yield lambda progress: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


@contextlib.contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich import progress as bars
    from rich.console import Console

    bar = bars.Progress(
        bars.TextColumn("reading"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    started = time.monotonic()
    task = bar.add_task("reading", total=None)

    def show(progress: Progress) -> None:
        if not bar.live.is_started and time.monotonic() - started > QUIET_S:
            bar.start()
        bar.update(task, completed=progress.bytes_done, total=progress.bytes)

    try:
        yield show
    finally:
        bar.stop()


def _lines() -> OnProgress:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last > LINE_S:
            last = time.monotonic()
            done, total = progress.bytes_done, progress.bytes
            share = 100 * done / total if total else 100
            print(f"tb-losshealth: read {done / 1e6:,.0f} of {total / 1e6:,.0f} MB ({share:.0f} %)", file=sys.stderr)

    return show
