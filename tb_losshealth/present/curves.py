"""Curves as the page draws them: cut to a window and decimated to pixels; as arrays, for `encoding` to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats, Series
from tb_losshealth.present import api_types as api
from tb_losshealth.present.decimation import decimate, window
from tb_losshealth.reports import Aligned

MAX_MARKS = 100
"""Marks of a kind that a chart can show apart."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of a curve.

    Attributes:
        width: in pixels.
        first: first step, or None for the curve's own.
        last: last step, likewise.
    """

    width: int
    first: int | None = None
    last: int | None = None


def curve(series: Series, view: View) -> api.Curve:
    """The part of a curve that is in view, decimated."""
    part = series.take(window(series.steps, view.first, view.last))
    kept = decimate(part, view.width)
    return {
        "points": len(series),
        "steps": part.steps[kept],
        "values": short(part.values[kept]),
        "wall_times": np.round(part.wall_times[kept], 3),
        "decimated": len(kept) < len(part),
        "first_step": int(series.steps[0]) if len(series) else None,
        "last_step": int(series.steps[-1]) if len(series) else None,
    }


def gap(val: Series, aligned: Aligned, view: View) -> api.GapColumns:
    """The gap and both curves at the same steps, so that the page can fill between them."""
    shown = window(val.steps, view.first, view.last)
    part, train, gaps = val.take(shown), aligned.train[shown], aligned.gap[shown]
    kept = decimate(part, view.width, gaps)
    values = short(part.values[kept])
    return {
        "steps": part.steps[kept],
        "train": _as_short_as(values, train[kept]),
        "val": values,
        "gap": _as_short_as(values, gaps[kept]),
        "wall_times": np.round(part.wall_times[kept], 3),
    }


def marks(train: Series, val: Series | None, resumed_at: tuple[int, ...]) -> api.Marks:
    """Steps worth a mark on the axis, at most MAX_MARKS of each kind."""
    curves: tuple[tuple[api.Split, Series | None], ...] = (("train", train), ("val", val))
    return {
        "resumed_at": list(resumed_at[:MAX_MARKS]),
        "non_finite": [
            {"split": split, "step": step}
            for split, series in curves
            if series is not None
            for step in series.steps[~np.isfinite(series.values)][:MAX_MARKS].tolist()
        ],
    }


def short(values: Floats) -> Floats | NDArray[np.float32]:
    """The values, in single precision where they were logged so: half the digits to send, and those a person logged."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    return single if np.array_equal(single, values, equal_nan=True) else values


def _as_short_as(model: NDArray[np.floating[Any]], values: Floats) -> NDArray[np.floating[Any]]:
    """Values computed from single precision carry no more digits than it has."""
    with np.errstate(over="ignore"):
        cast = values.astype(model.dtype)
    return cast if np.array_equal(np.isfinite(cast), np.isfinite(values)) else values
