"""Rows of named numbers, gathered into one column a name."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers under one name.

    Attributes:
        rows: int64 [n], ascending: in which row of the file each stands.
        values: float64 [n].
    """

    rows: Rows
    values: Floats


@dataclass(slots=True)
class _Growing:
    rows: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))


class Gatherer:
    """Takes rows one at a time; a row may lack any column."""

    def __init__(self) -> None:
        self._columns: dict[str, _Growing] = {}
        self.rows = 0

    def add(self, numbers: Mapping[str, float]) -> None:
        """Takes one row."""
        for name, value in numbers.items():
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = _Growing()
            column.rows.append(self.rows)
            column.values.append(value)
        self.rows += 1

    @property
    def names(self) -> Iterable[str]:
        """The names so far, in order of appearance."""
        return self._columns.keys()

    def columns(self) -> dict[str, Column]:
        """The columns so far, in order of appearance."""
        return {
            name: Column(np.array(column.rows, dtype=np.int64), np.array(column.values, dtype=np.float64))
            for name, column in self._columns.items()
        }
