from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

pytest.importorskip("torch")

Scalar = tuple[str, int, float]


@pytest.fixture
def read_events() -> Callable[[Path], list[Any]]:
    """Reads the events of all event files in one folder, in write order, as TensorBoard reads them."""

    def read(folder: Path) -> list[Any]:
        return [
            Event.FromString(record)
            for path in sorted(folder.glob("events.out.tfevents.*"))
            for record in RawEventFileLoader(str(path)).Load()
        ]

    return read


@pytest.fixture
def read_scalars(read_events: Callable[[Path], list[Any]]) -> Callable[[Path], list[Scalar]]:
    """Reads (tag, step, value) of all scalars of one folder, in write order."""

    def read(folder: Path) -> list[Scalar]:
        return [
            (value.tag, event.step, value.simple_value)
            for event in read_events(folder)
            for value in event.summary.value
            if value.HasField("simple_value")
        ]

    return read
