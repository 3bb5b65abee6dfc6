"""Which column of a metrics file counts steps, and which one tells the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.logs.metrics_files.columns import Column, Rows

# The finest counter first: a table that has both steps and epochs is drawn over steps.
STEP_NAMES = (
    *("step", "global_step", "globalstep", "trainer/global_step", "total_steps", "steps", "num_updates", "update"),
    *("updates", "iteration", "iterations", "global_iter", "n_iter", "iter", "iters", "it", "batch"),
    *("epoch", "epochs", "epoch_num", "epoch_number", "round"),
)
TIME_NAMES = ("timestamp", "wall_time", "walltime", "time", "created_at", "date")

# Seconds since the epoch lie between 1990 and 2100; a smaller "time" is a duration.
_EARLIEST, _LATEST = 6.3e8, 4.1e9


def plain(name: str) -> str:
    """A column name as the lists above have it: "Global Step" and "_step" too."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def is_step_name(name: str) -> bool:
    """Whether a column of this name counts steps."""
    return plain(name) in STEP_NAMES


def is_axis_name(name: str) -> bool:
    """Whether a column of this name counts steps or tells the time, and so is no metric."""
    return is_step_name(name) or plain(name) in TIME_NAMES


def step_axes(columns: Mapping[str, Column]) -> list[str]:
    """The names of columns that can serve as a step axis, best first.

    One that never goes back is better than one that does: steps counted anew in every epoch are no axis beside the
    epochs themselves.
    """
    found = [(STEP_NAMES.index(plain(name)), name) for name in columns if is_step_name(name)]
    usable = [name for _, name in sorted(found) if _whole(columns[name].values)]
    return sorted(usable, key=lambda name: bool((np.diff(columns[name].values) < 0).any()))


def steps_of(rows: Rows, axes: Iterable[str], columns: Mapping[str, Column]) -> Steps:
    """The step of each row: by the first axis that knows them all, else the number of the row."""
    for name in axes:
        column = columns[name]
        at = np.searchsorted(column.rows, rows)
        if len(column.rows) and at.max(initial=0) < len(column.rows) and bool((column.rows[at] == rows).all()):
            return column.values[at].astype(np.int64)
    return rows


def wall_times(rows: Rows, columns: Mapping[str, Column]) -> Floats:
    """Seconds since the epoch for each row; NaN where the file does not tell."""
    times = np.full(len(rows), np.nan)
    for name in sorted((name for name in columns if plain(name) in TIME_NAMES), key=_time_rank):
        column = columns[name]
        if not len(column.values) or not ((column.values > _EARLIEST) & (column.values < _LATEST)).all():
            continue
        at = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
        known = column.rows[at] == rows
        times[known] = column.values[at[known]]
        break
    return times


def _time_rank(name: str) -> int:
    return TIME_NAMES.index(plain(name))


def _whole(values: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(
            len(values) and (np.isfinite(values) & (values == np.rint(values)) & (np.abs(values) < 2**62)).all()
        )
