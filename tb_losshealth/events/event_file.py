"""Bytes of one event file -> columns of scalars, from any offset on."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import google_crc32c
import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2  # type: ignore[import-untyped]
from tensorboard.util import tensor_util  # type: ignore[import-untyped]

from tb_losshealth.events.columns import Columns
from tb_losshealth.events.problems import ReadProblem

_HEADER = struct.Struct("<QI")
_FRAME_BYTES = 16  # length, its checksum, the body's checksum
_SCALARS_PLUGIN = "scalars"
_DECLARING_PLUGIN = "losshealth"


def masked_crc32c(data: bytes) -> int:
    """The checksum of the TFRecord format."""
    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@dataclass
class _Row:
    step: int
    value: float
    wall_time: float


class EventFile:
    """What has been read of one event file so far."""

    def __init__(self, path: str, *, check_bodies: bool = False) -> None:
        self.path = path
        self.offset = 0
        self.columns: dict[str, Columns] = {}
        self.plugins: dict[str, str] = {}
        self.declarations: list[bytes] = []
        self.purges: dict[str, list[tuple[int, int]]] = {}
        self.purged_before: int | None = None
        self.problems: list[ReadProblem] = []
        self._check_bodies = check_bodies
        self._stopped = False

    def read(self, file: BinaryIO) -> set[str]:
        """Reads what was appended; returns the tags that changed."""
        if self._stopped:
            return set()
        file.seek(self.offset)
        data = file.read()
        rows: dict[str, list[_Row]] = {}
        purged = False
        for offset, body in self._records(data):
            try:
                event = event_pb2.Event.FromString(body)
            except DecodeError:
                self._problem(offset, "the record is no TensorBoard event; it was skipped")
                continue
            if event.HasField("session_log") and event.session_log.status == event_pb2.SessionLog.START:
                purged = True
                self._flush(rows)
                self._purge(event.step)
            for value in event.summary.value:
                self._value(event, value, rows)
        changed = set(rows) | (set(self.columns) if purged else set())
        self._flush(rows)
        return changed

    def _problem(self, offset: int | None, reason: str) -> None:
        self.problems.append(ReadProblem(self.path, offset, reason))

    def _records(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        position = 0
        base = self.offset
        while position + 12 <= len(data):
            length, crc = _HEADER.unpack_from(data, position)
            if masked_crc32c(data[position : position + 8]) != crc:
                self._stopped = True
                where = "this is no event file" if base + position == 0 else "nothing after it was read"
                self._problem(base + position, f"record header with a wrong checksum: {where}")
                return
            end = position + _FRAME_BYTES + length
            if end > len(data):
                return
            body = data[position + 12 : end - 4]
            if self._check_bodies and masked_crc32c(body) != int.from_bytes(data[end - 4 : end], "little"):
                self._problem(base + position, "record with a wrong checksum; it was skipped")
            else:
                yield base + position, body
            position = end
            self.offset = base + position

    def _purge(self, step: int) -> None:
        self.purged_before = step if self.purged_before is None else min(step, self.purged_before)
        for tag, columns in self.columns.items():
            purges = self.purges.setdefault(tag, [])
            if purges and purges[-1][0] == len(columns):
                purges[-1] = (len(columns), min(step, purges[-1][1]))
            else:
                purges.append((len(columns), step))

    def _value(self, event: event_pb2.Event, value: summary_pb2.Summary.Value, rows: dict[str, list[_Row]]) -> None:
        kind = value.WhichOneof("value")
        plugin = self.plugins.get(value.tag)
        if plugin is None:
            plugin = self.plugins[value.tag] = value.metadata.plugin_data.plugin_name
        if kind == "tensor" and plugin == _DECLARING_PLUGIN:
            self.declarations.extend(value.tensor.string_val)
            return
        if kind == "simple_value":
            number: float | None = value.simple_value
        elif kind == "tensor" and plugin in (_SCALARS_PLUGIN, ""):
            number = _single_number(value.tensor)
        else:
            return
        if number is not None:
            rows.setdefault(value.tag, []).append(_Row(event.step, number, event.wall_time))

    def _flush(self, rows: dict[str, list[_Row]]) -> None:
        for tag, tag_rows in rows.items():
            self.columns.setdefault(tag, Columns()).append(
                np.array([row.step for row in tag_rows], dtype=np.int64),
                np.array([row.value for row in tag_rows], dtype=np.float64),
                np.array([row.wall_time for row in tag_rows], dtype=np.float64),
            )
        rows.clear()


def _single_number(tensor: object) -> float | None:
    if getattr(tensor, "dtype", None) in (types_pb2.DT_STRING, types_pb2.DT_COMPLEX64, types_pb2.DT_COMPLEX128):
        return None
    try:
        array = tensor_util.make_ndarray(tensor)
    except (TypeError, ValueError):
        return None
    return float(array.item()) if array.size == 1 else None
