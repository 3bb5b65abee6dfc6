"""Curves as the page draws them: cut to a window, decimated to pixels, `null` where a value was not finite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tb_losshealth.health.alignment import gap_curve, train_at_evaluations
from tb_losshealth.health.series import Floats, Series
from tb_losshealth.health.trainings import Training
from tb_losshealth.present.decimation import decimate, window

MAX_MARKS = 100

Json = dict[str, Any]


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


def curve(series: Series, view: View) -> Json:
    """Curve of http_api.md."""
    part = _part(series, window(series.steps, view.first, view.last))
    kept = decimate(part, view.width)
    return {
        "points": len(series),
        "steps": part.steps[kept].tolist(),
        "values": nullable(part.values[kept]),
        "wall_times": nullable(part.wall_times[kept]),
        "decimated": len(kept) < len(part),
        "first_step": int(series.steps[0]) if len(series) else None,
        "last_step": int(series.steps[-1]) if len(series) else None,
    }


def gap(training: Training, mode: str, view: View) -> Json:
    """The gap and both curves at the same steps, so that the page can fill between them."""
    val = training.val
    train = train_at_evaluations(training.train, val)
    gaps = gap_curve(training.train, val, mode)
    shown = window(val.steps, view.first, view.last)
    steps, values, train, gaps = val.steps[shown], val.values[shown], train[shown], gaps[shown]
    walls = val.wall_times[shown]
    kept = np.union1d(
        decimate(Series(steps, values, walls), view.width), decimate(Series(steps, gaps, walls), view.width)
    )
    return {
        "steps": steps[kept].tolist(),
        "train": nullable(train[kept]),
        "val": nullable(values[kept]),
        "gap": nullable(gaps[kept]),
        "wall_times": nullable(walls[kept]),
    }


def marks(train: Series, val: Series | None, resumed_at: tuple[int, ...]) -> Json:
    """Steps worth a mark on the axis, at most MAX_MARKS of each kind."""
    lost = [("train", train), *([("val", val)] if val is not None else [])]
    return {
        "resumed_at": list(resumed_at[:MAX_MARKS]),
        "non_finite": [
            {"split": split, "step": step}
            for split, series in lost
            for step in series.steps[~np.isfinite(series.values)][:MAX_MARKS].tolist()
        ],
    }


def nullable(values: Floats) -> list[float | None]:
    """A list for JSON, which has no NaN and no infinity."""
    if np.isfinite(values).all():
        return values.tolist()  # type: ignore[no-any-return]
    return [value if ok else None for value, ok in zip(values.tolist(), np.isfinite(values), strict=True)]


def _part(series: Series, shown: slice) -> Series:
    return Series(series.steps[shown], series.values[shown], series.wall_times[shown])
