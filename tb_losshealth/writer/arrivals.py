"""Scalars on their way from an accelerator: copied without blocking, logged in order once they have arrived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch

# A training that never waits for its device (no .item(), no evaluation) would otherwise queue without end.
MAX_WAITING = 1024


class Event(Protocol):
    """A mark in a device's stream, such as `torch.cuda.Event`."""

    def query(self) -> bool:
        """Whether the device has passed it."""

    def synchronize(self) -> None:
        """Waits until the device has."""


class DeviceScalar:
    """A one-element tensor that is being copied to the host."""

    __slots__ = ("_event", "_host")

    def __init__(self, host: torch.Tensor, event: Event) -> None:
        self._host = host
        self._event = event

    def arrived(self) -> bool:
        """Whether `read` would not wait."""
        return self._event.query()

    def read(self) -> float:
        """Waits for the copy and returns the value."""
        self._event.synchronize()
        return self._host.item()


def start_copy(value: Any) -> DeviceScalar | None:
    """Starts to copy a scalar tensor off its device.

    Returns:
        None for what is on the host already, is no scalar, or lies on a device without streams and events (MPS,
        XLA): these are read in place.
    """
    if not isinstance(value, torch.Tensor) or value.device.type in ("cpu", "meta"):
        return None
    module: Any = getattr(torch, value.device.type, None)
    if value.numel() != 1 or not hasattr(module, "Event") or not hasattr(module, "current_stream"):
        return None
    host = value.detach().to("cpu", non_blocking=True)
    event = module.Event()
    event.record(module.current_stream(value.device))
    return DeviceScalar(host, event)


class Arrivals:
    """A queue of calls whose scalars have yet to arrive. First in, first out, so that steps stay in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Mapping[str, Any], Callable[[dict[str, Any]], None]]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, values: Mapping[str, Any], log: Callable[[dict[str, Any]], None]) -> None:
        """Queues one call.

        Args:
            values: numbers and `DeviceScalar`s.
            log: gets the same with each `DeviceScalar` read.
        """
        self._waiting.append((values, log))

    def log_arrived(self) -> None:
        """Logs what has arrived, as far as all before it has; waits only if too many wait."""
        while self._waiting:
            copies = [value for value in self._waiting[0][0].values() if isinstance(value, DeviceScalar)]
            if len(self._waiting) <= MAX_WAITING and not all(copy.arrived() for copy in copies):
                return
            self._log_first()

    def log_all(self, lost: Callable[[Exception], None] | None = None) -> None:
        """Waits for everything and logs it.

        Args:
            lost: told why a call's values cannot be read, which is left out then; if None, that error is raised.
        """
        while self._waiting:
            self._log_first(lost)

    def clear(self) -> None:
        """Forgets everything."""
        self._waiting.clear()

    def _log_first(self, lost: Callable[[Exception], None] | None = None) -> None:
        values, log = self._waiting.popleft()
        try:
            numbers = {key: value.read() if isinstance(value, DeviceScalar) else value for key, value in values.items()}
        except Exception as error:
            if lost is None:
                raise
            lost(error)
        else:
            log(numbers)
