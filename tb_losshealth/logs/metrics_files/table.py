"""Rows of named numbers -> metrics over steps: the content of one metrics file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.logs.metrics_files.rows import STEP_NAMES, TIME_NAMES, is_axis_name, is_step_name, plain
from tb_losshealth.pairing.tag_names import read

Rows = NDArray[np.int64]

_EARLIEST = 6.3e8
"""Seconds since the epoch at the end of 1989: a smaller "time" is a duration."""

_LATEST = 4.1e9
"""Seconds since the epoch at the end of 2099: a greater "time" is in milliseconds."""


class NotMetrics(ValueError):
    """The file holds no metrics; the message names what it holds instead."""


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers under one name.

    Attributes:
        rows: int64 [n], ascending: in which row of the file each stands.
        values: float64 [n].
    """

    rows: Rows
    values: Floats


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric in write order.

    Attributes:
        name: of its column.
        steps: int64 [n], which may repeat and go back.
        values: float64 [n].
        wall_times: float64 [n], seconds since the epoch; NaN where unknown.
    """

    name: str
    steps: Steps
    values: Floats
    wall_times: Floats


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of one file.

    Attributes:
        columns: by name, in order of appearance.
        problems: what could not be read, one sentence each.
    """

    columns: dict[str, Column]
    problems: tuple[str, ...] = ()

    def metrics(self) -> Iterator[Metric]:
        """Every column but those that count steps or hold the time, over the best step axis the file has."""
        axes = _step_axes(self.columns)
        for name, column in self.columns.items():
            if not is_axis_name(name):
                steps = _steps_of(column.rows, axes, self.columns)
                yield Metric(name, steps, column.values, _wall_times_of(column.rows, self.columns))


@dataclass(slots=True)
class _Growing:
    rows: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))


class TableBuilder:
    """Takes rows one at a time; a row may lack any column."""

    def __init__(self) -> None:
        self._columns: dict[str, _Growing] = {}
        self._rows = 0

    def add(self, numbers: Mapping[str, float]) -> None:
        """Takes one row."""
        for name, value in numbers.items():
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = _Growing()
            column.rows.append(self._rows)
            column.values.append(value)
        self._rows += 1

    @property
    def names(self) -> Iterable[str]:
        """The names so far, in order of appearance."""
        return self._columns.keys()

    def table(self, otherwise: str, problems: tuple[str, ...] = ()) -> Table:
        """The table of the rows so far.

        Args:
            otherwise: what to report of a file without any number.
            problems: what could not be read, one sentence each.

        Raises:
            NotMetrics: no row held a number.
        """
        if not self._columns:
            raise NotMetrics(otherwise)
        columns = {
            name: Column(np.array(column.rows, dtype=np.int64), np.array(column.values, dtype=np.float64))
            for name, column in self._columns.items()
        }
        return Table(columns, problems)


def expect_metrics(names: Iterable[str], *, steps: bool = True) -> None:
    """Checks that columns of these names are a log of metrics, for a file that nobody named.

    Raises:
        NotMetrics: no name is one of a loss or a score; with `steps`, also if no column counts steps.
    """
    known = list(names)
    if steps and not any(map(is_step_name, known)):
        raise NotMetrics("no column counts steps or epochs")
    if not any(read(name).kind in ("loss", "error", "score") for name in known if not is_axis_name(name)):
        raise NotMetrics("no column names a loss or a score")


def _step_axes(columns: Mapping[str, Column]) -> list[str]:
    """The names of columns that can serve as a step axis, best first.

    One that never goes back is better than one that does: where steps start from 0 in every epoch, the epochs are the
    axis.
    """
    found = [(STEP_NAMES.index(plain(name)), name) for name in columns if is_step_name(name)]
    usable = [name for _, name in sorted(found) if _whole(columns[name].values)]
    return sorted(usable, key=lambda name: bool((np.diff(columns[name].values) < 0).any()))


def _steps_of(rows: Rows, axes: Iterable[str], columns: Mapping[str, Column]) -> Steps:
    """The step of each row: by the first axis that has them all, else the number of the row."""
    for name in axes:
        column = columns[name]
        at = np.searchsorted(column.rows, rows)
        if len(column.rows) and at.max(initial=0) < len(column.rows) and bool((column.rows[at] == rows).all()):
            return column.values[at].astype(np.int64)
    return rows


def _wall_times_of(rows: Rows, columns: Mapping[str, Column]) -> Floats:
    """Seconds since the epoch for each row; NaN where the file has no time."""
    times = np.full(len(rows), np.nan)
    named = [name for name in columns if plain(name) in TIME_NAMES]
    for name in sorted(named, key=lambda name: TIME_NAMES.index(plain(name))):
        column = columns[name]
        if not len(column.values) or not ((column.values > _EARLIEST) & (column.values < _LATEST)).all():
            continue
        at = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
        known = column.rows[at] == rows
        times[known] = column.values[at[known]]
        break
    return times


def _whole(values: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(values) & (values == np.rint(values)) & (np.abs(values) < 2**62)
    return bool(len(values) and whole.all())
