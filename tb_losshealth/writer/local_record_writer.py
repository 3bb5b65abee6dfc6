"""The records of one local event file, written through a handle that stays open.

TensorBoard's own record writer opens the file for every record and computes the checksums in Python, which is most of
the cost of logging a scalar. On a full disk it leaves half a record behind, and it stops for good when the folder is
deleted. `LocalRecordWriter` replaces it inside torch's FileWriter. The FileWriter's interface, queue and worker thread
stay as they are, so code that hooks into them still sees every event.
"""

from __future__ import annotations

import contextlib
import logging
import os
import struct
import threading
import time
from io import FileIO
from typing import Any

import google_crc32c
from tensorboard.summary.writer import event_file_writer, record_writer

log = logging.getLogger("tb_losshealth")

MAX_BACKLOG_BYTES = 16 * 2**20
"""Held in memory while the disk takes nothing: about 300,000 scalars, hours of most trainings."""

CHECK_SECONDS = 1.0
"""Time between two checks whether a full disk takes records again and whether the file was deleted."""


def _masked_crc(data: bytes) -> int:
    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def encode_record(data: bytes) -> bytes:
    """Frames one event as TFRecord: length, its checksum, data, their checksum."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, struct.pack("<I", _masked_crc(length)), data, struct.pack("<I", _masked_crc(data))))


class LocalRecordWriter:
    """Appends whole records to a local file, with the methods of TensorBoard's `RecordWriter`.

    The operating system has a record when `write` returns. While the disk takes nothing (full, over quota), records
    wait in memory and the file holds whole records alone; beyond `MAX_BACKLOG_BYTES` they are dropped and counted.
    A deleted file is started again. A failing disk raises no error here: an error would end TensorBoard's worker
    thread, and with it the log and the training.

    Attributes:
        restarts: how often the file was started again; each time its earlier records are lost.
    """

    def __init__(self, path: str) -> None:
        """Opens the file at `path`, which exists and holds whole records.

        Raises:
            OSError: it cannot be opened.
        """
        self.restarts = 0
        self._path = path
        self._lock = threading.Lock()
        self._backlog: list[bytes] = []
        self._backlog_bytes = 0
        self._dropped = 0
        self._error: OSError | None = None
        self._next_check = 0.0
        with open(path, "rb") as handle:
            self._preamble = handle.read()
        self._file = _open_unbuffered(path)
        self._end = len(self._preamble)

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._file.closed

    def write(self, data: bytes) -> None:
        """Appends one record, now or as soon as the disk takes it."""
        record = encode_record(data)
        with self._lock:
            if time.monotonic() >= self._next_check:
                self._check()
            if self._error or not self._append(record):
                self._keep(record)

    def flush(self) -> None:
        """Writes the waiting records, if the disk takes them."""
        with self._lock:
            self._check()

    def close(self) -> None:
        """Writes the waiting records and closes the file. Logs an error with the number of events that are lost."""
        with self._lock:
            if self._file.closed:
                return
            self._check()
            with contextlib.suppress(OSError):  # the file is closed even then
                self._file.close()
            if self._error:
                lost, reason = len(self._backlog) + self._dropped, self._error.strerror
                message = "%s: %s: %d events could not be written and are lost; make room there"
                log.error(message, self._path, reason, lost)

    def _append(self, record: bytes) -> bool:
        try:
            written = self._file.write(record)
            while written < len(record):
                written += self._file.write(record[written:])
        except OSError as error:
            self._fail(error)
            with contextlib.suppress(OSError):
                self._file.truncate(self._end)  # readers stop at half a record
            return False
        self._end += len(record)
        return True

    def _fail(self, error: OSError) -> None:
        if self._error is None:
            message = "Cannot write to %s: %s. Events wait in memory until it works again; make room there."
            log.warning(message, self._path, error.strerror)
        self._error = error

    def _keep(self, record: bytes) -> None:
        if self._backlog_bytes + len(record) <= MAX_BACKLOG_BYTES:
            self._backlog.append(record)
            self._backlog_bytes += len(record)
            return
        if not self._dropped:
            log.warning(
                "%s: %d events wait in memory, and no more fit. Events logged from now on are lost until the disk "
                "takes events again; make room there.",
                self._path,
                len(self._backlog),
            )
        self._dropped += 1

    def _check(self) -> None:
        """Starts a deleted file again and writes the waiting records."""
        self._next_check = time.monotonic() + CHECK_SECONDS
        try:
            deleted = os.fstat(self._file.fileno()).st_nlink == 0
        except OSError as error:  # a network file system may no longer know the file
            self._fail(error)
            return
        if deleted and not self._start_again():
            return
        taken = 0
        while taken < len(self._backlog) and self._append(self._backlog[taken]):
            taken += 1
        self._backlog_bytes -= sum(map(len, self._backlog[:taken]))
        del self._backlog[:taken]
        if not self._backlog:
            self._error = None
            if self._dropped:
                log.warning("%s takes events again; %d events were lost in between.", self._path, self._dropped)
                self._dropped = 0

    def _start_again(self) -> bool:
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            fresh = _open_unbuffered(self._path)
        except OSError as error:
            self._fail(error)
            return False
        log.warning("%s was deleted during the training. It is started again, without its earlier events.", self._path)
        self._file.close()
        self._file, self._end = fresh, 0
        self.restarts += 1
        self._backlog.insert(0, self._preamble)
        self._backlog_bytes += len(self._preamble)
        return True


def _open_unbuffered(path: str) -> FileIO:
    # A killed or forked process must leave no records in a buffer of ours.
    return open(path, "ab", buffering=0)


def keep_open(file_writer: Any) -> LocalRecordWriter | None:
    """Replaces the record writer of a torch FileWriter by a `LocalRecordWriter`.

    Args:
        file_writer: a `torch.utils.tensorboard.FileWriter`, just made.

    Returns:
        The record writer; None, with nothing replaced, if the events do not go to a local file through TensorBoard's
        own classes, or if these classes are not built as this module expects.
    """
    try:
        event_writer = file_writer.event_writer
        asynchronous = event_writer._async_writer
        worker = asynchronous._worker
        path = os.path.abspath(event_writer._file_name)
        known = (
            type(asynchronous._writer) is record_writer.RecordWriter
            and type(worker) is event_file_writer._AsyncWriterThread
            and worker._record_writer is asynchronous._writer
        )
    except AttributeError:
        return None
    if not known or "://" in event_writer._file_name:
        return None
    file_writer.flush()  # empties the queue, so that the worker can take another file
    records = LocalRecordWriter(path)
    asynchronous._writer = worker._record_writer = records
    return records
