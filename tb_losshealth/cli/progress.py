"""How far a long read has come, on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from tb_losshealth.distribute.batches import Batch

# Short reads say nothing; where no terminal shows a bar, a line now and then shows life.
QUIET_S = 1.0
LINE_S = 15.0

Tell = Callable[[int, int], None]


@contextlib.contextmanager
def batch_progress(*, quiet: bool) -> Iterator[Callable[[Batch, int], None]]:
    """As `reading_progress`; the function takes each batch that is done, and the bytes of all."""
    done = 0
    with reading_progress(quiet=quiet) as tell:

        def on_batch(batch: Batch, total: int) -> None:
            nonlocal done
            done += batch.bytes
            tell(done, total)

        yield on_batch


@contextlib.contextmanager
def reading_progress(*, quiet: bool) -> Iterator[Tell]:
    """Yields a function that takes bytes done and bytes to do.

    On a terminal it shows a bar, elsewhere a line every 15 s; nothing where `quiet` or where reading is short.
    """
    if quiet:
        yield lambda done, total: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


@contextlib.contextmanager
def _bar() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("reading"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    started = time.monotonic()
    task = progress.add_task("reading", total=None)

    def tell(done: int, total: int) -> None:
        if not progress.live.is_started and time.monotonic() - started > QUIET_S:
            progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        progress.stop()


def _lines() -> Tell:
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > LINE_S:
            last = time.monotonic()
            share = 100 * done / total if total else 100
            print(f"tb-losshealth: read {done / 1e6:,.0f} of {total / 1e6:,.0f} MB ({share:.0f} %)", file=sys.stderr)

    return tell
