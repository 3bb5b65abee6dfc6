"""Which files make up which run, found without opening one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import cast

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.folders import Folders, FoundFile, folders_at, run_name
from tb_losshealth.logs.metrics_files.listing import MetricsFile, list_metrics_files
from tb_losshealth.logs.metrics_files.metrics_log import MetricsLog
from tb_losshealth.logs.open_log import LogSource
from tb_losshealth.logs.problems import ReadProblem


@dataclass(slots=True)
class RunFiles:
    """The files of one run.

    Attributes:
        name: of the run, "." for the root.
        root: local folder or URL under which the event files were found.
        events: its event files.
        tables: files in its folder that may hold metrics.
    """

    name: str
    root: str = ""
    events: list[FoundFile] = field(default_factory=list)
    tables: list[MetricsFile] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return sum(event_file.size for event_file in self.events) + sum(file.size for file in self.tables)


def find_runs(roots: Mapping[str, str], problems: list[ReadProblem], *, metrics: bool = True) -> list[RunFiles]:
    """The runs at and below some roots, in order of their names.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `find_roots` gives.
        problems: takes what could not be listed.
        metrics: whether metrics files count.
    """
    found: dict[str, RunFiles] = {}
    for prefix, root in roots.items():
        if "://" in root or os.path.isdir(root):
            for event_file in folders_at(root).event_files(problems):
                name = run_name(prefix, event_file.folder)
                found.setdefault(name, RunFiles(name, root)).events.append(event_file)
        if metrics:
            for file in list_metrics_files(root, prefix, problems):
                found.setdefault(file.folder, RunFiles(file.folder, root)).tables.append(file)
    return [found[name] for name in sorted(found)]


def open_runs(runs: Sequence[RunFiles]) -> LogSource:
    """The log that consists of these runs alone; their folders are not listed again."""
    tables = [file for run in runs for file in run.tables]
    return LogSource(_ListedLogdir(runs), MetricsLog(lambda problems: tables))


class _ListedLogdir(Logdir):
    """A logdir whose event files are known."""

    def __init__(self, runs: Sequence[RunFiles]) -> None:
        super().__init__("")
        self._folders: dict[str, Folders] = {
            "" if run.name == "." else run.name: _Listed(run.root, run.events) for run in runs if run.events
        }


class _Listed:
    """The event files of one run as a tree of folders of their own."""

    errors: tuple[type[Exception], ...] = (Exception,)

    def __init__(self, root: str, files: Sequence[FoundFile]) -> None:
        self._root = root
        self._files = files

    def event_files(self, problems: list[ReadProblem]) -> Iterator[FoundFile]:
        """The known files."""
        return (file._replace(folder=".") for file in self._files)

    def open(self, path: str) -> BufferedIOBase:
        """Opens one of them."""
        if "://" not in self._root.removeprefix("file://"):
            return open(path, "rb")
        import fsspec

        filesystem, _ = fsspec.core.url_to_fs(self._root)
        return cast(BufferedIOBase, filesystem.open(path, "rb"))
