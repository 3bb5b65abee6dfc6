"""Which files below a folder may hold metrics, found in one walk with the event files."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from typing import BinaryIO, cast

from tb_losshealth.logs.folders import FoundFile, Wanted, folders_at, run_name
from tb_losshealth.logs.problems import ReadProblem

_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".log.json")
"""Endings of tables and of logs with one object per line."""

_NAMES = frozenset(
    (
        "trainer_state.json",
        "metrics.json",
        "history.json",
        "scalars.json",
        "training.log",
        "training_log.txt",
        "log.txt",
    )
)
"""Names of whole documents and plain logs: most other files of their kind are no metrics."""


def may_hold_metrics(file_name: str) -> bool:
    """Whether the name is one that trainers give to metrics files."""
    name = file_name.lower()
    return name in _NAMES or (name.endswith(_SUFFIXES) and not name.startswith("."))


@dataclass(frozen=True, slots=True)
class MetricsFile:
    """A file that may hold metrics.

    Attributes:
        path: local path or URL.
        folder: name of the run whose event files would lie in its folder, "." for the root.
        name: of the file.
        size: in bytes.
        stamp: changes when the content does.
        named: whether a person named this very file.
    """

    path: str
    folder: str
    name: str
    size: int
    stamp: tuple[object, ...]
    named: bool = False


class LogTree:
    """One walk below a root for both kinds of files: it hands out the event files and keeps the metrics files.

    Args:
        root: a folder or one metrics file, a local path or a URL.
        prefix: what the names of its runs begin with.
        metrics_files: whether metrics files in folders count; one that is the root always does.

    Attributes:
        metrics: the metrics files of the latest walk, in order of their paths.
    """

    def __init__(self, root: str, prefix: str, *, metrics_files: bool) -> None:
        self.root = root
        self.prefix = prefix
        self.metrics: list[MetricsFile] = []
        self._folders = folders_at(root)
        self._metrics_files = metrics_files
        self.errors = self._folders.errors

    def open(self, path: str) -> BufferedIOBase:
        """Opens an event file for reading."""
        return self._folders.open(path)

    def files(self, problems: list[ReadProblem], wanted: Wanted) -> Iterator[FoundFile]:
        """The event files; adds to `problems` what could not be looked into."""
        found: dict[object, MetricsFile] = {}  # by identity: links may lead to one folder twice
        for file in self._folders.files(problems, lambda name: wanted(name) or self._may_hold_metrics(name)):
            if wanted(posixpath.basename(file.path)):
                yield file
            else:
                found.setdefault(file.identity or file.path, self._metrics_file(file))
        self.metrics = sorted(found.values(), key=lambda file: file.path)

    def _may_hold_metrics(self, name: str) -> bool:
        return self._metrics_files and may_hold_metrics(name)

    def _metrics_file(self, file: FoundFile) -> MetricsFile:
        folder, stamp = run_name(self.prefix, file.folder or "."), (file.identity, file.size, file.version)
        path = self._folders.address(file.path)
        return MetricsFile(path, folder, os.path.basename(file.path), file.size, stamp, named=not file.folder)


def open_metrics_file(path: str) -> BinaryIO:
    """Opens a local path or a URL for reading bytes."""
    if "://" not in path:
        return open(path, "rb")
    import fsspec

    return cast(BinaryIO, fsspec.open(path, "rb").open())
