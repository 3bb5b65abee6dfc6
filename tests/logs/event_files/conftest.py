"""Event files byte by byte, and readers to compare with that share no code with the package's."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import google_crc32c
import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from tensorboard.backend.event_processing.event_accumulator import (
    STORE_EVERYTHING_SIZE_GUIDANCE,
    EventAccumulator,
)
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util import tensor_util

from tb_losshealth.logs.event_files.event_file import EventFile, EventReader

Row: TypeAlias = tuple[int, float, float]
Rows: TypeAlias = dict[str, list[Row]]


def masked_crc(data: bytes) -> int:
    crc: int = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def header(length: int) -> bytes:
    """A sound header, whether or not such a body follows."""
    packed = struct.pack("<Q", length)
    return packed + struct.pack("<I", masked_crc(packed))


def record(body: bytes) -> bytes:
    return header(len(body)) + body + struct.pack("<I", masked_crc(body))


def scalar(step: int, value: float, tag: str = "loss/train", wall_time: float | None = None) -> bytes:
    """The record that `add_scalar` writes."""
    values = [Summary.Value(tag=tag, simple_value=value)]
    wall_time = 1_700_000_000.25 + step if wall_time is None else wall_time
    return record(Event(step=step, wall_time=wall_time, summary=Summary(value=values)).SerializeToString())


def version(wall_time: float = 1_700_000_000.0) -> bytes:
    """The record that every event file begins with."""
    return record(Event(wall_time=wall_time, file_version="brain.Event:2").SerializeToString())


def start(step: int) -> bytes:
    """The record of a training that goes on from a step."""
    log = SessionLog(status=SessionLog.START)
    return record(Event(step=step, wall_time=1_700_000_000.0, session_log=log).SerializeToString())


def read(data: bytes, *, check_bodies: bool = False, window: int = 1 << 20) -> EventFile:
    """The package's reading of a whole file."""
    file = EventFile("file", EventReader(check_bodies=check_bodies, window=window))
    file.read(io.BytesIO(data))
    return file


def rows(file: EventFile) -> Rows:
    """All rows by tag, in write order."""
    return {tag: part_rows(columns.part()) for tag, columns in file.contents.columns.items()}


def part_rows(part) -> list[Row]:
    return list(zip(part.steps.tolist(), part.values.tolist(), part.wall_times.tolist(), strict=True))


def same(left: Rows, right: Rows) -> bool:
    """Whether rows are equal bit by bit, all NaN being one."""
    return _bits(left) == _bits(right)


def _bits(rows: Rows) -> dict[str, bytes]:
    canonical = {}
    for tag, tag_rows in rows.items():
        numbers = np.array([row[1:] for row in tag_rows])
        numbers[np.isnan(numbers)] = np.nan
        canonical[tag] = np.array([row[0] for row in tag_rows], np.int64).tobytes() + numbers.tobytes()
    return canonical


def whole_records(data: bytes) -> Iterable[bytes]:
    """Bodies up to the first record that is not whole or whose header is not sound."""
    position = 0
    while position + 12 <= len(data):
        length, crc = struct.unpack_from("<QI", data, position)
        end = position + 16 + length
        if masked_crc(data[position : position + 8]) != crc or end > len(data):
            return
        yield data[position + 12 : end - 4]
        position = end


def reference_rows(data: bytes) -> Rows:
    """What `Event.FromString` says, over raw records; records that are no event are left out."""
    found: Rows = {}
    plugins: dict[str, str] = {}
    order: list[tuple[str, Row, bool]] = []
    for body in whole_records(data):
        try:
            event = Event.FromString(body)
        except DecodeError:
            continue
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                order.append((value.tag, (event.step, value.simple_value, event.wall_time), False))
            elif kind is None and value.metadata.plugin_data.plugin_name:
                plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            elif kind == "tensor":
                tag = value.tag or value.node_name
                plugins.setdefault(tag, value.metadata.plugin_data.plugin_name)
                number = reference_number(value.tensor)
                if number is not None:
                    order.append((tag, (event.step, number, event.wall_time), True))
    for tag, row, is_tensor in order:
        if not is_tensor or plugins[tag] in ("", "scalars"):
            found.setdefault(tag, []).append(row)
    return found


def reference_number(tensor) -> float | None:
    """The number in a tensor of one, as TensorBoard understands it."""
    try:
        array = tensor_util.make_ndarray(tensor)
    except (TypeError, ValueError, OverflowError):
        return None
    if array.size != 1 or array.dtype.kind not in "fiub":
        return None
    return float(array.item())


def accumulator_rows(path: Path) -> Rows:
    """What TensorBoard's EventAccumulator says without sampling or purging."""
    accumulator = EventAccumulator(str(path), STORE_EVERYTHING_SIZE_GUIDANCE, purge_orphaned_data=False).Reload()
    found: Rows = {}
    for tag in accumulator.scalars.Keys():
        found[tag] = [(e.step, e.value, e.wall_time) for e in accumulator.scalars.Items(tag)]
    for tag in accumulator.tensors.Keys():
        metadata = accumulator.summary_metadata.get(tag)
        if metadata is not None and metadata.plugin_data.plugin_name not in ("", "scalars"):
            continue
        for event in accumulator.tensors.Items(tag):
            number = reference_number(event.tensor_proto)
            if number is not None:
                found.setdefault(tag, []).append((event.step, number, event.wall_time))
    return found
