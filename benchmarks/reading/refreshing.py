"""The cost of refreshing a logdir that was read before."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.reading.generate import NAME, event, record
from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.scanner import Scanner

AGAIN = 20
"""Refreshes per figure, of which the median counts."""


def idle(logdir: Path) -> float:
    """Milliseconds of a refresh that finds nothing new."""
    log = Logdir(str(logdir))
    log.refresh()
    return _median_ms(lambda: log.refresh())


def append(logdir: Path, last_step: int) -> float:
    """Milliseconds until the series has one appended event."""
    log = Logdir(str(logdir))
    log.refresh()

    def refresh() -> None:
        (changed,) = log.refresh().changed
        assert len(log.runs[changed].tags["loss/train"].series) > last_step

    return _median_ms(refresh, lambda count: _append(logdir, count, last_step + 1 + count))


def append_and_judge(logdir: Path, last_step: int) -> float:
    """Milliseconds until the pair is judged anew after one appended event."""
    scanner = Scanner(str(logdir))
    before = {report.pair: report for report in scanner.refresh()}

    def refresh() -> None:
        nonlocal before
        after = {report.pair: report for report in scanner.refresh()}
        assert sum(after[pair] is not before[pair] for pair in before) == 1
        before = after

    return _median_ms(refresh, lambda count: _append(logdir, count, last_step + 1 + count))


def _append(logdir: Path, index: int, step: int) -> None:
    runs = sorted(logdir.iterdir())
    with (runs[index % len(runs)] / NAME).open("ab") as file:
        file.write(record(event(step, "loss/val", 0.5)) if step % 2 else record(event(step, "loss/train", 0.1)))


def _median_ms(action: Callable[[], object], prepare: Callable[[int], None] = lambda count: None) -> float:
    taken = []
    for count in range(AGAIN):
        prepare(count)
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)
