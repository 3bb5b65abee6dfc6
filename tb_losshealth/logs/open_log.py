"""What a person names (folders, globs, URLs, files) -> one log of runs: event files, and metrics files beside them."""

from __future__ import annotations

import glob
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.metrics_files.listing import LogTree, may_hold_metrics
from tb_losshealth.logs.metrics_files.metrics_log import TRAINER_STATE, MetricsLog, MetricsRun
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress, Run

Place: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Mapping[str, str]
"""Where a log is: a folder, a metrics file, a glob, an fsspec URL, or several of these; or folders by the name that
their runs' names begin with, as TensorBoard's `--logdir_spec` gives."""


def roots_of(place: Place, *, must_exist: bool = True) -> dict[str, str]:
    """What to read, each under the prefix of its run names.

    Args:
        place: what a person named. A mapping is taken as it is.
        must_exist: False where a single folder may appear later.

    Raises:
        FileNotFoundError: nothing is there; the message names it.
        ValueError: an event file was named, which alone is not a run.
    """
    if isinstance(place, Mapping):
        return dict(place)
    named = [os.fspath(one) for one in ([place] if isinstance(place, (str, os.PathLike)) else place)]
    try:
        return find_roots(named)
    except (FileNotFoundError, ValueError):
        if must_exist or len(named) != 1:
            raise
        return {"": named[0]}


def find_roots(named: Sequence[str]) -> dict[str, str]:
    """What to read, each under the prefix of its run names.

    Args:
        named: folders, metrics files, globs of either, or fsspec URLs of either.

    Returns:
        Run name prefix to local path or URL. The prefix is empty where there is only one. With several, it is
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


class Log:
    """Event files and metrics files as one log of runs that grows.

    A metrics file whose folder holds event files with scalars tells nothing new and is left out.

    `refresh` is for one thread at a time. `runs` and `problems` may be read by any; what they hand out does not
    change afterwards. While a long refresh is under way they show what is ready.

    Args:
        events: the event files.
        metrics: the metrics files.
    """

    def __init__(self, events: Logdir, metrics: MetricsLog) -> None:
        self._events = events
        self._metrics = metrics
        self._joined: tuple[object, object, Mapping[str, Run]] = (None, None, MappingProxyType({}))

    @property
    def runs(self) -> Mapping[str, Run]:
        """The runs with scalars by name."""
        events, metrics = self._events.runs, self._metrics.runs
        if self._joined[0] is not events or self._joined[1] is not metrics:
            runs = {name: run for name, run in events.items() if run.tags}
            runs.update(_beside(metrics.values(), runs))
            self._joined = events, metrics, MappingProxyType(runs)
        return self._joined[2]

    @property
    def problems(self) -> tuple[ReadProblem, ...]:
        """What could not be read, as of the latest refresh, in the order of the files."""
        return in_order((*self._events.problems, *self._metrics.problems))

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> None:
        """Reads what is new; never raises for bad data."""
        self._events.refresh(on_progress)  # it walks the trees, which keep the metrics files for what follows
        self._metrics.refresh(on_progress)


def in_order(problems: Iterable[ReadProblem]) -> tuple[ReadProblem, ...]:
    """Problems by file and place in it, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.path, problem.offset or 0)))


def open_log(roots: Mapping[str, str], *, metrics_files: bool = True) -> Log:
    """The log below some roots.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `roots_of` gives.
        metrics_files: whether to look for metrics files in folders; one that was named itself is always read.
    """
    trees = {prefix: LogTree(root, prefix, metrics_files=metrics_files) for prefix, root in roots.items()}
    return Log(Logdir("", spec=trees), MetricsLog(lambda: [file for tree in trees.values() for file in tree.metrics]))


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
