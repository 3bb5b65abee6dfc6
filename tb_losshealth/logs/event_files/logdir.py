"""A tree of event files, read again as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from tb_losshealth.logs.event_files.event_file import EventFile, EventReader
from tb_losshealth.logs.event_files.merge import merge_files
from tb_losshealth.logs.folders import Folders, FoundFile, folders_at, is_event_file, printable, run_name, unreadable
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Changes, Progress, Run

_PUBLISH_SECONDS = 0.25  # between updates of `runs` during a refresh, so that a large log is seen to arrive
_STILL_WRITING_SECONDS = 60.0  # writers flush every few seconds, torch's after two minutes, but then whole records


@dataclass(slots=True)
class _Tracked:
    """An event file, how it was found when it was last read, and why that failed if it did."""

    file: EventFile
    found: FoundFile | None = None
    failure: ReadProblem | None = None
    written_at: float = 0.0  # seconds since the epoch; of the first look, where the file system has no time

    def replaced_by(self, found: FoundFile) -> bool:
        """Whether the file is certainly another one now; `EventFile.read` notices what only its bytes show."""
        known = self.found
        if known is None:
            return False
        return known.identity != found.identity or (known.size == found.size and known.version != found.version)

    def problems(self, now: float) -> list[ReadProblem]:
        known = self.file.problems
        return [*known, self.failure] if self.failure else [*known, *self._cut_off(now, known)]

    def _cut_off(self, now: float, known: list[ReadProblem]) -> list[ReadProblem]:
        """The problem of a file that ends within a record, once nobody seems to be writing it any more."""
        size = self.found.size if self.found else 0
        offset = self.file.offset
        if 0 < size <= offset or now - self.written_at < _STILL_WRITING_SECONDS:
            return []
        if any(problem.offset == offset for problem in known):
            return []
        reason = (
            f"ends within a record, after {size - offset:,} bytes of it: still being written, or cut off"
            if size
            else "is empty: nothing was written yet, or its content was lost"
        )
        return [ReadProblem(self.file.path, offset, reason, harmless=True)]


class _Due(NamedTuple):
    run: str
    folders: Folders
    found: FoundFile
    tracked: _Tracked


_Found: TypeAlias = tuple[Folders, FoundFile]


class Logdir:
    """The runs that the event files below a folder hold.

    `refresh` is for one thread at a time. `runs` and `problems` may be read by any; what they hand out does not
    change afterwards. While a long refresh is under way they show what is ready.

    Args:
        root: a folder, or a URL that fsspec has a driver for; "" for none.
        spec: folders by the name that their runs' names begin with, as of TensorBoard's `--logdir_spec`; goes
            before `root`.
        check_bodies: whether records are skipped, and reported, whose body has not the checksum stored with it.
            Headers are always checked.

    Attributes:
        runs: by name.
        problems: what could not be read, as of the latest refresh.
    """

    def __init__(
        self, root: str, *, spec: Mapping[str, str | Folders] | None = None, check_bodies: bool = False
    ) -> None:
        roots = spec if spec else {"": root} if root else {}
        self._folders = {
            prefix: folders_at(place) if isinstance(place, str) else place for prefix, place in roots.items()
        }
        self._reader = EventReader(check_bodies=check_bodies)
        self._files: dict[str, dict[str, _Tracked]] = {}  # by run and path
        self.runs: Mapping[str, Run] = MappingProxyType({})
        self.problems: tuple[ReadProblem, ...] = ()

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> Changes:
        """Reads what was appended since the last call. Never raises for what it finds.

        Args:
            on_progress: called before, between and after the files to be read; `runs` may be looked at in it.
        """
        problems: list[ReadProblem] = []
        before = self.runs.keys()
        found = self._find(problems)
        changed = self._drop_missing(found)
        work = self._due(found)
        meter = _Meter(work, on_progress)
        unpublished = set(changed)
        published_at = time.monotonic()
        for due in work:
            if self._read(due, meter):
                changed.add(due.run)
                unpublished.add(due.run)
            if time.monotonic() - published_at > _PUBLISH_SECONDS:
                self._publish(unpublished)
                unpublished.clear()
                published_at = time.monotonic()
            meter.file_done()
        self._publish(unpublished)
        now = time.time()
        problems += [p for files in self._files.values() for file in files.values() for p in file.problems(now)]
        self.problems = tuple(problems)
        return Changes(frozenset(changed & self.runs.keys()), frozenset(before - self.runs.keys()))

    def _find(self, problems: list[ReadProblem]) -> dict[str, dict[str, _Found]]:
        found: dict[str, dict[str, _Found]] = {}
        for prefix, folders in self._folders.items():
            for file in folders.files(problems, is_event_file):
                found.setdefault(run_name(prefix, file.folder or "."), {})[file.path] = folders, file
        return found

    def _drop_missing(self, found: Mapping[str, Mapping[str, _Found]]) -> set[str]:
        gone = [(run, path) for run, files in self._files.items() for path in files if path not in found.get(run, {})]
        for run, path in gone:
            self._drop(run, path)
        return {run for run, _ in gone}

    def _drop(self, run: str, path: str) -> None:
        del self._files[run][path]
        if not self._files[run]:
            del self._files[run]

    def _due(self, found: Mapping[str, Mapping[str, _Found]]) -> list[_Due]:
        due: list[_Due] = []
        for run, there in found.items():
            files = self._files.setdefault(run, {})
            for path, (folders, file) in there.items():
                tracked = files.get(path)
                if tracked is None:
                    files[path] = tracked = _Tracked(EventFile(printable(path), self._reader))
                if tracked.found != file:
                    due.append(_Due(run, folders, file, tracked))
        return due

    def _read(self, due: _Due, meter: _Meter) -> bool:
        """Reads one file; returns whether its run changed."""
        tracked, file = due.tracked, due.found
        is_new = tracked.found is None
        if tracked.replaced_by(file):
            tracked.file.forget()
            is_new = True
        tracked.found, tracked.failure = file, None
        # Local file systems give nanoseconds; the version of others need not be a time.
        tracked.written_at = file.version / 1e9 if isinstance(file.version, int) else time.time()
        try:
            with due.folders.open(file.path) as handle:
                return tracked.file.read(handle, meter.advance) or is_new
        except FileNotFoundError:
            self._drop(due.run, file.path)
        except due.folders.errors as error:
            tracked.found, tracked.failure = None, unreadable(file.path, error)
        return True

    def _publish(self, changed: set[str]) -> None:
        if not changed:
            return
        runs = dict(self.runs)
        for run in changed:
            files = self._files.get(run)
            if files:
                contents = {path: tracked.file.contents for path, tracked in files.items()}
                runs[run] = merge_files(run, contents, runs.get(run))
            else:
                runs.pop(run, None)
        self.runs = MappingProxyType(runs)


class _Meter:
    """Counts what a refresh has done and reports it."""

    def __init__(self, work: list[_Due], on_progress: Callable[[Progress], None] | None) -> None:
        self._on_progress = on_progress
        self._files = len(work)
        self._bytes = sum(max(due.found.size - due.tracked.file.offset, 0) for due in work)
        self._files_done = 0
        self._bytes_done = 0
        self._report()

    def advance(self, count: int) -> None:
        self._bytes_done += count
        self._report()

    def file_done(self) -> None:
        self._files_done += 1
        if self._files_done == self._files:
            self._bytes_done = self._bytes  # files may have grown or shrunk under way
        self._report()

    def _report(self) -> None:
        if self._on_progress:
            done = min(self._bytes_done, self._bytes)
            self._on_progress(Progress(self._files_done, self._files, done, self._bytes))
