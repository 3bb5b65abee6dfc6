"""What was passed as a scalar, as a Python number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch


def as_number(tag: str, value: Any) -> Any:
    """Turns a scalar into the number that torch would log, in one conversion.

    torch goes through float16 for bfloat16, so that 70000 becomes infinite, and logs a random number for a tensor on
    the meta device; here the first is kept and the second refused. Whatever torch itself refuses or takes in another
    way (text, several elements, complex numbers) is returned as it came, for torch to answer as it does.

    Args:
        tag: what is logged, for the error.
        value: number, 0-d or one-element array or tensor on the CPU.

    Returns:
        A float, int or bool; or `value` itself.

    Raises:
        ValueError: a tensor that holds no value.
    """
    if isinstance(value, torch.Tensor):
        if value.device.type == "meta":
            raise ValueError(
                f"{tag!r} got a tensor on the meta device, which has a shape but no value. "
                "Compute it on a real device, or leave it out while the model is on meta."
            )
        one_real = value.numel() == 1 and not value.is_complex() and not value.is_quantized
        return value.item() if one_real else value
    if isinstance(value, np.ndarray | np.generic) and value.size == 1 and value.dtype.kind in "biuf":
        return value.item()
    return value


def as_float(number: Any) -> float:
    """Reads what `as_number` returned; NaN where it is no number that can be judged."""
    try:
        return float(number)
    except (TypeError, ValueError, OverflowError):
        return math.nan
