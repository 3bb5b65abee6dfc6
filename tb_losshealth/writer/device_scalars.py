"""Scalars on an accelerator: copied to the host without waiting, and logged in order once the copy is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch

MAX_PENDING = 1024
"""Limit of the queue: a training that never waits for its device would queue without end."""


class Event(Protocol):
    """A mark in a device's stream, such as `torch.cuda.Event`."""

    def query(self) -> bool:
        """Returns whether the device has passed it."""

    def synchronize(self) -> None:
        """Waits until the device has passed it."""


class DeviceScalar:
    """A one-element tensor that is being copied to the host."""

    __slots__ = ("_event", "_host")

    def __init__(self, host: torch.Tensor, event: Event) -> None:
        self._host = host
        self._event = event

    def ready(self) -> bool:
        """Returns whether `read` would return without waiting."""
        return self._event.query()

    def read(self) -> float:
        """Waits for the copy and returns the value."""
        self._event.synchronize()
        return self._host.item()


def start_copy(value: Any) -> DeviceScalar | None:
    """Starts to copy a scalar tensor off its device.

    Returns:
        The copy; None for a value that is on the host already, is no scalar, or lies on a device without streams and
        events (MPS, XLA). Such values are read in place.
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


class PendingScalars:
    """A queue of calls whose scalars are still being copied. First in, first out, so that steps stay in order."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Mapping[str, Any], Callable[[dict[str, Any]], None]]] = deque()

    def __bool__(self) -> bool:
        return bool(self._queue)

    def put(self, values: Mapping[str, Any], log: Callable[[dict[str, Any]], None]) -> None:
        """Queues one call.

        Args:
            values: numbers and `DeviceScalar`s.
            log: called with the same values, each `DeviceScalar` read.
        """
        self._queue.append((values, log))

    def log_ready(self) -> None:
        """Logs calls from the front as long as their copies are ready. Waits only if too many calls are queued."""
        while self._queue:
            copies = [value for value in self._queue[0][0].values() if isinstance(value, DeviceScalar)]
            if len(self._queue) <= MAX_PENDING and not all(copy.ready() for copy in copies):
                return
            self._log_first()

    def log_all(self, lost: Callable[[Exception], None] | None = None) -> None:
        """Waits for all copies and logs all calls.

        Args:
            lost: called with the error if the values of a call cannot be read; that call is left out. If None, the
                error is raised.
        """
        while self._queue:
            self._log_first(lost)

    def _log_first(self, lost: Callable[[Exception], None] | None = None) -> None:
        values, log = self._queue.popleft()
        try:
            numbers = {key: value.read() if isinstance(value, DeviceScalar) else value for key, value in values.items()}
        except Exception as error:
            if lost is None:
                raise
            lost(error)
        else:
            log(numbers)
