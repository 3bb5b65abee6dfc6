"""A tree of runs: discover, tail, merge the files of a run."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tb_losshealth.events.columns import Part
from tb_losshealth.events.event_file import EventFile
from tb_losshealth.events.problems import ReadProblem
from tb_losshealth.health.series import Series
from tb_losshealth.health.sessions import Session, split_sessions

__all__ = ["Changes", "Logdir", "Progress", "ReadProblem", "Run", "Tag"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a refresh is done."""

    files_done: int
    files: int
    bytes_done: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of the runs that a refresh found new or grown, and of those that are gone."""

    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


class Tag:
    """One scalar tag of a run as of one refresh. Immutable."""

    def __init__(self, name: str, parts: Sequence[Part], purges: Sequence[tuple[int, int]]) -> None:
        self.name = name
        self.count = sum(len(part) for part in parts)
        self._parts = tuple(parts)
        self._purges = tuple(purges)
        self._sessions: tuple[Session, ...] | None = None
        self._lock = threading.Lock()

    @property
    def sessions(self) -> Sequence[Session]:
        """The trainings under this tag, latest last."""
        with self._lock:
            if self._sessions is None:
                columns = [(part.steps, part.values, part.wall_times) for part in self._parts]
                steps, values, walls = (np.concatenate(column) for column in zip(*columns, strict=True))
                self._sessions = tuple(split_sessions(steps, values, walls, self._purges))
            return self._sessions

    @property
    def series(self) -> Series:
        """The latest training; empty where all was purged."""
        sessions = self.sessions
        if sessions:
            return sessions[-1].series
        return Series(np.empty(0, np.int64), np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True)
class Run:
    """One folder with event files as of one refresh. Immutable."""

    name: str
    tags: Mapping[str, Tag]
    declarations: tuple[bytes, ...]


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", path)]


class Logdir:
    """The runs below a folder, read again as they grow.

    `refresh` is for one thread at a time; what `runs` and `problems` hand out never changes afterwards.
    """

    def __init__(self, root: str, *, spec: Mapping[str, str] | None = None, check_bodies: bool = False) -> None:
        self._roots = dict(spec) if spec else {"": root} if root else {}
        self._check_bodies = check_bodies
        self._files: dict[str, dict[str, EventFile]] = {}
        self._stats: dict[str, tuple[int, int, int]] = {}
        self.runs: Mapping[str, Run] = MappingProxyType({})
        self.problems: tuple[ReadProblem, ...] = ()

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> Changes:
        """Reads what was appended since the last call; never raises for what it finds in the files."""
        problems: list[ReadProblem] = []
        found: dict[str, dict[str, os.stat_result]] = {}
        for prefix, root in self._roots.items():
            for run, path, stat in _walk(root, prefix, problems):
                found.setdefault(run, {})[path] = stat
        work: list[tuple[str, str, os.stat_result]] = []
        dirty: set[str] = set()
        for run, paths in found.items():
            files = self._files.setdefault(run, {})
            for path in [path for path in files if path not in paths]:
                del files[path]
                dirty.add(run)
            for path, stat in paths.items():
                file = files.get(path)
                key = (stat.st_dev, stat.st_ino, stat.st_size)
                if file is not None and (self._stats[path][:2] != key[:2] or stat.st_size < file.offset):
                    file = None
                    dirty.add(run)
                if file is None:
                    files[path] = EventFile(path, check_bodies=self._check_bodies)
                    self._stats.pop(path, None)
                if self._stats.get(path) != key:
                    work.append((run, path, stat))
                self._stats[path] = key
        removed = {run for run in self._files if run not in found}
        for run in removed:
            del self._files[run]
        total = sum(stat.st_size - self._files[run][path].offset for run, path, stat in work)
        done = 0
        for index, (run, path, stat) in enumerate(work):
            if on_progress:
                on_progress(Progress(index, len(work), done, total))
            event_file = self._files[run][path]
            done += stat.st_size - event_file.offset
            try:
                with open(path, "rb") as handle:
                    event_file.read(handle)
            except OSError as error:
                problems.append(ReadProblem(path, None, f"cannot be read: {error.strerror or error}"))
                self._stats.pop(path, None)
            dirty.add(run)
        if on_progress:
            on_progress(Progress(len(work), len(work), total, total))
        runs = dict(self.runs)
        for run in removed:
            runs.pop(run, None)
        for run in dirty:
            runs[run] = self._snapshot(run)
        self.runs = MappingProxyType(runs)
        for files in self._files.values():
            for file in files.values():
                problems.extend(file.problems)
        self.problems = tuple(problems)
        return Changes(frozenset(dirty), frozenset(removed))

    def _snapshot(self, run: str) -> Run:
        files = [file for _, file in sorted(self._files[run].items(), key=lambda item: _natural(item[0]))]
        names = dict.fromkeys(tag for file in files for tag in file.columns)
        tags = {}
        for tag in names:
            parts: list[Part] = []
            purges: list[tuple[int, int]] = []
            rows = 0
            for file in files:
                if rows and file.purged_before is not None:
                    purges.append((rows, file.purged_before))
                if tag in file.columns:
                    purges.extend((rows + row, step) for row, step in file.purges.get(tag, ()))
                    parts.append(file.columns[tag].part())
                    rows += len(parts[-1])
            tags[tag] = Tag(tag, parts, purges)
        declarations = tuple(payload for file in files for payload in file.declarations)
        return Run(run, MappingProxyType(tags), declarations)


def _walk(root: str, prefix: str, problems: list[ReadProblem]) -> Iterator[tuple[str, str, os.stat_result]]:
    seen: set[tuple[int, int]] = set()
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            stat = os.stat(folder)
            if (stat.st_dev, stat.st_ino) in seen:
                continue
            seen.add((stat.st_dev, stat.st_ino))
            with os.scandir(folder) as entries:
                listing = list(entries)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(ReadProblem(folder, None, f"cannot be listed: {error.strerror or error}"))
            continue
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        name = relative if not prefix else prefix if relative == "." else f"{prefix}/{relative}"
        for entry in listing:
            try:
                if entry.is_dir():
                    pending.append(entry.path)
                elif "tfevents" in entry.name and entry.is_file():
                    yield name, entry.path, entry.stat()
            except OSError as error:
                problems.append(ReadProblem(entry.path, None, f"cannot be read: {error.strerror or error}"))
