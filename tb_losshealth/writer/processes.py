"""Which process writes: rank 0 of a distributed training, what a fork leaves to the child, and the last act at exit."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import threading
import weakref
from types import FrameType
from typing import Any, NoReturn, Protocol

import torch.distributed
from torch.utils.tensorboard import writer as torch_writer

log = logging.getLogger("tb_losshealth")


class ProcessBound(Protocol):
    """Something that writes files and belongs to one process."""

    def close(self) -> None:
        """Writes everything and closes the files."""

    def _leave_to_parent(self) -> None:
        """Lets go, in a forked child, of what the parent goes on writing, without touching it."""


_open: weakref.WeakSet[Any] = weakref.WeakSet()


def close_at_exit(writer: ProcessBound) -> None:
    """Has `writer` closed when this process ends, and left alone by the children it forks."""
    _open.add(writer)
    if multiprocessing.parent_process() is not None:
        # Forked children of multiprocessing leave without running atexit.
        multiprocessing.util.Finalize(None, _close_all, exitpriority=0)


def _close_all() -> None:
    for writer in list(_open):
        try:
            writer.close()
        except Exception as error:
            log.error("A SummaryWriter could not be closed at exit: %s", error)


def _leave_all_to_parent() -> None:
    for writer in list(_open):
        writer._leave_to_parent()
    _open.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_all_to_parent)


def rank_in_group() -> int:
    """Rank of this process in torch.distributed's default group; 0 without one."""
    distributed = torch.distributed
    return distributed.get_rank() if distributed.is_available() and distributed.is_initialized() else 0


def rank() -> int:
    """Rank of this process: in the group, else what a launcher such as torchrun announced; 0 without either."""
    announced = os.environ.get("RANK", "") if "WORLD_SIZE" in os.environ else ""
    return rank_in_group() or (int(announced) if announced.isdecimal() else 0)


class SilentFileWriter(torch_writer.FileWriter):
    """Takes every event and writes nothing: what ranks other than 0 get."""

    def __init__(self, log_dir: Any) -> None:
        self._log_dir = str(log_dir)
        self.event_writer = self

    def get_logdir(self) -> str:
        """Returns the folder that rank 0 writes to."""
        return self._log_dir

    def add_event(self, event: Any, step: Any = None, walltime: Any = None) -> None:
        """Does nothing."""

    def flush(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""

    def reopen(self) -> None:
        """Does nothing."""


def exit_on_sigterm() -> None:
    """Makes SIGTERM end this process the way `sys.exit` does, so that what must happen at exit happens.

    Raises:
        ValueError: called outside the main thread, where Python lets nobody handle signals, or someone else
            handles SIGTERM already.
    """
    if threading.current_thread() is not threading.main_thread():
        raise ValueError("exit_on_sigterm=True works in the main thread only: make the SummaryWriter there.")
    current = signal.getsignal(signal.SIGTERM)
    if current is _exit:
        return
    if current is not signal.SIG_DFL:
        raise ValueError(
            f"exit_on_sigterm=True found that SIGTERM is handled already, by {current!r}. "
            "Leave it out and call writer.close() there."
        )
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
