"""Bytes of a metrics file -> a table, whichever of the known shapes it has.

CSV: a header line, then one row a step (Lightning's metrics.csv, Ultralytics' results.csv, Keras' log). JSON: an object
a line, a list of objects, lists by name, or the state that Hugging Face's Trainer saves.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from tb_losshealth.logs.metrics_files.rows import DEEPEST, SPLIT_COLUMNS, number_of, numbers_of
from tb_losshealth.logs.metrics_files.table import NotMetrics, Table, TableBuilder, expect_metrics

MAX_DOCUMENT = 256 * 2**20
"""Bytes of a JSON document. It is parsed as a whole, and parsing takes some twenty times its size."""

_HEAD = 2**20
"""Bytes that are read to see which shape a file has; more than the first line of any log of metrics."""

_DELIMITERS = ",;\t|"

_LINES_BEFORE_CHECK = 200
"""Lines of JSON after which a file that nobody named must look like metrics: data sets of JSON lines may be huge."""

_TRAINER_HISTORY = "log_history"


def read_table(file: BinaryIO, *, named: bool = True) -> Table:
    """Reads a metrics file; its content decides the shape, not its name.

    Args:
        file: its bytes.
        named: whether a person named this very file; others must look like a log of metrics.

    Raises:
        NotMetrics: it holds no metrics.
        OSError: it cannot be read.
    """
    head = file.read(_HEAD)
    if b"\0" in head:
        raise NotMetrics("it is no text")
    text = head.decode("utf-8-sig", "replace").lstrip()
    rest = _Rest(head, file)
    if not text.startswith(("{", "[")):
        return _read_csv(rest.lines(), named=named)
    first, _, more = text.partition("\n")
    if more.strip() and isinstance(_parse(first), dict):
        return _read_json_lines(rest.lines(), named=named)
    document = head + file.read(MAX_DOCUMENT - len(head) + 1)
    if len(document) > MAX_DOCUMENT:
        raise NotMetrics(f"it is a JSON document of more than {MAX_DOCUMENT // 2**20} MiB")
    return _read_json(document.decode("utf-8-sig", "replace"), named=named)


class _Rest(io.RawIOBase):
    """A file whose beginning has been read already."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        data = data or self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BufferedReader(self, 2**18), encoding="utf-8-sig", errors="replace", newline="")


# CSV.


def _read_csv(lines: Iterable[str], *, named: bool) -> Table:
    lines = iter(lines)
    first = next(lines, "")
    header = _header(first)
    if not named:
        expect_metrics(header)
    builder = TableBuilder()
    bad: list[int] = []
    torn = False
    has_split = any(name.lower() in SPLIT_COLUMNS for name in header)
    for line, cells in _csv_rows(lines, _delimiter(first), bad):
        if len(cells) != len(header):
            torn = len(cells) < len(header)
            bad.append(line)
            continue
        torn = False
        if cells == header:
            continue
        row = dict(zip(header, cells, strict=True))
        builder.add(numbers_of(row) if has_split else _numbers(row))
    if torn and bad:
        bad.pop()  # the last row is being written right now
    rows = f"{len(bad)} rows" if len(bad) > 1 else "1 row"
    problems = (f"{rows} did not fit the header line and were left out, the first in line {bad[0]}",) if bad else ()
    return builder.table("there are no numbers below its header line", problems)


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


def _csv_rows(lines: Iterator[str], delimiter: str, bad: list[int]) -> Iterator[tuple[int, list[str]]]:
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


def _numbers(row: Mapping[str, object]) -> dict[str, float]:
    return {name: number for name, cell in row.items() if (number := number_of(cell)) is not None}


# JSON.


def _read_json_lines(lines: Iterable[str], *, named: bool) -> Table:
    """Reads one JSON object a line; a line that is none is left out and reported."""
    builder = TableBuilder()
    bad: list[int] = []
    last = ""
    for number, line in enumerate(lines, start=1):
        last = line
        if not line.strip():
            continue
        row = _parse(line)
        if isinstance(row, Mapping):
            builder.add(numbers_of(row))
        else:
            bad.append(number)
        if number == _LINES_BEFORE_CHECK and not named:
            expect_metrics(builder.names)
    if bad and not last.endswith("\n"):
        bad.pop()  # the last line is being written right now
    if not named:
        expect_metrics(builder.names)
    none = "1 line is no JSON object" if len(bad) == 1 else f"{len(bad)} lines are no JSON objects"
    problems = (f"{none}; left out, the first being line {bad[0]}",) if bad else ()
    return builder.table("it holds no JSON objects with numbers", problems)


def _read_json(text: str, *, named: bool) -> Table:
    document = _parse(text)
    if document is None:
        raise NotMetrics("it is no complete JSON")
    if isinstance(document, Mapping) and isinstance(document.get(_TRAINER_HISTORY), list):
        document = [_as_logged(entry) for entry in document[_TRAINER_HISTORY] if isinstance(entry, Mapping)]
    builder = TableBuilder()
    if isinstance(document, list):
        for entry in document:
            if isinstance(entry, Mapping):
                builder.add(numbers_of(entry))
    elif isinstance(document, Mapping):
        lists = dict(_lists(document, "", DEEPEST))
        if not lists:  # the first line of what will be JSON lines
            return _read_json_lines([text], named=named)
        for row in range(max(map(len, lists.values()), default=0)):
            builder.add(_numbers({name: values[row] for name, values in lists.items() if row < len(values)}))
    table = builder.table("it holds neither rows of numbers nor lists of them")
    if not named:
        expect_metrics(table.columns, steps=False)
    return table


def _parse(text: str) -> object:
    """The value that JSON text holds; None where it is no JSON."""
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return None


def _as_logged(entry: Mapping[str, object]) -> dict[str, object]:
    """An entry of Trainer's history under the names that its TensorBoard callback gives."""
    renamed = {}
    for key, value in entry.items():
        if key in ("step", "epoch"):
            renamed[key] = value
        elif key.startswith(("eval_", "test_")):
            split, _, name = key.partition("_")
            renamed[f"{split}/{name}"] = value
        else:
            renamed[f"train/{key}"] = value
    return renamed


def _lists(document: Mapping[str, object], prefix: str, depth: int) -> Iterable[tuple[str, Sequence[object]]]:
    for key, value in document.items():
        if isinstance(value, Mapping) and depth:
            yield from _lists(value, f"{prefix}{key}/", depth - 1)
        elif isinstance(value, list):
            yield f"{prefix}{key}", value
