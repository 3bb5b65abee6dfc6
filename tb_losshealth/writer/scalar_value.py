"""The Python number in a value that was passed as a scalar."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch


def as_number(tag: str, value: Any) -> Any:
    """Turns a scalar into the number that torch would log, in one conversion.

    It differs from torch in two cases. torch converts bfloat16 through float16, so that 70000 becomes infinite; here
    it stays 70000. torch logs a random number for a tensor on the meta device; here that is an error. Values that
    torch refuses or handles in another way (text, several elements, complex numbers) are returned unchanged.

    Args:
        tag: of the value, for the error message.
        value: number, 0-d or one-element array or tensor on the CPU.

    Returns:
        A float, int or bool; or `value` itself.

    Raises:
        ValueError: a tensor on the meta device, which holds no value.
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
    """Returns a result of `as_number` as a float; NaN where that is impossible."""
    try:
        return float(number)
    except (TypeError, ValueError, OverflowError):
        return math.nan
