"""The runs that metrics files hold, read again as they grow."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tb_losshealth.logs.columns import Columns
from tb_losshealth.logs.metrics_files.listing import MetricsFile, open_metrics_file
from tb_losshealth.logs.metrics_files.read import read_table
from tb_losshealth.logs.metrics_files.table import Metric, NotMetrics, Table
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress, Run, Tag

TRAINER_STATE = "trainer_state.json"
"""What Hugging Face's Trainer calls its state."""

_COMMON_STEMS = frozenset(
    ("trainer_state", "metrics", "results", "history", "scalars", "log", "logs", "training", "training_log", "progress")
)
"""Names of files that name no training: the folder names the run."""

_SURELY_METRICS = frozenset((TRAINER_STATE, "metrics.csv", "results.csv"))
"""Names of files that hold metrics for sure: the reason why one could not be read is a problem to report."""

_CHECKPOINT = re.compile(r"checkpoint-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class MetricsRun:
    """A run read from a metrics file.

    Attributes:
        run: as an event log gives it.
        folder: name of the run whose event files lie in the same folder, if there are any.
        file: what it was read from.
    """

    run: Run
    folder: str
    file: MetricsFile


class MetricsLog:
    """The metrics files of a log.

    Args:
        list_files: lists the files there are now.

    Attributes:
        runs: by name.
        problems: what could not be read, as of the latest refresh.
    """

    def __init__(self, list_files: Callable[[], Iterable[MetricsFile]]) -> None:
        self._list_files = list_files
        self._read: dict[str, tuple[tuple[object, ...], Table | str]] = {}
        self._built: dict[str, tuple[Table, MetricsRun]] = {}
        self.runs: Mapping[str, MetricsRun] = MappingProxyType({})
        self.problems: tuple[ReadProblem, ...] = ()

    def refresh(self, on_progress: Callable[[Progress], None] | None = None) -> None:
        """Reads the files that changed; never raises for what it finds in them."""
        listed = list(self._list_files())
        work = [file for file in listed if self._read.get(file.path, (None,))[0] != file.stamp]
        total = sum(file.size for file in work)
        done = 0
        for index, file in enumerate(work):
            if on_progress:
                on_progress(Progress(index, len(work), done, total))
            self._read[file.path] = (file.stamp, _read(file))
            done += file.size
        if on_progress and work:
            on_progress(Progress(len(work), len(work), total, total))
        paths = {file.path for file in listed}
        self._read = {path: read for path, read in self._read.items() if path in paths}
        self._build(listed)

    def _build(self, listed: Iterable[MetricsFile]) -> None:
        problems: list[ReadProblem] = []
        tables = []
        for file in listed:
            table = self._read[file.path][1]
            if isinstance(table, Table):
                tables.append((file, table))
                problems.extend(ReadProblem(file.path, None, problem) for problem in table.problems)
            elif file.named or file.name in _SURELY_METRICS:
                problems.append(ReadProblem(file.path, None, table))
        runs: dict[str, MetricsRun] = {}
        for folder, file, table in _latest_states(tables):
            name = metrics_run_name(folder, file)
            if name in runs:
                name = f"{folder}/{file.name}" if folder != "." else file.name
            known = self._built.get(file.path)
            if known is None or known[0] is not table or known[1].run.name != name:
                known = table, MetricsRun(_run(name, table), folder, file)
                self._built[file.path] = known
            runs[name] = known[1]
        kept = {run.file.path for run in runs.values()}
        self._built = {path: built for path, built in self._built.items() if path in kept}
        self.runs = MappingProxyType(runs)
        self.problems = tuple(problems)


def _read(file: MetricsFile) -> Table | str:
    """The table of a file, or why there is none."""
    try:
        with open_metrics_file(file.path) as handle:
            return read_table(handle, named=file.named)
    except NotMetrics as error:
        return f"no metrics could be read: {error}"
    except Exception as error:  # remote filesystems have errors of their own
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def _latest_states(tables: Iterable[tuple[MetricsFile, Table]]) -> Iterator[tuple[str, MetricsFile, Table]]:
    """Leaves out the states that Hugging Face's Trainer saves with each checkpoint but the longest history.

    Yields:
        The name of each file's folder among the runs, the file and its content.
    """
    longest: dict[str, tuple[str, MetricsFile, Table]] = {}
    for file, table in tables:
        if file.name != TRAINER_STATE or file.named:
            yield file.folder, file, table
            continue
        home = training_folder(file.folder)
        if home not in longest or _last_step(table) >= _last_step(longest[home][2]):
            longest[home] = (home, file, table)
    yield from longest.values()


def training_folder(folder: str) -> str:
    """The folder of the training that a checkpoint's folder belongs to; any other folder itself."""
    parent, _, last = folder.rpartition("/")
    return (parent or ".") if _CHECKPOINT.fullmatch(last) else folder


def _last_step(table: Table) -> int:
    return max((int(metric.steps[-1]) for metric in table.metrics()), default=0)


def metrics_run_name(folder: str, file: MetricsFile) -> str:
    """The name of the run that a metrics file holds: that of its folder, and of the file where that tells more.

    Args:
        folder: name of the run whose event files would lie in the file's folder.
        file: the metrics file.
    """
    stem = posixpath.splitext(file.name)[0].removesuffix(".log")
    if file.named:
        return folder if folder != "." else file.name
    if stem.lower() in _COMMON_STEMS:
        return folder
    return stem if folder == "." else f"{folder}/{stem}"


def _run(name: str, table: Table) -> Run:
    return Run(name, MappingProxyType({metric.name: _tag(metric) for metric in table.metrics()}), ())


def _tag(metric: Metric) -> Tag:
    columns = Columns()
    columns.append(metric.steps, metric.values, metric.wall_times)
    return Tag(metric.name, [columns.part()], ())
