"""Bytes of a metrics file -> a table, whichever of the known shapes it has."""

from __future__ import annotations

import io
from typing import BinaryIO

from tb_losshealth.logs.metrics_files.csv_table import read_csv
from tb_losshealth.logs.metrics_files.json_table import parse, read_json, read_json_lines
from tb_losshealth.logs.metrics_files.table import NotMetrics, Table

# A document is parsed as a whole, and parsing takes some twenty times its size.
MAX_DOCUMENT = 256 * 2**20
_HEAD = 2**20


def read_table(file: BinaryIO, *, asked: bool = True) -> Table:
    """Reads a metrics file; its content tells its shape, not its name.

    Args:
        file: its bytes.
        asked: whether a person named this very file; others must look like a log of metrics.

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
        return read_csv(rest.lines(), asked=asked)
    first, _, more = text.partition("\n")
    if more.strip() and isinstance(parse(first), dict):
        return read_json_lines(rest.lines(), asked=asked)
    document = head + file.read(MAX_DOCUMENT - len(head) + 1)
    if len(document) > MAX_DOCUMENT:
        raise NotMetrics(f"it is a JSON document of more than {MAX_DOCUMENT // 2**20} MiB")
    return read_json(document.decode("utf-8-sig", "replace"), asked=asked)


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
