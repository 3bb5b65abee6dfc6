"""Open writers at the end of their process: closed at exit and after SIGTERM, left to the parent after a fork."""

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

log = logging.getLogger("tb_losshealth")


class OpenWriter(Protocol):
    """A writer with open files, which belong to one process."""

    def close(self) -> None:
        """Writes everything and closes the files."""

    def _leave_to_parent(self) -> None:
        """Forgets the files in a forked child, without touching them: the parent goes on writing them."""


_open: weakref.WeakSet[Any] = weakref.WeakSet()


def close_at_exit(writer: OpenWriter) -> None:
    """Closes `writer` when this process ends. Forked children leave it to this process."""
    _open.add(writer)
    if multiprocessing.parent_process() is not None:
        # Forked children of multiprocessing end without running atexit.
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


def exit_on_sigterm() -> None:
    """Makes SIGTERM end this process as `sys.exit` does, so that the writers are closed.

    Raises:
        ValueError: called outside the main thread, where Python allows no signal handlers, or SIGTERM has a handler
            already.
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
