"""torch's SummaryWriter, mended: nothing is lost at exit, a fork does not hang, one rank writes, no device waits."""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from torch.utils.tensorboard import writer as torch_writer

from tb_losshealth.live.warn_once import Once
from tb_losshealth.writer import processes
from tb_losshealth.writer.arrivals import Arrivals, DeviceScalar, start_copy
from tb_losshealth.writer.local_records import LocalRecordFile, keep_open
from tb_losshealth.writer.scalar_value import as_float, as_number

log = logging.getLogger("tb_losshealth")

# How a run is called in its own folder.
THIS_RUN = "."


class RobustSummaryWriter(torch_writer.SummaryWriter):
    """Logs what torch's class logs, and tells a subclass of every scalar."""

    file_writer: Any
    all_writers: Any

    def __init__(self, *torch_arguments: Any, rank_zero_only: bool) -> None:
        """Makes the folder and the event file, or neither where another rank does.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._rank_zero_only = rank_zero_only
        self._once = Once()
        self._records: dict[str, LocalRecordFile | None] = {}
        self._arrivals = Arrivals()
        self._arrivals_lock = threading.RLock()
        super().__init__(*torch_arguments)

    def _scalar_logged(self, run: str, tag: str, step: int, value: float, wall: float) -> None:
        """What a subclass does about a scalar that was just logged."""

    def _before_close(self) -> None:
        """What a subclass has to log last."""

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

        A tensor on an accelerator is copied without waiting for it, and logged, in its turn, once it has arrived.
        bfloat16 keeps its range. Values that are not finite are warned of once a tag.

        Raises:
            ValueError: a tensor on the meta device, which has no value.
        """
        wall = time.time() if walltime is None else walltime
        number = scalar_value if type(scalar_value) is float else start_copy(scalar_value)
        if number is None:
            number = as_number(tag, scalar_value)
        if self._arrivals or type(number) is DeviceScalar:
            step = None if global_step is None else int(global_step)
            self._queue(
                {tag: number},
                lambda read: self._log_scalar(tag, read[tag], step, wall, new_style, double_precision),
            )
        else:
            self._log_scalar(tag, number, global_step, wall, new_style, double_precision)

    def add_scalars(
        self, main_tag: str, tag_scalar_dict: Mapping[str, Any], global_step: Any = None, walltime: float | None = None
    ) -> None:
        """Logs several scalars, each into a sub-run of its own, as torch's method does.

        `add_paired_scalars` does the same for train and validation without making runs.

        Raises:
            ValueError: a tensor on the meta device, which has no value.
        """
        wall = time.time() if walltime is None else walltime
        step = None if global_step is None else int(global_step)
        numbers = {
            key: start_copy(value) or as_number(f"{main_tag}/{key}", value) for key, value in tag_scalar_dict.items()
        }
        if self._arrivals or any(type(number) is DeviceScalar for number in numbers.values()):
            self._queue(numbers, lambda read: self._log_scalars(main_tag, read, step, wall))
        else:
            self._log_scalars(main_tag, numbers, step, wall)

    @functools.wraps(torch_writer.SummaryWriter.add_hparams)
    def add_hparams(  # type: ignore[override]  # noqa: D102
        self, *args: Any, **kwargs: Any
    ) -> None:
        if not self._is_silent():
            super().add_hparams(*args, **kwargs)

    @functools.wraps(torch_writer.SummaryWriter.add_embedding)
    def add_embedding(  # type: ignore[override]  # noqa: D102
        self, *args: Any, **kwargs: Any
    ) -> None:
        if not self._is_silent():
            super().add_embedding(*args, **kwargs)

    def flush(self) -> None:
        """Writes everything logged so far, also what an accelerator has yet to hand over."""
        self._log_arrived(wait=True)
        self._flush_files()

    def close(self) -> None:
        """Writes everything and the last verdicts, and closes the files. Logging again opens a new one.

        What a broken device or a full disk still holds back is lost, which is said without an error.

        Raises:
            Exception: what else goes wrong; the files are closed all the same.
        """
        if self.all_writers is None:
            return
        with contextlib.ExitStack() as steps:  # from the last to the first, each whatever becomes of the others
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
            log.error("A SummaryWriter could not be closed: %s", error)  # the training's own error says more

    def __del__(self) -> None:
        if getattr(self, "all_writers", None) is not None:
            with contextlib.suppress(Exception):
                self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_arrivals_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._arrivals_lock = threading.RLock()

    def _forget_files(self) -> None:
        self.file_writer = self.all_writers = None
        self._records.clear()

    def _leave_to_parent(self) -> None:
        self._forget_files()
        self._arrivals = Arrivals()
        self._arrivals_lock = threading.RLock()

    def _get_file_writer(self) -> Any:
        is_open = self.all_writers is not None and self.file_writer is not None
        if self._rank_zero_only and (processes.rank_in_group() if is_open else processes.rank()):
            return self._silenced()
        if not is_open:
            try:
                super()._get_file_writer()  # type: ignore[no-untyped-call]
            except OSError as error:
                raise _explained(error, self.log_dir) from error
            processes.close_at_exit(self)
            self._keep_files_open()
        return self.file_writer

    def _keep_files_open(self) -> None:
        for folder, file_writer in self.all_writers.items():
            if folder not in self._records:
                self._records[folder] = keep_open(file_writer)

    def _silenced(self) -> processes.SilentFileWriter:
        if not isinstance(self.file_writer, processes.SilentFileWriter):
            if self.all_writers is not None:
                super().close()
            self.file_writer = processes.SilentFileWriter(self.log_dir)
            self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
        return self.file_writer

    def _is_silent(self) -> bool:
        return isinstance(self._get_file_writer(), processes.SilentFileWriter)

    def _flush_files(self) -> None:
        super().flush()

    def _log_arrived(self, *, wait: bool = False) -> None:
        with self._arrivals_lock:
            self._arrivals.log_all() if wait else self._arrivals.log_arrived()

    def _log_last(self) -> None:
        with self._arrivals_lock:
            self._arrivals.log_all(self._warn_of_lost)

    def _warn_of_lost(self, error: Exception) -> None:
        self._once.warn(
            "lost on a device",
            f"A SummaryWriter leaves out values that their device did not hand over: {type(error).__name__}: {error}",
        )

    def _queue(self, values: Mapping[str, Any], log: Callable[[dict[str, Any]], None]) -> None:
        with self._arrivals_lock:
            self._arrivals.put(values, log)
        self._log_arrived()

    def _log_scalar(
        self, tag: str, number: Any, step: Any, wall: float, new_style: bool, double_precision: bool
    ) -> None:
        super().add_scalar(tag, number, step, wall, new_style, double_precision)
        self._logged(THIS_RUN, tag, step, number, wall)

    def _log_scalars(self, main_tag: str, numbers: Mapping[str, Any], step: int | None, wall: float) -> None:
        if not self._is_silent():
            super().add_scalars(main_tag, numbers, step, wall)
            self._keep_files_open()
        for key, number in numbers.items():
            self._logged(f"{main_tag.replace('/', '_')}_{key}", main_tag, step, number, wall)

    def _logged(self, run: str, tag: str, step: Any, number: Any, wall: float) -> None:
        value = number if type(number) is float else as_float(number)
        at = 0 if step is None else int(step)
        if not math.isfinite(value):
            self._once.warn(
                f"not finite {run} {tag}",
                f"{tag!r} is {value} at step {at}. TensorBoard leaves such values out of its charts.",
            )
        self._scalar_logged(run, tag, at, value, wall)


def _explained(error: OSError, log_dir: Any) -> OSError:
    return type(error)(
        error.errno,
        f"{error.strerror or error}: a SummaryWriter cannot write here; give it a log_dir that is a folder you may "
        "write to",
        str(log_dir),
    )
