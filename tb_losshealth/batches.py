"""A log read in batches of runs, here or on other processes: a few batches are in memory at a time.

The batches know nothing of pairing. Each judges the pairs that lie within it; then all runs are paired by what the
batches tell of their tags, and pairs that no batch could see are judged after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tb_losshealth.health.curves.series import Series
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress
from tb_losshealth.logs.run_files import RunFiles, list_runs, open_runs
from tb_losshealth.pair_judge import PairJudge, facts_of, report_pair, report_train_only
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pair_finder import PairFinder
from tb_losshealth.pairing.pairs import LossPair, Pairing, TagFacts, TrainOnly
from tb_losshealth.pairing.toml_rules import Rules
from tb_losshealth.parallel import Failed, map_in_order
from tb_losshealth.reports import PairReport, TrainOnlyReport

BATCH_BYTES = 4 * 2**20
"""Bytes of a batch: to hand one out costs milliseconds, and smaller ones balance better and need less memory."""

BATCH_RUNS = 100
"""Runs of a batch, for the same reasons where they are small."""

OnProgress = Callable[[Progress], None]


AnyTask = TypeVar("AnyTask", bound="_Task")


class _Task(Protocol):
    """Work on some runs, and how to cut it into smaller pieces."""

    @property
    def runs(self) -> Sequence[RunFiles]: ...
    def apart(self: AnyTask) -> Sequence[AnyTask]: ...


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Runs to be read together, in order of their names."""

    runs: tuple[RunFiles, ...]

    def apart(self) -> list[Batch]:
        """A batch a run."""
        return [Batch((run,)) for run in self.runs]

    def __str__(self) -> str:
        first = self.runs[0].name
        return first if len(self.runs) == 1 else f"{first} and {len(self.runs) - 1} more"


def make_batches(runs: Sequence[RunFiles]) -> list[Batch]:
    """Cuts runs into batches, by whole sub-trees where there is a choice.

    A batch ends where it would grow too large, at the place of its second half whose two neighbours have least of
    their folders in common.
    """
    batches, start = [], 0
    while start < len(runs):
        end, size = start, 0
        while end < len(runs) and (
            end == start or (size + runs[end].bytes <= BATCH_BYTES and end - start < BATCH_RUNS)
        ):
            size += runs[end].bytes
            end += 1
        if end < len(runs):
            half = start + max((end - start) // 2, 1)
            end = min(range(half, end + 1), key=lambda at: (_shared_folders(runs[at - 1].name, runs[at].name), -at))
        batches.append(Batch(tuple(runs[start:end])))
        start = end
    return batches


def _shared_folders(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


def _done_or_apart(
    function: Callable[[AnyTask], Result],
    tasks: Sequence[AnyTask],
    executor: Executor | None,
    on_progress: OnProgress | None,
) -> Iterator[tuple[AnyTask, Result | Failed]]:
    """The result of every task; one that fails is done again in its smallest parts, so that these alone are lost."""
    files, size = (sum(getattr(run, what) for task in tasks for run in task.runs) for what in ("files", "bytes"))
    files_done = size_done = 0
    for task, outcome in zip(tasks, map_in_order(function, tasks, executor), strict=True):
        parts: Sequence[AnyTask] = task.apart() if isinstance(outcome, Failed) else ()
        if len(parts) > 1:
            yield from zip(parts, map_in_order(function, parts, executor), strict=True)
        else:
            yield task, outcome
        files_done += sum(run.files for run in task.runs)
        size_done += sum(run.bytes for run in task.runs)
        if on_progress is not None:
            on_progress(Progress(files_done, files, size_done, size))


# Judging.


@dataclass(frozen=True, slots=True)
class Judged:
    """What comes of a log that was judged in batches; attributes as those of `ScanResult`.

    Attributes:
        pairing: what belongs together.
        read_problems: what could not be listed or read.
        declaration_problems: declarations that could not be understood.
    """

    reports: list[PairReport]
    train_only: list[TrainOnlyReport]
    pairing: Pairing
    read_problems: list[ReadProblem]
    declaration_problems: list[ReadProblem]
    runs: int
    tags: int
    failed: list[str]


def judge_in_batches(
    roots: Mapping[str, str],
    *,
    metrics_files: bool,
    rules: Rules,
    executor: Executor | None = None,
    points: int | None = None,
    on_progress: OnProgress | None = None,
) -> Judged:
    """Judges every pair of a log.

    Args:
        roots: run name prefix to folder, metrics file or URL.
        metrics_files: whether to look for metrics files in folders.
        rules: a person's rules.
        executor: where to work; in this thread if None.
        points: the most points that a curve keeps, without earlier trainings; None: reports are whole.
        on_progress: called with each batch that is done.

    Raises:
        WorkersUnavailable: the executor cannot be used.
    """
    read_problems: list[ReadProblem] = []
    batches = make_batches(list_runs(roots, read_problems, metrics_files=metrics_files))
    facts: dict[str, list[TagFacts]] = {}
    declared: dict[str, list[DeclaredPair]] = {}
    declaration_problems: list[ReadProblem] = []
    known: dict[LossPair | TrainOnly, PairReport | TrainOnlyReport] = {}
    home: dict[str, RunFiles | Batch] = {}
    failed: list[str] = []
    lost = tags = 0
    for batch, outcome in _done_or_apart(_JudgeBatch(rules, points), batches, executor, on_progress):
        if isinstance(outcome, Failed):
            failed.append(f"{batch}: {outcome.reason}")
            lost += len(batch.runs)
            continue
        facts |= outcome.facts
        declared |= outcome.declared
        known |= {report.pair: report for report in outcome.reports}
        known |= {report.loss: report for report in outcome.train_only}
        read_problems += outcome.read_problems
        declaration_problems += outcome.declaration_problems
        tags += outcome.tags
        names = {run.name: run for run in batch.runs}
        home |= {run: names.get(run, batch) for run in outcome.facts}
    pairing = PairFinder(rules).update(facts, (), declared)
    missing: list[LossPair | TrainOnly] = [pair for pair in pairing.pairs if pair not in known]
    missing += [loss for loss in pairing.train_only if loss not in known]
    for across, found in _done_or_apart(_JudgeAcross(points), _pairs_across(missing, home), executor, None):
        if isinstance(found, Failed):
            failed.append(f"{across}: {found.reason}")
        else:
            known |= zip(across.found, found, strict=True)
    return Judged(
        [report for pair in pairing.pairs if isinstance(report := known.get(pair), PairReport)],
        [report for loss in pairing.train_only if isinstance(report := known.get(loss), TrainOnlyReport)],
        pairing,
        read_problems,
        declaration_problems,
        len(facts) + lost,
        tags,
        failed,
    )


@dataclass(frozen=True, slots=True)
class _JudgedBatch:
    """What comes of one batch: its reports, and what the pairing of all runs needs to know."""

    reports: list[PairReport]
    train_only: list[TrainOnlyReport]
    facts: dict[str, list[TagFacts]]
    declared: dict[str, list[DeclaredPair]]
    read_problems: tuple[ReadProblem, ...]
    declaration_problems: list[ReadProblem]
    tags: int


@dataclass(frozen=True, slots=True)
class _JudgeBatch:
    """Judges the pairs that lie within a batch."""

    rules: Rules
    points: int | None

    def __call__(self, batch: Batch) -> _JudgedBatch:
        log = open_runs(batch.runs)
        log.refresh()
        judge = PairJudge(self.rules)
        judge.update(log.runs)
        return _JudgedBatch(
            [_thinned(report, self.points) for report in judge.reports],
            [_thinned(report, self.points) for report in judge.train_only],
            {name: facts_of(run) for name, run in log.runs.items()},
            {name: declared for name, declared in judge.declared.items() if declared},
            log.problems,
            list(judge.problems),
            sum(len(run.tags) for run in log.runs.values()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Across:
    """Pairs, and losses without validation, that no batch could see, and the runs that hold them."""

    found: tuple[LossPair | TrainOnly, ...]
    homes: tuple[tuple[RunFiles, ...], ...]

    @property
    def runs(self) -> tuple[RunFiles, ...]:
        """All runs, each once."""
        return tuple({id(run): run for runs in self.homes for run in runs}.values())

    def apart(self) -> list[_Across]:
        """Each of them alone."""
        return [_Across((one,), (runs,)) for one, runs in zip(self.found, self.homes, strict=True)]

    def __str__(self) -> str:
        more = f" and {len(self.found) - 1} more" if len(self.found) > 1 else ""
        return f"{self.found[0].run}, {self.found[0].name}{more}"


def _pairs_across(missing: Sequence[LossPair | TrainOnly], home: Mapping[str, RunFiles | Batch]) -> list[_Across]:
    tasks: list[_Across] = []
    found: list[LossPair | TrainOnly] = []
    homes: list[tuple[RunFiles, ...]] = []
    size = 0
    for one in missing:
        refs = (one.train, one.val, one.test) if isinstance(one, LossPair) else (one.train,)
        places = [home[ref.run] for ref in refs if ref is not None]
        runs = tuple(run for place in places for run in (place.runs if isinstance(place, Batch) else (place,)))
        if found and (len(found) >= BATCH_RUNS or size > BATCH_BYTES):
            tasks.append(_Across(tuple(found), tuple(homes)))
            found, homes, size = [], [], 0
        found.append(one)
        homes.append(runs)
        size += sum(run.bytes for run in runs)
    return [*tasks, _Across(tuple(found), tuple(homes))] if found else tasks


@dataclass(frozen=True, slots=True)
class _JudgeAcross:
    """Judges pairs that are known already."""

    points: int | None

    def __call__(self, task: _Across) -> list[PairReport | TrainOnlyReport]:
        log = open_runs(task.runs)
        log.refresh()
        return [
            _thinned(report_pair(one, log.runs), self.points)
            if isinstance(one, LossPair)
            else _thinned(report_train_only(one, log.runs), self.points)
            for one in task.found
        ]


Report = TypeVar("Report", PairReport, TrainOnlyReport)


def _thinned(report: Report, points: int | None) -> Report:
    return report if points is None else report.thinned(points)


# Curves.


@dataclass(frozen=True, slots=True, eq=False)
class LoggedCurve:
    """One training under one tag.

    Attributes:
        run: name of the run.
        tag: name of the tag.
        training: 0 for the oldest training in the folder, then 1, ...
        series: its points.
    """

    run: str
    tag: str
    training: int
    series: Series


@dataclass(frozen=True, slots=True)
class Selection:
    """Which curves: those whose run and tag match, where a pattern is given."""

    run: re.Pattern[str] | None = None
    tag: re.Pattern[str] | None = None

    def __call__(self, batch: Batch) -> tuple[list[LoggedCurve], tuple[ReadProblem, ...]]:
        """The curves of a batch, and what could not be read there."""
        log = open_runs([files for files in batch.runs if files.metrics or any(map(self._takes_run, files.events))])
        log.refresh()
        curves = [
            LoggedCurve(run.name, tag.name, number, training.series)
            for run in log.runs.values()
            if self._takes_run(run.name)
            for tag in run.tags.values()
            if self.tag is None or self.tag.search(tag.name)
            for number, training in enumerate(tag.trainings)
        ]
        return curves, log.problems

    def _takes_run(self, name: str) -> bool:
        return self.run is None or bool(self.run.search(name))


class CurveStream:
    """The curves of a log, one after another.

    Args:
        roots: run name prefix to folder, metrics file or URL.
        selection: which of them.
        metrics_files: whether to look for metrics files in folders.
        executor: where to read; in this thread if None.
        on_progress: called with each batch that is done.

    Attributes:
        problems: how many things could not be read, as far as the stream has come.
        failed: runs that could not be read at all, a sentence each.
    """

    def __init__(
        self,
        roots: Mapping[str, str],
        selection: Selection,
        *,
        metrics_files: bool,
        executor: Executor | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._selection = selection
        self._executor = executor
        self._on_progress = on_progress
        problems: list[ReadProblem] = []
        self._batches = make_batches(list_runs(roots, problems, metrics_files=metrics_files))
        self.problems = len(problems)
        self.failed: list[str] = []

    def __iter__(self) -> Iterator[LoggedCurve]:
        for batch, outcome in _done_or_apart(self._selection, self._batches, self._executor, self._on_progress):
            if isinstance(outcome, Failed):
                self.failed.append(f"{batch}: {outcome.reason}")
                continue
            curves, problems = outcome
            self.problems += len(problems)
            yield from curves
