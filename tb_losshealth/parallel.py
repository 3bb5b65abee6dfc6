"""Ordered results of many tasks, from any `concurrent.futures.Executor`; a task that fails costs itself alone."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")
Task = TypeVar("Task")

AHEAD = 3
"""Tasks in flight per worker: enough to keep it busy, few enough to bound the results that wait in memory."""

WORKERS = 16
"""Workers assumed of an executor that does not give their number."""

_ENDS = (signal.SIGINT, signal.SIGTERM)
"""Signals by which a person ends the program."""

_MANAGER_ENDS_WITHIN = 5.0
"""Seconds to wait for the thread that manages a pool; its processes are terminated by then."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no result, in one sentence."""

    reason: str


class WorkersUnavailable(RuntimeError):
    """The workers cannot be used at all; the message gives the reason and what to do."""


class _Lost(Exception):
    """The worker died while it had the task, or beside it."""


@dataclass(frozen=True, slots=True)
class _Guarded(Generic[Task, Result]):
    """A function whose errors are results, so that one bad task does not take others along."""

    function: Callable[[Task], Result]

    def __call__(self, task: Task) -> Result | Failed:
        try:
            return self.function(task)
        except MemoryError:
            return Failed("there is not enough memory to read it")
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")


def map_in_order(
    function: Callable[[Task], Result], tasks: Iterable[Task], executor: Executor | None = None
) -> Iterator[Result | Failed]:
    """Calls a function on every task.

    Where a worker dies, the tasks in flight are done again one by one, so that only the one that kills its worker is
    lost.

    Args:
        function: called with one task; with an executor of processes, it and the tasks are pickled.
        tasks: taken one by one, a bounded number ahead of the results.
        executor: where to work; this thread if None. It is left open. A broken pool of processes is replaced.

    Yields:
        The result of every task, in the order of the tasks.

    Raises:
        WorkersUnavailable: the executor cannot be used.
    """
    guarded = _Guarded(function)
    if executor is None:
        yield from map(guarded, tasks)
        return
    waiting = iter(tasks)
    limit = AHEAD * _workers_of(executor)
    window: deque[tuple[Task, Future[Result | Failed]]] = deque()
    with ExitStack() as replacements:
        try:
            while True:
                try:
                    while len(window) < limit and (task := next(waiting, None)) is not None:
                        window.append((task, _submit(executor, guarded, task)))
                    if not window:
                        return
                    outcome = _result(window[0][1])
                except _Lost:
                    yield from _one_by_one(guarded, window, executor)
                    window.clear()
                    if isinstance(executor, ProcessPoolExecutor):
                        executor = replacements.enter_context(process_pool(_workers_of(executor)))
                else:
                    window.popleft()
                    yield outcome
        finally:
            for _, future in window:
                future.cancel()


def _one_by_one(
    guarded: _Guarded[Task, Result], window: Iterable[tuple[Task, Future[Result | Failed]]], executor: Executor
) -> Iterator[Result | Failed]:
    """Does again what a lost worker left undone, one task at a time, so that the one that kills is found."""
    known: list[Result | Failed | _Lost] = []
    for _, future in window:
        try:
            done: Result | Failed = _result(future)
            known.append(done)
        except _Lost as lost:
            known.append(lost)
    for (task, _), outcome in zip(window, known, strict=True):
        if not isinstance(outcome, _Lost):
            yield outcome
            continue
        with ExitStack() as pools:
            alone = pools.enter_context(process_pool(1)) if isinstance(executor, ProcessPoolExecutor) else executor
            try:
                again = _result(_submit(alone, guarded, task))
            except _Lost:
                again = Failed("the process that read it was killed; was there enough memory?")
        yield again


def _submit(executor: Executor, guarded: _Guarded[Task, Result], task: Task) -> Future[Result | Failed]:
    try:
        with _undisturbed():
            return executor.submit(guarded, task)
    except BrokenProcessPool as error:
        lost: Future[Result | Failed] = Future()
        lost.set_exception(error)
        return lost
    except (RuntimeError, OSError) as error:
        raise WorkersUnavailable(f"the workers take no tasks: {error}") from error


def _result(future: Future[Result | Failed]) -> Result | Failed:
    """The result of a task.

    Raises:
        _Lost: its worker died.
        WorkersUnavailable: as the function's own errors are results, anything else is the executor's.
    """
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise _Lost from error
    except (ImportError, AttributeError) as error:
        raise WorkersUnavailable(
            f"the workers cannot run this: {error}; install the same tb_losshealth there"
        ) from error
    except CancelledError as error:
        raise WorkersUnavailable("lost the workers: they cancelled the work") from error
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # Dask's, whose package need not be here
            raise _Lost from error
        raise WorkersUnavailable(f"lost the workers: {type(error).__name__}: {error}") from error


def _workers_of(executor: Executor) -> int:
    """The number of workers, as far as the executors of Python and Dask show it."""
    client = getattr(executor, "_client", None)
    if client is not None:
        return sum(client.nthreads().values()) or WORKERS
    return int(getattr(executor, "_max_workers", WORKERS))


@contextmanager
def process_pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of this machine that end at once when the block is left, whatever they are doing."""
    before = set(multiprocessing.active_children())
    # Forking a process that has threads (a progress bar) may deadlock the child.
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )
    try:
        yield pool
    finally:
        manager = getattr(pool, "_executor_manager_thread", None)
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        # An interpreter that ends while this thread does complains of its closed pipe.
        if manager is not None and manager.is_alive():
            manager.join(_MANAGER_ENDS_WITHIN)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Puts off the end of this program until the processes have started: half started they print a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    before = {number: signal.signal(number, lambda number, _: received.append(number)) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for ended in received:
            signal.raise_signal(ended)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
