"""The file writer of the ranks that write nothing."""

from __future__ import annotations

from typing import Any

from torch.utils.tensorboard import writer as torch_writer


class SilentFileWriter(torch_writer.FileWriter):
    """Takes every event and writes nothing. Ranks other than 0 get it."""

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

    close = reopen = flush
