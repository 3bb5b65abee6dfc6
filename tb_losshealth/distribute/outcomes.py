"""What comes of one piece of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Result = TypeVar("Result")
Task = TypeVar("Task")
Task_contra = TypeVar("Task_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no result, in one sentence; `died` if the process that worked on it was lost."""

    reason: str
    died: bool = False


class Executor(Protocol):
    """Where work is done."""

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | Failed]:
        """The result of every task, in their order, as they come in."""


class WorkersUnavailable(RuntimeError):
    """The workers cannot be used at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Guarded(Generic[Task, Result]):
    """A function whose errors are results, so that one bad task does not take others along."""

    function: Callable[[Task], Result]

    def __call__(self, task: Task) -> Result | Failed:
        """The function's result, or why it failed."""
        try:
            return self.function(task)
        except MemoryError:
            return Failed("there is not enough memory to read it")
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")


class Here:
    """Does the work in this process."""

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | Failed]:
        """The result of every task, one after another."""
        yield from map(Guarded(function), tasks)
