"""Results in order from any executor; what a dying worker had in hand is done again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from tb_losshealth.parallel import AHEAD, Failed, WorkersUnavailable, map_in_order, process_pool


def test_results_come_in_order_and_errors_are_results() -> None:
    expected = [
        1.0,
        Failed("ZeroDivisionError: division by zero"),
        0.5,
        Failed("there is not enough memory to read it"),
    ]
    assert list(map_in_order(inverse, [1, 0, 2, -1])) == expected
    with ThreadPoolExecutor(3) as executor:
        assert list(map_in_order(inverse, [1, 0, 2, -1], executor)) == expected


def inverse(number: int) -> float:
    time.sleep(0.01 * number if number > 0 else 0)
    if number < 0:
        raise MemoryError
    return 1 / number


def test_a_bounded_number_of_tasks_is_in_flight() -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for number in range(1, 100):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        results = map_in_order(float, tasks(), executor)
        assert next(results) == 1.0
        assert len(taken) <= 2 * AHEAD
        assert list(results) == [float(number) for number in range(2, 100)]


@pytest.mark.slow
def test_only_the_task_that_kills_its_process_is_lost() -> None:
    for pool in (process_pool(2), ProcessPoolExecutor(2)):
        with pool as executor:
            found = list(map_in_order(die_on_seven, range(1, 20), executor))
        assert [number for number, one in enumerate(found, 1) if isinstance(one, Failed)] == [7]
        assert [one for one in found if not isinstance(one, Failed)] == [n for n in range(1, 20) if n != 7]


def die_on_seven(number: int) -> int:
    if number == 7:
        time.sleep(0.2)  # others are under way
        os.kill(os.getpid(), signal.SIGKILL)
    return number


class KilledWorker(Exception):
    """Named as Dask's, which takes innocent tasks along."""


class Scripted(Executor):
    """Does the work at once, unless a future is to fail first."""

    def __init__(self, *errors: Exception | None) -> None:
        self._errors = list(errors)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        error = self._errors.pop(0) if self._errors else None
        if error is None:
            future.set_result(function(*arguments, **options))
        else:
            future.set_exception(error)
        return future


def test_a_task_that_died_beside_another_is_done_again() -> None:
    assert list(map_in_order(float, [1, 2, 3], Scripted(None, KilledWorker(), None))) == [1.0, 2.0, 3.0]
    (failed, *rest) = map_in_order(float, [1, 2], Scripted(KilledWorker(), None, KilledWorker()))
    assert isinstance(failed, Failed)
    assert rest == [2.0]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ImportError("no numpy"), "install the same tb_losshealth there"),
        (OSError("gone"), "lost the workers: OSError: gone"),
        (CancelledError(), "lost the workers"),
    ],
)
def test_workers_that_cannot_be_used_are_an_error(error: Exception, reason: str) -> None:
    with pytest.raises(WorkersUnavailable, match=reason):
        list(map_in_order(float, [1], Scripted(error)))


def test_an_executor_that_was_shut_down_is_an_error() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(WorkersUnavailable, match="take no tasks"):
        list(map_in_order(float, [1], executor))
