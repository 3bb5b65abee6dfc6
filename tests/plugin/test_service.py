"""Snapshots while reading: never blocked by a large log, never lost to an error."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tb_losshealth.plugin.logdirs import WatchedLogdir
from tb_losshealth.plugin.service import LONGEST_REST_S, HealthService, Snapshot
from tb_losshealth.reports import ScanResult
from tb_losshealth.scanner import Scanner


def service_for(logdir: Path) -> HealthService:
    return HealthService(WatchedLogdir(root=str(logdir), shown="runs"))


def read_fully(service: HealthService) -> Snapshot:
    snapshot = service.refreshed()
    while snapshot.state == "loading":
        snapshot = service.refreshed()
    return snapshot


class SlowReading:
    """Holds a refresh open until it is let go, as a large log would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        read = Scanner.refresh

        def slowly(scanner: Scanner, *callbacks: object) -> ScanResult:
            assert self.go_on.wait(30)
            return read(scanner)

        monkeypatch.setattr(Scanner, "refresh", slowly)


def test_a_request_does_not_wait_for_a_large_log(logdir, write_run, overfitting, monkeypatch) -> None:
    write_run("exp", overfitting)
    reading = SlowReading(monkeypatch)
    service = service_for(logdir)
    first = service.refreshed(patience_s=0.01)
    assert (first.state, len(first.result), first.read_at) == ("loading", 0, None)
    reading.go_on.set()
    later = read_fully(service)
    assert (later.state, len(later.result)) == ("ready", 1)
    assert later.version > first.version
    assert later.read_at is not None


def test_one_thread_reads_however_many_ask(logdir, write_run, overfitting, monkeypatch) -> None:
    write_run("exp", overfitting)
    reading = SlowReading(monkeypatch)
    service = service_for(logdir)
    before = threading.active_count()
    for _ in range(10):
        service.refreshed(patience_s=0.001)
    assert threading.active_count() <= before + 1
    reading.go_on.set()
    assert len(read_fully(service).result) == 1


def test_reading_rests_as_long_as_it_took(logdir, write_run, overfitting, monkeypatch) -> None:
    write_run("exp", overfitting)
    times: list[tuple[float, float]] = []
    read = Scanner.refresh

    def timed(scanner: Scanner, *callbacks: object) -> ScanResult:
        start = time.monotonic()
        result = read(scanner)
        time.sleep(0.02)
        times.append((start, time.monotonic()))
        return result

    monkeypatch.setattr(Scanner, "refresh", timed)
    service = service_for(logdir)
    while len(times) < 4:
        service.refreshed()
    for (start, end), (following, _) in pairwise(times):
        assert following - end >= min(end - start, LONGEST_REST_S)


def test_reading_leaves_the_garbage_collector_of_its_host_alone(logdir, write_run, overfitting, monkeypatch) -> None:
    def refuse() -> None:
        raise AssertionError("the plugin changes its host")

    for switch in ("enable", "disable", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, switch, refuse)
    write_run("exp", overfitting)
    read = read_fully(service_for(logdir))
    assert (read.state, len(read.result)) == ("ready", 1)


def test_partial_results_are_shown_while_reading_goes_on(
    logdir, write_run, overfitting, converged, monkeypatch
) -> None:
    monkeypatch.setattr(sys.modules["tb_losshealth.scanner"], "PARTIAL_RESULT_S", -1.0)
    for index in range(3):
        write_run(f"run{index}", converged)
    seen: list[int] = []
    service = service_for(logdir)
    show = service._show_partial

    def watch(result: ScanResult) -> None:
        show(result)
        assert service.last.state == "loading"
        assert service.last.progress is not None
        seen.append(len(service.last.result))

    monkeypatch.setattr(service, "_show_partial", watch)
    assert len(read_fully(service).result) == 3
    assert seen == sorted(seen)


def test_a_failure_keeps_what_was_known_and_is_said(logdir, write_run, overfitting, monkeypatch) -> None:
    write_run("exp", overfitting)
    service = service_for(logdir)
    known = read_fully(service)

    def fail(*_: object) -> ScanResult:
        raise RuntimeError("the disk caught fire")

    with monkeypatch.context() as broken:
        broken.setattr(Scanner, "refresh", fail)
        for _ in range(2):  # said once, however often it happens
            failed = service.refreshed()
    assert failed.state == "unreadable"
    assert len(failed.result) == 1
    assert [problem.reason for problem in failed.result.problems] == [
        "reading failed: RuntimeError: the disk caught fire"
    ]
    assert failed.version > known.version
    recovered = service.refreshed()
    assert (recovered.state, recovered.result.problems) == ("ready", ())


def test_a_failure_after_partial_results_moves_the_version_on(logdir, write_run, overfitting, monkeypatch) -> None:
    write_run("exp", overfitting)
    service = service_for(logdir)
    ready = read_fully(service)
    write_run("more", overfitting)
    shown: list[int] = []

    def fail_midway(scanner: Scanner, on_progress: object, on_result: Callable[[ScanResult], None]) -> ScanResult:
        for part in (ready.result, replace(ready.result), replace(ready.result)):
            on_result(part)
            shown.append(service.last.version)
        raise RuntimeError("the disk caught fire")

    monkeypatch.setattr(Scanner, "refresh", fail_midway)
    failed = service.refreshed()
    assert failed.state == "unreadable"
    assert shown[-1] > ready.version
    assert failed.version > shown[-1]
