"""From the arguments of a caller to clean Series: checks with clear errors, and one value per step."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_losshealth.health.curves.series import Floats, Series, Steps

CurveLike: TypeAlias = Series | tuple[ArrayLike, ArrayLike] | ArrayLike
"""What a caller may pass for a curve: a Series, a (steps, values) tuple, or values alone (steps 0..n-1)."""

Mode: TypeAlias = Literal["min", "max"]
"""Which way a metric is better: "min" for losses, "max" where higher is better."""

MODES = ("min", "max")
"""Whether lower or higher values are better."""

TOO_LARGE = 1e290
"""Magnitude from which on a value counts as infinite, because sums and differences of such values may overflow."""


def check_mode(mode: str) -> Mode:
    """Return `mode`; ValueError unless it is "min" or "max"."""
    if mode not in MODES:
        raise ValueError(f'mode must be "min" (lower is better) or "max" (higher is better), not {mode!r}')
    return cast(Mode, mode)


def whole_step(step: object) -> int:
    """Return a step as a Python integer; ValueError unless it is a whole number that fits in 64 bits."""
    try:
        number = int(_item(step))  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or number != step or not -(2**63) <= number < 2**63:
        raise ValueError(f"a step must be a whole number that fits in 64 bits, not {step!r}")
    return int(number)


def _item(value: object) -> object:
    """The one item of an array, NaN if it is masked; numpy warns where an array is used as a number."""
    if isinstance(value, np.ma.MaskedArray) and value.mask.all():
        return np.nan
    return value.item() if isinstance(value, np.ndarray) and value.size == 1 else value


def as_number(value: object) -> float:
    """Return a value as a float; ValueError unless it is a number, an array of one, or a tensor of one."""
    try:
        return float(_item(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise ValueError(f"a value must be a number, not {value!r:.60} ({error})") from None


def as_series(curve: CurveLike, name: str) -> Series:
    """Check and convert one curve.

    Args:
        curve: a Series, a (steps, values) tuple of 1-D arrays of equal length, or values alone.
        name: what to call the curve in an error ("train", "val").

    Returns:
        A Series with strictly increasing steps; of several values at one step, the mean of the finite ones is taken.

    Raises:
        ValueError: not 1-D, unequal lengths, not numbers, steps that are not integers, do not fit in
            64 bits, or decrease.
    """
    return one_value_per_step(curve, name)[0]


def one_value_per_step(curve: CurveLike, name: str) -> tuple[Series, int]:
    """`as_series`, and how many non-finite values were left out because their step has finite ones too."""
    if isinstance(curve, Series):
        steps, values, wall_times = curve.steps, curve.values, curve.wall_times
    elif isinstance(curve, tuple):
        if len(curve) != 2:
            raise ValueError(
                f"{name}: a tuple must be (steps, values), not {len(curve)} items; "
                "pass a list or an array for values alone"
            )
        values = _numbers(curve[1], f"{name} values")
        steps = _steps(curve[0], name)
        wall_times = np.full(len(values), np.nan)
    else:
        values = _numbers(curve, f"{name} values")
        steps = np.arange(len(values), dtype=np.int64)
        wall_times = np.full(len(values), np.nan)
    if not len(steps) == len(values) == len(wall_times):
        raise ValueError(f"{name}: {len(steps)} steps but {len(values)} values; they must be of equal length")
    if len(steps) < 2:
        return Series(steps, values, wall_times), 0
    back = np.flatnonzero(steps[1:] < steps[:-1])
    if len(back):
        at = int(back[0]) + 1
        raise ValueError(
            f"{name}: steps must not decrease, but step {steps[at]} (index {at}) follows {steps[at - 1]}; "
            "sort the points, or pass one training at a time"
        )
    if np.any(steps[1:] == steps[:-1]):
        return _mean_per_step(steps, values, wall_times)
    return Series(steps, values, wall_times), 0


def _numbers(data: ArrayLike, name: str) -> Floats:
    if isinstance(data, (str, bytes)) or data is None:
        raise ValueError(f"{name}: expected a 1-D array of numbers, not {type(data).__name__}")
    try:
        array = np.ma.asarray(data) if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
        if array.dtype.kind in "cSUMmV":
            raise TypeError(f"dtype {array.dtype}")
        with np.errstate(over="ignore"):
            values: Floats = np.ma.filled(array.astype(np.float64), np.nan)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:  # torch refuses with a RuntimeError
        raise ValueError(f"{name}: expected a 1-D array of numbers ({error})") from None
    if values.ndim != 1:
        raise ValueError(f"{name}: expected a 1-D array, not {values.ndim}-D of shape {values.shape}")
    return values


def _steps(data: ArrayLike, name: str) -> Steps:
    numbers = _numbers(data, f"{name} steps")
    array = np.asarray(data)
    if isinstance(data, np.ma.MaskedArray) and data.mask.any():
        at = int(np.flatnonzero(data.mask)[0])
        raise ValueError(f"{name}: step at index {at} is masked; leave such points out, or mask their values alone")
    if array.dtype.kind == "i" or (array.dtype.kind == "u" and (array <= np.iinfo(np.int64).max).all()):
        return array.astype(np.int64)
    if array.dtype.kind == "O":
        limits = np.iinfo(np.int64)
        if all(isinstance(step, (int, np.integer)) and limits.min <= step <= limits.max for step in array):
            return array.astype(np.int64)
    bad = ~np.isfinite(numbers) | (numbers != np.round(numbers))
    if np.any(bad):
        at = int(np.flatnonzero(bad)[0])
        raise ValueError(f"{name}: steps must be whole numbers, but index {at} is {numbers[at]}")
    too_large = np.abs(numbers) >= 2.0**63
    if np.any(too_large):
        at = int(np.flatnonzero(too_large)[0])
        raise ValueError(f"{name}: step {array[at]} (index {at}) does not fit in 64 bits")
    return array.astype(np.int64)


def _mean_per_step(steps: Steps, values: Floats, wall_times: Floats) -> tuple[Series, int]:
    first = np.flatnonzero(np.r_[True, steps[1:] != steps[:-1]])
    counts = np.diff(first, append=len(steps))
    means, left_out = mean_of_segments(values, first)
    with np.errstate(all="ignore"):
        times: Floats = np.add.reduceat(wall_times / np.repeat(counts, counts), first)
    return Series(steps[first], means, times), int(left_out.sum())


def mean_of_segments(values: Floats, starts: NDArray[np.intp]) -> tuple[Floats, NDArray[np.int64]]:
    """Mean of the finite values of each segment values[starts[i]:starts[i + 1]].

    The values are added one by one, in the order in which the live monitor adds them, so that both agree to the last
    bit.

    Args:
        values: float64 [n], n >= 1.
        starts: int64 [k], first index of each segment; the first is 0, and no segment is empty.

    Returns:
        float64 [k], the means: non-finite where no value of the segment is finite; and int64 [k], how many non-finite
        values each mean leaves out beside finite ones.
    """
    counts = np.diff(starts, append=len(values))
    segment = np.repeat(np.arange(len(starts)), counts)
    good = finite(values)
    if good.all():
        return np.bincount(segment, values) / counts, np.zeros(len(starts), dtype=np.int64)
    kept = np.bincount(segment, good).astype(np.int64)
    means = np.bincount(segment, np.where(good, values, 0.0)) / np.maximum(kept, 1)
    none = kept == 0
    with np.errstate(all="ignore"):
        whole = np.add.reduceat(values / counts.repeat(counts), starts)[none]
    means[none] = np.where(finite(whole), np.nan, whole)  # the mean of 1e300 and -1e300 is not 0
    return means, np.where(none, 0, counts - kept)


def finite(values: Floats) -> NDArray[np.bool_]:
    """Which values are finite and below `TOO_LARGE` in magnitude, bool [n]."""
    return np.abs(values) < TOO_LARGE
