"""CSV of metrics: a header line, then one row a step. Lightning's metrics.csv, Ultralytics' results.csv, Keras' log."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from tb_losshealth.logs.metrics_files.columns import Gatherer
from tb_losshealth.logs.metrics_files.numbers import number_of
from tb_losshealth.logs.metrics_files.records import SPLIT_COLUMNS, numbers
from tb_losshealth.logs.metrics_files.table import NotMetrics, Table, expect_metrics

_DELIMITERS = ",;\t|"


def read_csv(lines: Iterable[str], *, asked: bool) -> Table:
    """Reads CSV text.

    Args:
        lines: the lines of the file, ends included.
        asked: whether a person named this very file, so that it need not look like a log of metrics.

    Raises:
        NotMetrics: there is no header line, no number below it, or it is no log of metrics.
    """
    lines = iter(lines)
    first = next(lines, "")
    header = _header(first)
    if not asked:
        expect_metrics(header)
    gatherer = Gatherer()
    bad: list[int] = []
    torn = False
    splits = any(name.lower() in SPLIT_COLUMNS for name in header)
    rows = _rows(lines, _delimiter(first), bad)
    for line, cells in rows:
        if len(cells) != len(header):
            torn = len(cells) < len(header)
            bad.append(line)
            continue
        torn = False
        if cells == header:
            continue
        record = dict(zip(header, cells, strict=True))
        gatherer.add(numbers(record) if splits else _numbers(record))
    if torn and bad:
        bad.pop()  # the last row is being written right now
    columns = gatherer.columns()
    if not columns:
        raise NotMetrics("there are no numbers below its header line")
    return Table(columns, _problems(bad))


def _header(line: str) -> list[str]:
    names = [cell.strip() for cell in next(csv.reader([line], delimiter=_delimiter(line)), [])]
    if not any(names):
        raise NotMetrics("it is empty" if not line.strip() else "it has no header line")
    if all(number_of(name) is not None for name in names):
        raise NotMetrics("it has no header line that names its columns")
    seen: dict[str, int] = {}
    unique = []
    for at, name in enumerate(names):
        known = seen.get(name, 0)
        seen[name] = known + 1
        unique.append(f"{name}.{known}" if known else name or f"column {at + 1}")
    return unique


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _rows(lines: Iterator[str], delimiter: str, bad: list[int]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            bad.append(reader.line_num + 1)
            continue
        if cells and any(cells):
            yield reader.line_num + 1, [cell.strip() for cell in cells]


def _numbers(record: dict[str, str]) -> dict[str, float]:
    return {name: number for name, cell in record.items() if (number := number_of(cell)) is not None}


def _problems(bad: list[int]) -> tuple[str, ...]:
    if not bad:
        return ()
    rows = f"{len(bad)} rows" if len(bad) > 1 else "1 row"
    return (f"{rows} did not fit the header line and were left out, the first in line {bad[0]}",)
