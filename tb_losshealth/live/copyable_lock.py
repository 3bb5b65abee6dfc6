"""A lock for objects that are copied, pickled or sent to another process."""

from __future__ import annotations

import threading
from typing import Any

_RLock: Any = type(threading.RLock())


class CopyableLock(_RLock):  # type: ignore[misc]
    """A re-entrant lock whose copy is a new, free lock: a lock belongs to one object in one process."""

    def __reduce__(self) -> tuple[type[CopyableLock], tuple[()]]:
        return CopyableLock, ()
