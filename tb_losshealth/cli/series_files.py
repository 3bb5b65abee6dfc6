"""Curves written as CSV, JSON or parquet, a slice at a time."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

import numpy as np

from tb_losshealth.batches import LoggedCurve
from tb_losshealth.cli.errors import CommandError
from tb_losshealth.health.curves.series import Floats

COLUMNS = ("run", "tag", "session", "step", "wall_time", "value")

# Rows handled at a time, and rows a parquet row group has.
SLICE = 1 << 16
ROW_GROUP = 1 << 20


class SeriesFile(Protocol):
    """Takes curves."""

    def write(self, curve: LoggedCurve) -> None:
        """Writes one curve."""

    def close(self) -> None:
        """Writes what is left; the file itself stays open."""


class CsvSeries:
    """One line a point under COLUMNS; an unknown wall time is left empty."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._put(",".join(COLUMNS) + "\n")

    def write(self, curve: LoggedCurve) -> None:
        """Writes one curve."""
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow((curve.run, curve.tag, curve.training))
        head = text.getvalue()
        series = curve.series
        for part in _slices(len(series)):
            rows = zip(
                series.steps[part].tolist(), series.wall_times[part].tolist(), series.values[part].tolist(), strict=True
            )
            self._put("".join(f"{head},{step},{'' if wall != wall else wall},{value}\n" for step, wall, value in rows))

    def close(self) -> None:
        """Nothing is left."""

    def _put(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "backslashreplace"))


class JsonSeries:
    """A list with one object a curve; what is not finite is null."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._curves = 0
        self._put("[")

    def write(self, curve: LoggedCurve) -> None:
        """Writes one curve."""
        series = curve.series
        head = {"run": curve.run, "tag": curve.tag, "session": curve.training}
        self._put(",\n " if self._curves else "\n ")
        self._put(json.dumps(head)[:-1])
        for name, values in (("steps", series.steps), ("wall_times", series.wall_times), ("values", series.values)):
            self._put(f', "{name}": [')
            for number, part in enumerate(_slices(len(series))):
                self._put((", " if number else "") + json.dumps(_nullable(values[part]))[1:-1])
            self._put("]")
        self._put("}")
        self._curves += 1

    def close(self) -> None:
        """Ends the list."""
        self._put("\n]\n")

    def _put(self, text: str) -> None:
        self._file.write(text.encode("ascii"))


class ParquetSeries:
    """A table of COLUMNS, run and tag as dictionaries."""

    def __init__(self, file: BinaryIO) -> None:
        self._arrow = pyarrow()
        arrow = self._arrow
        texts = arrow.dictionary(arrow.int32(), arrow.string())
        types = (texts, texts, arrow.int32(), arrow.int64(), arrow.float64(), arrow.float64())
        self._schema = arrow.schema(list(zip(COLUMNS, types, strict=True)))
        self._writer = arrow.parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = 0

    def write(self, curve: LoggedCurve) -> None:
        """Takes one curve; whole row groups are written."""
        series = curve.series
        for part in _slices(len(series)):
            steps = series.steps[part]
            count = len(steps)
            arrays = [
                self._repeated(curve.run, count),
                self._repeated(curve.tag, count),
                self._arrow.array(np.full(count, curve.training, dtype=np.int32)),
                *(self._arrow.array(column) for column in (steps, series.wall_times[part], series.values[part])),
            ]
            self._waiting.append(self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._rows += count
            if self._rows >= ROW_GROUP:
                self._flush()

    def close(self) -> None:
        """Writes the last row group and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            table = self._arrow.Table.from_batches(self._waiting).unify_dictionaries()
            self._writer.write_table(table, row_group_size=ROW_GROUP)
            self._waiting, self._rows = [], 0

    def _repeated(self, text: str, count: int) -> Any:
        arrow = self._arrow
        encodable = text.encode("utf-8", "backslashreplace").decode()
        return arrow.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int32), arrow.array([encodable]))


def pyarrow() -> Any:
    """The package, with what writes parquet.

    Raises:
        CommandError: it is not installed.
    """
    try:
        import pyarrow.parquet  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise CommandError("parquet needs the package pyarrow: pip install 'tb-losshealth[parquet]'") from error
    return pyarrow


SERIES_FILES: dict[str, Callable[[BinaryIO], SeriesFile]] = {
    "csv": CsvSeries,
    "json": JsonSeries,
    "parquet": ParquetSeries,
}


def _slices(count: int) -> Iterator[slice]:
    return (slice(start, start + SLICE) for start in range(0, count, SLICE))


def _nullable(values: Floats | np.ndarray[Any, Any]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values.tolist()]
