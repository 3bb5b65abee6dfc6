"""The scalars of one event, by protobuf's parser: for every event that has no template."""

from __future__ import annotations

from dataclasses import dataclass, field

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from tensorboard.compat.proto import event_pb2

from tb_losshealth.logs.event_files.decoding.tensor_number import tensor_number

__all__ = ["SCALAR_PLUGINS", "DecodeError", "EventContents", "read_event"]

SCALAR_PLUGINS = ("", "scalars")  # whose tensors are scalars; "" where the metadata was lost


@dataclass(slots=True)
class EventContents:
    """The scalars of one event, and what else concerns them.

    Attributes:
        scalars: (tag, step, value, wall time, whether it is a tensor), in order.
        strings: (tag, strings) of each string tensor; which of them declare pairs depends on the tag's plugin.
        plugins: (tag, plugin named by the metadata or "") of each tensor,
            also of one whose value is missing or was left out for its size.
        purge: a step; a training went on from there, and what was logged at or after it is void.
        faults: what could not be understood.
    """

    scalars: list[tuple[str, int, float, float, bool]] = field(default_factory=list)
    strings: list[tuple[str, tuple[bytes, ...]]] = field(default_factory=list)
    plugins: list[tuple[str, str]] = field(default_factory=list)
    purge: int | None = None
    faults: list[str] = field(default_factory=list)


def read_event(data: bytes) -> EventContents:
    """Parses an event.

    Raises:
        DecodeError: these bytes are no event.
    """
    event = event_pb2.Event.FromString(data)
    contents = EventContents()
    if event.HasField("session_log"):
        if event.session_log.status == event_pb2.SessionLog.START:
            contents.purge = event.step
    elif event.HasField("summary"):
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                contents.scalars.append((value.tag, event.step, value.simple_value, event.wall_time, False))
            elif kind == "tensor":
                _read_tensor(event, value, contents)
            elif kind is None and value.metadata.plugin_data.plugin_name:
                contents.plugins.append((value.tag, value.metadata.plugin_data.plugin_name))
    return contents


def _read_tensor(event: event_pb2.Event, value: event_pb2.Summary.Value, contents: EventContents) -> None:
    tag = value.tag or value.node_name  # the latter in the oldest files
    plugin = value.metadata.plugin_data.plugin_name
    contents.plugins.append((tag, plugin))
    if value.tensor.string_val:
        contents.strings.append((tag, tuple(value.tensor.string_val)))
        return
    try:
        number = tensor_number(value.tensor)
    except ValueError as error:
        if plugin in SCALAR_PLUGINS:
            contents.faults.append(f"tag {tag!r}: {error}")
        return
    if number is not None:
        contents.scalars.append((tag, event.step, number, event.wall_time, True))
