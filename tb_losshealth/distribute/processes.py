"""Work on several processes of this machine; one that dies takes no other work along."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from tb_losshealth.distribute.outcomes import Failed, Guarded, Result, Task

# Tasks handed out ahead, a process: enough to keep it busy, few enough to bound what waits in memory.
AHEAD = 3
ENDS = (signal.SIGINT, signal.SIGTERM)
MANAGER_ENDS_WITHIN = 5.0  # seconds; its processes are terminated by then


class Processes:
    """Does the work on `jobs` processes."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | Failed]:
        """The result of every task, in their order."""
        guarded: Guarded[Task, Result] = Guarded(function)
        waiting = deque(tasks)
        pool = _Pool(self._jobs)
        window: deque[tuple[Task, Future[Result | Failed]]] = deque()
        try:
            while waiting or window:
                try:
                    while waiting and len(window) < AHEAD * self._jobs:
                        window.append((waiting[0], pool.submit(guarded, waiting[0])))
                        waiting.popleft()
                    outcome = window[0][1].result()
                except BrokenProcessPool:
                    pool.close()
                    yield from _one_by_one(guarded, window)
                    window.clear()
                    pool = _Pool(self._jobs)
                else:
                    window.popleft()
                    yield outcome
        finally:
            pool.close()


def _one_by_one(
    guarded: Guarded[Task, Result], window: deque[tuple[Task, Future[Result | Failed]]]
) -> Iterator[Result | Failed]:
    """Does again what a lost process left undone, one task at a time, so that the one that kills is found."""
    pool = _Pool(1)
    try:
        for task, future in window:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
                continue
            try:
                yield pool.submit(guarded, task).result()
            except BrokenProcessPool:
                yield Failed("the process that read it was killed; was there enough memory?", died=True)
                pool.close()
                pool = _Pool(1)
    finally:
        pool.close()


class _Pool:
    """A process pool that can be left at once."""

    def __init__(self, jobs: int) -> None:
        before = set(multiprocessing.active_children())
        # Forking a process that has threads (a progress bar) may deadlock the child.
        self._executor = ProcessPoolExecutor(
            jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
        )
        self._before = before

    def submit(self, function: Callable[[Task], Result | Failed], task: Task) -> Future[Result | Failed]:
        with _undisturbed():
            return self._executor.submit(function, task)

    def close(self) -> None:
        """Ends the processes, whatever they are doing."""
        manager = getattr(self._executor, "_executor_manager_thread", None)
        self._executor.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - self._before:
            child.terminate()
        # An interpreter that ends while this thread does complains of its closed pipe.
        if manager is not None and manager.is_alive():
            manager.join(MANAGER_ENDS_WITHIN)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Puts off being told to end until the processes have started: one that half did complains of its parent's end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []
    before = {number: signal.signal(number, lambda number, _: told.append(number)) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for end in told:
            signal.raise_signal(end)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
