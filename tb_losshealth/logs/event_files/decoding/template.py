"""The layout of a scalar event's bytes.

A training writes the same event again and again; only wall time, step and value change. A layout holds where those
three lie in the bytes of such an event; every other byte is fixed. Where bytes agree with an event of known layout in
all fixed bits, reading three places gives the same result as protobuf's parser.

    09 <wall time: 8 bytes>  10 <step: 1-8 bytes>  2a <n> ( 0a <n> ( 0a <n> tag  15 <value: 4 bytes> ) )+

Only the plain encoding is recognised here: each field at most once, no unknown fields, one number per value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import and_
from typing import Literal

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_shape_pb2, types_pb2

from tb_losshealth.logs.event_files.decoding.event_proto import DecodeError

LONGEST = 4096  # bytes of an event with a template; one of a hundred scalars is no longer
_MOST_STEP_BYTES = 8  # of a varint: steps below 2**56; protobuf parses the rest
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the variable bytes lie.

    Attributes:
        length: of the event in bytes.
        wall_time: offset of 8 bytes, or -1 where absent, which means 0.
        step: offset of a varint, or -1 where absent, which means 0.
        step_bytes: length of that varint.
        values: (offset, "f" for 4 bytes or "d" for 8) of each value.
    """

    length: int
    wall_time: int
    step: int
    step_bytes: int
    values: tuple[tuple[int, Literal["f", "d"]], ...]

    def mask(self) -> bytes:
        """1 for each bit that is fixed, `length` bytes."""
        bits = bytearray(b"\xff" * self.length)
        if self.wall_time >= 0:
            bits[self.wall_time : self.wall_time + 8] = bytes(8)
        if self.step >= 0:  # the high bits mark where the varint ends
            bits[self.step : self.step + self.step_bytes] = b"\x80" * self.step_bytes
        for offset, kind in self.values:
            size = 4 if kind == "f" else 8
            bits[offset : offset + size] = bytes(size)
        return bytes(bits)


@dataclass(frozen=True, slots=True)
class Template:
    """A layout and its fixed bits.

    Attributes:
        fixed: the event's bytes with 0 for each variable bit.
        tags: the tag of each value.
        plugins: the plugin named by the metadata of each value, "" without; None for a simple_value.
    """

    layout: Layout
    fixed: bytes
    tags: tuple[str, ...]
    plugins: tuple[str | None, ...]


class _NotPlain(Exception):
    """The event is not of the plain form; protobuf has to parse it."""


def template_of(event: bytes) -> Template | None:
    """The template that an event is an instance of, None if it is not of the plain form or no event."""
    try:
        event_pb2.Event.FromString(event)
    except DecodeError:
        return None
    if len(event) > LONGEST:
        return None
    wall_time = step = -1
    step_bytes = 0
    values: list[tuple[str, str | None, int, Literal["f", "d"]]] = []
    try:
        for field, wire, start, stop in _fields(event, 0, len(event)):
            if (field, wire) == (1, _FIXED64):
                wall_time = start
            elif (field, wire) == (2, _VARINT) and stop - start <= _MOST_STEP_BYTES:
                step, step_bytes = start, stop - start
            elif (field, wire) == (5, _BYTES):
                values = [_value(event, *value) for value in _repeated(event, start, stop, 1)]
            else:
                return None
    except (_NotPlain, DecodeError, UnicodeDecodeError):
        return None
    if not values:
        return None
    layout = Layout(len(event), wall_time, step, step_bytes, tuple((at, kind) for _, _, at, kind in values))
    fixed = bytes(map(and_, event, layout.mask()))
    return Template(layout, fixed, tuple(value[0] for value in values), tuple(value[1] for value in values))


def _value(data: bytes, start: int, stop: int) -> tuple[str, str | None, int, Literal["f", "d"]]:
    """Tag, plugin, offset and kind of one Summary.Value."""
    tag = None
    plugin = ""
    number: tuple[int, Literal["f", "d"]] | None = None
    simple = False
    for field, wire, begin, end in _fields(data, start, stop):
        if (field, wire) == (1, _BYTES):
            tag = data[begin:end].decode()
        elif (field, wire) == (2, _FIXED32) and number is None:
            number, simple = (begin, "f"), True
        elif (field, wire) == (8, _BYTES) and number is None:
            number = _tensor(data, begin, end)
        elif (field, wire) == (9, _BYTES):
            plugin = summary_pb2.SummaryMetadata.FromString(data[begin:end]).plugin_data.plugin_name
        else:
            raise _NotPlain
    if not tag or number is None:
        raise _NotPlain
    return tag, None if simple else plugin, *number


def _tensor(data: bytes, start: int, stop: int) -> tuple[int, Literal["f", "d"]]:
    """Offset and kind of the only number in a TensorProto."""
    dtype = None
    number: tuple[int, Literal["f", "d"], int] | None = None
    for field, wire, begin, end in _fields(data, start, stop):
        size = end - begin
        if (field, wire, size) == (1, _VARINT, 1):
            dtype = data[begin]
        elif (field, wire) == (2, _BYTES):
            shape = tensor_shape_pb2.TensorShapeProto.FromString(data[begin:end])
            if any(dim.size != 1 for dim in shape.dim):
                raise _NotPlain
        elif field == 4 and wire == _BYTES and size in (4, 8) and number is None:
            kind: Literal["f", "d"] = "f" if size == 4 else "d"
            number = (begin, kind, types_pb2.DT_FLOAT if size == 4 else types_pb2.DT_DOUBLE)
        elif field == 5 and wire in (_BYTES, _FIXED32) and size == 4 and number is None:
            number = (begin, "f", types_pb2.DT_FLOAT)
        elif field == 6 and wire in (_BYTES, _FIXED64) and size == 8 and number is None:
            number = (begin, "d", types_pb2.DT_DOUBLE)
        else:
            raise _NotPlain
    if number is None or number[2] != dtype:
        raise _NotPlain
    return number[:2]


def _repeated(data: bytes, start: int, stop: int, number: int) -> Iterator[tuple[int, int]]:
    """Payloads of a message that consists of one repeated message field alone."""
    for field, wire, begin, end in _fields(data, start, stop, repeat=True):
        if (field, wire) != (number, _BYTES):
            raise _NotPlain
        yield begin, end


def _fields(data: bytes, start: int, stop: int, *, repeat: bool = False) -> Iterator[tuple[int, int, int, int]]:
    """Number, wire type and payload `[begin, end)` of each field of a message."""
    seen: set[int] = set()
    while start < stop:
        key, start = _varint(data, start, stop)
        field, wire = key >> 3, key & 7
        if field in seen and not repeat:
            raise _NotPlain
        seen.add(field)
        if wire == _VARINT:
            end = _varint(data, start, stop)[1]
        elif wire == _FIXED64:
            end = start + 8
        elif wire == _FIXED32:
            end = start + 4
        elif wire == _BYTES:
            size, start = _varint(data, start, stop)
            end = start + size
        else:
            raise _NotPlain
        if end > stop:
            raise _NotPlain
        yield field, wire, start, end
        start = end


def _varint(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """A varint and where it ends."""
    number = 0
    for index in range(start, min(start + 9, stop)):
        number |= (data[index] & 0x7F) << 7 * (index - start)
        if data[index] < 0x80:
            return number, index + 1
    raise _NotPlain
