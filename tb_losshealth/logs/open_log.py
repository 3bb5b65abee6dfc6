"""What a person names (folders, globs, URLs, files) -> one log of runs: event files, and metrics files beside them."""

from __future__ import annotations

import glob
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.metrics_files.listing import MetricsFile, list_metrics_files, may_hold_metrics
from tb_losshealth.logs.metrics_files.metrics_log import TRAINER_STATE, MetricsLog, MetricsRun
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Changes, Progress, Run


def find_roots(named: Sequence[str]) -> dict[str, str]:
    """What to read, each under the prefix of its run names.

    Args:
        named: folders, metrics files, globs of either, or fsspec URLs of either.

    Returns:
        Run name prefix to local path or URL. The prefix is empty where there is only one; several are told apart by
        the part of the path in which they differ. What lies inside another one is left to that one.

    Raises:
        FileNotFoundError: nothing is there; the message names it.
        ValueError: an event file was named, which alone is not a run.
    """
    found: dict[str, str] = {}
    for path in (path for name in named for path in _expand(name)):
        found.setdefault(_identity(path), path)
    paths = list(found.values())
    outermost = [path for path in paths if not any(_inside(path, other) for other in paths if other != path)]
    if len(outermost) == 1:
        return {"": outermost[0]}
    return dict(zip(_prefixes(outermost), outermost, strict=True))


def _expand(name: str) -> list[str]:
    if "://" in name:
        return _expand_url(name)
    path = os.path.expanduser(name)
    if os.path.isdir(path):
        return [path]
    if os.path.isfile(path):
        if "tfevents" in os.path.basename(path):
            folder = os.path.dirname(path) or "."
            raise ValueError(f"{name!r} is one event file; pass its folder: {folder!r}")
        return [path]
    if glob.has_magic(path):
        found = sorted(p for p in glob.glob(path, recursive=True) if os.path.isdir(p) or may_hold_metrics(p))
        if found:
            return found
        raise FileNotFoundError(f"no folder or metrics file matches {name!r}")
    raise FileNotFoundError(f"no such folder: {name!r}; pass the folder that you give to 'tensorboard --logdir'")


def _expand_url(name: str) -> list[str]:
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(name)
        if glob.has_magic(path):
            infos = filesystem.glob(path, detail=True).items()
            found = [
                filesystem.unstrip_protocol(match)
                for match, info in sorted(infos)
                if info["type"] == "directory" or may_hold_metrics(match)
            ]
        else:
            found = [name.rstrip("/")] if filesystem.exists(path) else []
    except Exception as error:  # each filesystem has errors of its own, and so has a missing one
        raise FileNotFoundError(f"cannot open {name!r}: {error}") from error
    if not found:
        raise FileNotFoundError(f"nothing is at {name!r}")
    return found


def _identity(path: str) -> str:
    return path.rstrip("/") if "://" in path else os.path.realpath(path)


def _inside(path: str, other: str) -> bool:
    if "://" in path or "://" in other:
        return path.startswith(other.rstrip("/") + "/")
    inner, outer = os.path.realpath(path), os.path.realpath(other)
    return inner.startswith(outer.rstrip(os.sep) + os.sep) and os.path.isdir(outer)


def _prefixes(paths: Sequence[str]) -> list[str]:
    """The shortest ends of paths after what all have in common."""
    parts = [_absolute(path).strip("/").split("/") for path in paths]
    common = 0
    while all(len(one) > common + 1 for one in parts) and len({one[common] for one in parts}) == 1:
        common += 1
    return ["/".join(one[common:]) for one in parts]


def _absolute(path: str) -> str:
    return path if "://" in path else os.path.abspath(path).replace(os.sep, "/")


class RunSource(Protocol):
    """Runs that can be followed; `Logdir` is one."""

    @property
    def runs(self) -> Mapping[str, Run]:
        """The runs by name, as of the latest refresh."""

    @property
    def problems(self) -> tuple[ReadProblem, ...]:
        """What could not be read."""

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> Changes:
        """Reads what is new."""


class LogSource:
    """Event files and metrics files as one log, with the interface of `Logdir`.

    A metrics file whose folder holds event files with scalars tells nothing new and is left out.

    Args:
        events: the event files.
        tables: the metrics files.
    """

    def __init__(self, events: Logdir, tables: MetricsLog) -> None:
        self._events = events
        self._tables = tables
        self.runs: Mapping[str, Run] = MappingProxyType({})
        self.problems: tuple[ReadProblem, ...] = ()

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> Changes:
        """Reads what is new; never raises for bad data."""
        self._events.refresh(on_progress)
        self._tables.refresh(on_progress)
        runs = {name: run for name, run in self._events.runs.items() if run.tags}
        before = self.runs
        runs.update(_beside(self._tables.runs.values(), runs))
        self.runs = MappingProxyType(runs)
        self.problems = (*self._events.problems, *self._tables.problems)
        return Changes(
            frozenset(name for name, run in runs.items() if before.get(name) is not run),
            frozenset(before.keys() - runs.keys()),
        )


def open_log(roots: Mapping[str, str], *, metrics: bool = True) -> LogSource:
    """The log below some roots.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `find_roots` gives.
        metrics: whether to read metrics files.
    """

    def metrics_files(problems: list[ReadProblem]) -> Iterator[MetricsFile]:
        for prefix, root in roots.items() if metrics else ():
            yield from list_metrics_files(root, prefix, problems)

    folders = {prefix: root for prefix, root in roots.items() if "://" in root or os.path.isdir(root)}
    return LogSource(Logdir("", spec=folders), MetricsLog(metrics_files))


def _beside(tables: Iterable[MetricsRun], event_runs: Mapping[str, Run]) -> dict[str, Run]:
    """The runs of metrics files that no event file tells of."""
    parents = {posixpath.dirname(name) for name in event_runs}
    kept = {}
    for table in tables:
        logged = table.folder in event_runs or table.run.name in event_runs
        if table.file.name == TRAINER_STATE:
            # Hugging Face's Trainer writes its event files into runs/<date>_<host>/ beside its state.
            logged = logged or ("runs" if table.folder == "." else f"{table.folder}/runs") in parents
        if not logged:
            kept[table.run.name] = table.run
    return kept
