"""Keeps the last scan and refreshes it in the background, so that no request waits for a large log."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress
from tb_losshealth.plugin.logdirs import WatchedLogdir
from tb_losshealth.present.api_types import State
from tb_losshealth.reports import EMPTY_RESULT, ScanResult
from tb_losshealth.scanner import Scanner

logger = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Seconds a request waits for a refresh. That of an idle log takes tens of milliseconds, so the answer is fresh."""

LONGEST_REST_S = 0.5
"""The longest rest between two refreshes, in seconds.

A rest is as long as the refresh before it took: with many pages open, reading a large log must leave time to answer.
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one moment.

    Attributes:
        state: "loading" until the first scan is done; "unreadable" if the last one failed
            or the log folder is not there.
        result: the last scan, or what is ready of the one that runs now.
        version: grows when the result changes, and from one process to the next.
        read_at: wall time at which the last scan ended, seconds; None before.
        progress: of the scan that runs now, if any.
    """

    state: State
    result: ScanResult
    version: int
    read_at: float | None
    progress: Progress | None


class HealthService:
    """Hands out snapshots of a logdir to any number of threads.

    Args:
        watched: what TensorBoard was started on.
    """

    def __init__(self, watched: WatchedLogdir) -> None:
        self.watched = watched
        self._scanner = Scanner(watched.place, config=watched.config, must_exist=False) if watched.given else None
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._rested_at = time.monotonic()
        # From the clock, so that a page that outlives a restart of TensorBoard notices it.
        first_version = int(time.time() * 1000)
        self._snapshot = Snapshot("loading" if watched.given else "no_logdir", EMPTY_RESULT, first_version, None, None)

    @property
    def last(self) -> Snapshot:
        """The last snapshot, without reading anything."""
        return self._snapshot

    def refreshed(self, patience_s: float = PATIENCE_S) -> Snapshot:
        """Starts a refresh unless one runs, waits at most `patience_s` seconds for it, and returns what is known."""
        if self._scanner is not None:
            with self._lock:
                if self._idle.is_set():
                    self._idle.clear()
                    threading.Thread(target=self._refresh, args=(self._scanner,), daemon=True).start()
            self._idle.wait(patience_s)
        return self._snapshot

    def _refresh(self, scanner: Scanner) -> None:
        time.sleep(max(self._rested_at - time.monotonic(), 0))
        started_at = time.monotonic()
        try:
            result = scanner.refresh(self._show_progress, self._show_partial)
            self._show("unreadable" if self.watched.missing else "ready", result, time.time())
        except Exception as error:
            logger.exception("Reading %s failed", self.watched.shown)
            self._snapshot = self._failed(error)
        finally:
            ended_at = time.monotonic()
            self._rested_at = ended_at + min(ended_at - started_at, LONGEST_REST_S)
            self._idle.set()

    def _show(self, state: State, result: ScanResult, read_at: float | None, progress: Progress | None = None) -> None:
        known = self._snapshot
        changed = result is not known.result or state != known.state
        self._snapshot = Snapshot(state, result, known.version + changed, read_at, progress)

    def _failed(self, error: Exception) -> Snapshot:
        # From what is shown now: partial results may have moved the version on since the refresh began.
        shown = self._snapshot
        problem = ReadProblem(self.watched.shown, None, f"reading failed: {type(error).__name__}: {error}")
        kept = tuple(known for known in shown.result.problems if known != problem)
        result = replace(shown.result, problems=(problem, *kept))
        return Snapshot("unreadable", result, shown.version + 1, shown.read_at, None)

    def _show_progress(self, progress: Progress) -> None:
        self._snapshot = replace(self._snapshot, progress=progress)

    def _show_partial(self, result: ScanResult) -> None:
        known = self._snapshot
        self._show(known.state, result, known.read_at, known.progress)
