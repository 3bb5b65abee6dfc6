"""torch's SummaryWriter made robust: at exit, after a fork, on many ranks, and for scalars on a device."""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from torch.utils.tensorboard import writer as torch_writer

from tb_losshealth.live.copyable_lock import CopyableLock
from tb_losshealth.live.rank import rank, rank_in_group
from tb_losshealth.live.warn_once import WarnOnce
from tb_losshealth.writer.device_scalars import DeviceScalar, PendingScalars, start_copy
from tb_losshealth.writer.exit_and_fork import close_at_exit
from tb_losshealth.writer.local_record_writer import LocalRecordWriter, keep_open
from tb_losshealth.writer.scalar_value import as_float, as_number
from tb_losshealth.writer.silent_file_writer import SilentFileWriter

log = logging.getLogger("tb_losshealth")

THIS_RUN = "."
"""The name of a run relative to its own folder."""


def _unless_silent(method: Callable[..., None]) -> Any:
    @functools.wraps(method)
    def log(writer: RobustSummaryWriter, *args: Any, **kwargs: Any) -> None:
        if not writer._is_silent():
            method(writer, *args, **kwargs)

    return log


class RobustSummaryWriter(torch_writer.SummaryWriter):
    """Logs what torch's class logs, and hands every scalar to a subclass."""

    file_writer: Any
    all_writers: Any

    def __init__(self, *torch_arguments: Any, rank_zero_only: bool) -> None:
        """Makes the folder and the event file, or neither on ranks that write nothing.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._rank_zero_only = rank_zero_only
        self._warn_once = WarnOnce()
        self._record_writers: dict[str, LocalRecordWriter | None] = {}
        self._pending = PendingScalars()
        self._pending_lock = CopyableLock()
        super().__init__(*torch_arguments)

    def _scalar_logged(self, run: str, tag: str, step: int, value: float, wall: float) -> None:
        """Called with each scalar that was just logged."""

    def _before_close(self) -> None:
        """Called to log the last values before the files are closed."""

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: Any = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Logs one scalar as torch's method does; the arguments are described there.

        A tensor on an accelerator is copied without waiting and logged, in its turn, once the copy is there.
        bfloat16 keeps its range. The first value of a tag that is not finite gives a warning.

        Raises:
            ValueError: a tensor on the meta device, which has no value.
        """
        wall = time.time() if walltime is None else walltime
        number = scalar_value if type(scalar_value) is float else start_copy(scalar_value)
        if number is None:
            number = as_number(tag, scalar_value)
        if self._pending or type(number) is DeviceScalar:
            step = None if global_step is None else int(global_step)
            self._queue(
                {tag: number}, lambda read: self._log_scalar(tag, read[tag], step, wall, new_style, double_precision)
            )
        else:
            self._log_scalar(tag, number, global_step, wall, new_style, double_precision)

    def add_scalars(
        self, main_tag: str, tag_scalar_dict: Mapping[str, Any], global_step: Any = None, walltime: float | None = None
    ) -> None:
        """Logs several scalars, each into its own sub-run, as torch's method does.

        `add_paired_scalars` logs train and validation into one run instead.

        Raises:
            ValueError: a tensor on the meta device, which has no value.
        """
        wall = time.time() if walltime is None else walltime
        step = None if global_step is None else int(global_step)
        numbers = {
            key: start_copy(value) or as_number(f"{main_tag}/{key}", value) for key, value in tag_scalar_dict.items()
        }
        if self._pending or any(type(number) is DeviceScalar for number in numbers.values()):
            self._queue(numbers, lambda read: self._log_scalars(main_tag, read, step, wall))
        else:
            self._log_scalars(main_tag, numbers, step, wall)

    add_hparams = _unless_silent(torch_writer.SummaryWriter.add_hparams)
    add_embedding = _unless_silent(torch_writer.SummaryWriter.add_embedding)

    def flush(self) -> None:
        """Writes everything logged so far, and waits for scalars that an accelerator still has to hand over."""
        self._log_pending(wait=True)
        self._flush_files()

    def close(self) -> None:
        """Writes everything and the last verdicts, and closes the files. Logging again opens a new file.

        Values that a broken device or a full disk still holds back are lost, with a warning but without an error.

        Raises:
            Exception: any other error; the files are closed even then.
        """
        if self.all_writers is None:
            return
        with contextlib.ExitStack() as steps:  # run from the last to the first, each even if another fails
            steps.callback(self._forget_files)
            steps.callback(super().close)
            steps.callback(self._before_close)
            steps.callback(self._log_last)

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            self.close()
        except Exception as error:
            if exc_type is None:
                raise
            log.error("A SummaryWriter could not be closed: %s", error)  # the training's own error matters more

    def __del__(self) -> None:
        if getattr(self, "all_writers", None) is not None:
            with contextlib.suppress(Exception):
                self.close()

    def _forget_files(self) -> None:
        self.file_writer = self.all_writers = None
        self._record_writers.clear()

    def _leave_to_parent(self) -> None:
        self._forget_files()
        self._pending = PendingScalars()
        self._pending_lock = CopyableLock()

    def _get_file_writer(self) -> Any:
        is_open = self.all_writers is not None and self.file_writer is not None
        if self._rank_zero_only and (rank_in_group() if is_open else rank()):
            return self._silenced()
        if not is_open:
            try:
                super()._get_file_writer()  # type: ignore[no-untyped-call]
            except OSError as error:
                raise _explained(error, self.log_dir) from error
            close_at_exit(self)
            self._keep_files_open()
        return self.file_writer

    def _keep_files_open(self) -> None:
        for folder, file_writer in self.all_writers.items():
            if folder not in self._record_writers:
                self._record_writers[folder] = keep_open(file_writer)

    def _silenced(self) -> SilentFileWriter:
        if not isinstance(self.file_writer, SilentFileWriter):
            if self.all_writers is not None:
                super().close()
            self.file_writer = SilentFileWriter(self.log_dir)
            self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
        return self.file_writer

    def _is_silent(self) -> bool:
        return isinstance(self._get_file_writer(), SilentFileWriter)

    def _flush_files(self) -> None:
        super().flush()

    def _log_pending(self, *, wait: bool = False) -> None:
        with self._pending_lock:
            self._pending.log_all() if wait else self._pending.log_ready()

    def _log_last(self) -> None:
        with self._pending_lock:
            self._pending.log_all(self._warn_of_lost)

    def _warn_of_lost(self, error: Exception) -> None:
        self._warn_once(
            "lost on a device",
            f"A SummaryWriter leaves out values that their device did not hand over: {type(error).__name__}: {error}",
        )

    def _queue(self, values: Mapping[str, Any], log: Callable[[dict[str, Any]], None]) -> None:
        with self._pending_lock:
            self._pending.put(values, log)
        self._log_pending()

    def _log_scalar(
        self, tag: str, number: Any, step: Any, wall: float, new_style: bool, double_precision: bool
    ) -> None:
        super().add_scalar(tag, number, step, wall, new_style, double_precision)
        self._report_scalar(THIS_RUN, tag, step, number, wall)

    def _log_scalars(self, main_tag: str, numbers: Mapping[str, Any], step: int | None, wall: float) -> None:
        if not self._is_silent():
            super().add_scalars(main_tag, numbers, step, wall)
            self._keep_files_open()
        for key, number in numbers.items():
            self._report_scalar(f"{main_tag.replace('/', '_')}_{key}", main_tag, step, number, wall)

    def _report_scalar(self, run: str, tag: str, step: Any, number: Any, wall: float) -> None:
        value = number if type(number) is float else as_float(number)
        at = 0 if step is None else int(step)
        if not math.isfinite(value):
            self._warn_once(
                f"not finite {run} {tag}",
                f"{tag!r} is {value} at step {at}. TensorBoard leaves such values out of its charts.",
            )
        self._scalar_logged(run, tag, at, value, wall)


def _explained(error: OSError, log_dir: Any) -> OSError:
    return type(error)(
        error.errno,
        f"{error.strerror or error}: a SummaryWriter cannot write here; give it a log_dir that you may write to",
        str(log_dir),
    )
