"""The rank of this process in a distributed training."""

from __future__ import annotations

import os
import sys
from typing import Any


def rank_in_group() -> int:
    """Returns the rank in torch.distributed's default group; 0 without a group."""
    distributed: Any = sys.modules.get("torch.distributed")  # a process with a group has imported it
    in_group = distributed is not None and distributed.is_available() and distributed.is_initialized()
    return distributed.get_rank() if in_group else 0


def rank() -> int:
    """Returns the rank in the group, or the one that a launcher such as torchrun announced; 0 without either."""
    announced = os.environ.get("RANK", "") if "WORLD_SIZE" in os.environ else ""
    return rank_in_group() or (int(announced) if announced.isdecimal() else 0)
