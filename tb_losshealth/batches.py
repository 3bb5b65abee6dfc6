"""A log read in batches of runs, here or on other processes: a few batches are in memory at a time.

The batches know nothing of pairing. Each judges the pairs that lie within it. Then one pairing of all runs decides, by
what the batches report of their tags, and pairs that span batches are judged after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias, TypeVar

from tb_losshealth.health.curves.series import Series
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress, Run
from tb_losshealth.logs.run_files import RunFiles, list_runs, open_runs
from tb_losshealth.pair_judge import PairJudge, report_pair, report_train_only
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

OnProgress: TypeAlias = Callable[[Progress], None]
Reports: TypeAlias = dict[LossPair | TrainOnly, PairReport | TrainOnlyReport]
Report = TypeVar("Report", PairReport, TrainOnlyReport)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Runs to be read together, in order of their names.

    Attributes:
        runs: their files.
        pairs: the pairs, and losses without validation, to judge; empty for those that lie within the runs.
    """

    runs: tuple[RunFiles, ...]
    pairs: tuple[LossPair | TrainOnly, ...] = ()

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
        end, size = start + 1, runs[start].bytes
        while end < len(runs) and size + runs[end].bytes <= BATCH_BYTES and end - start < BATCH_RUNS:
            size += runs[end].bytes
            end += 1
        if end < len(runs):
            half = start + max((end - start) // 2, 1)
            end = min(range(half, end + 1), key=lambda at: (_shared_folders(runs[at - 1].name, runs[at].name), -at))
        batches.append(Batch(tuple(runs[start:end])))
        start = end
    return batches


def _shared_folders(one: str, other: str) -> int:
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def for_each_batch(
    function: Callable[[Batch], Result], batches: Sequence[Batch], executor: Executor | None, on_progress: OnProgress
) -> Iterator[tuple[Batch, Result | Failed]]:
    """The result of every batch; where one fails, its runs are read again one by one, so that only those are lost."""
    files, size = (sum(getattr(run, what) for batch in batches for run in batch.runs) for what in ("files", "bytes"))
    files_done = size_done = 0
    for batch, outcome in zip(batches, map_in_order(function, batches, executor), strict=True):
        if isinstance(outcome, Failed) and len(batch.runs) > 1 and not batch.pairs:
            parts = [Batch((run,)) for run in batch.runs]
            yield from zip(parts, map_in_order(function, parts, executor), strict=True)
        else:
            yield batch, outcome
        files_done += sum(run.files for run in batch.runs)
        size_done += sum(run.bytes for run in batch.runs)
        on_progress(Progress(files_done, files, size_done, size))


# Judging.


@dataclass(slots=True)
class Judged:
    """What comes of some batches.

    Attributes:
        reports: of pairs, and of losses without validation.
        facts: of the tags of each run.
        declared: the pairs that each run declares.
        read_problems: what could not be listed or read.
        declaration_problems: declarations that could not be understood.
        runs: how many were looked at.
        tags: how many scalar tags.
        failed: runs that could not be judged at all, a sentence each.
        pairing: what belongs together, once all batches are in.
    """

    reports: Reports = field(default_factory=dict)
    facts: dict[str, list[TagFacts]] = field(default_factory=dict)
    declared: dict[str, list[DeclaredPair]] = field(default_factory=dict)
    read_problems: list[ReadProblem] = field(default_factory=list)
    declaration_problems: list[ReadProblem] = field(default_factory=list)
    runs: int = 0
    tags: int = 0
    failed: list[str] = field(default_factory=list)
    pairing: Pairing = field(default_factory=Pairing)

    def add(self, batch: Batch, outcome: Judged | Failed) -> None:
        """Takes in what comes of a batch."""
        if isinstance(outcome, Failed):
            self.failed.append(f"{batch}: {outcome.reason}")
            self.runs += 0 if batch.pairs else len(batch.runs)
            return
        self.reports |= outcome.reports
        self.facts |= outcome.facts
        self.declared |= outcome.declared
        self.read_problems += outcome.read_problems
        self.declaration_problems += outcome.declaration_problems
        self.runs += outcome.runs
        self.tags += outcome.tags


@dataclass(frozen=True, slots=True)
class _JudgeBatch:
    """Judges a batch; its reports keep at most `points` points of each curve, or everything if None."""

    rules: Rules
    points: int | None

    def __call__(self, batch: Batch) -> Judged:
        log = open_runs(batch.runs)
        log.refresh()
        if batch.pairs:
            return Judged({pair: self._judge(pair, log.runs) for pair in batch.pairs})
        judge = PairJudge(self.rules)
        judge.update(log.runs)
        return Judged(
            reports={
                **{report.pair: self._thinned(report) for report in judge.reports},
                **{report.loss: self._thinned(report) for report in judge.train_only},
            },
            facts=judge.facts,
            declared={name: declared for name, declared in judge.declared.items() if declared},
            read_problems=list(log.problems),
            declaration_problems=list(judge.problems),
            runs=len(log.runs),
            tags=sum(len(run.tags) for run in log.runs.values()),
        )

    def _judge(self, pair: LossPair | TrainOnly, runs: Mapping[str, Run]) -> PairReport | TrainOnlyReport:
        if isinstance(pair, LossPair):
            return self._thinned(report_pair(pair, runs))
        return self._thinned(report_train_only(pair, runs))

    def _thinned(self, report: Report) -> Report:
        return report if self.points is None else report.thinned(self.points)


def judge_in_batches(
    roots: Mapping[str, str],
    *,
    metrics_files: bool,
    rules: Rules,
    executor: Executor | None,
    points: int | None,
    on_progress: OnProgress,
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
    judged = Judged()
    batches = make_batches(list_runs(roots, judged.read_problems, metrics_files=metrics_files))
    judge = _JudgeBatch(rules, points)
    home: dict[str, tuple[RunFiles, ...]] = {}
    for batch, outcome in for_each_batch(judge, batches, executor, on_progress):
        judged.add(batch, outcome)
        if isinstance(outcome, Judged):
            files = {run.name: (run,) for run in batch.runs}
            home |= {name: files.get(name, batch.runs) for name in outcome.facts}
    judged.pairing = PairFinder(rules).update(judged.facts, (), judged.declared)
    found: list[LossPair | TrainOnly] = [*judged.pairing.pairs, *judged.pairing.train_only]
    across = _across([pair for pair in found if pair not in judged.reports], home)
    for batch, outcome in for_each_batch(judge, across, executor, lambda progress: None):
        judged.add(batch, outcome)
    judged.reports = {pair: judged.reports[pair] for pair in found if pair in judged.reports}
    return judged


def _across(missing: Iterable[LossPair | TrainOnly], home: Mapping[str, tuple[RunFiles, ...]]) -> list[Batch]:
    """Batches for pairs that span batches: one for all that lie in the same runs."""
    batches: dict[tuple[str, ...], Batch] = {}
    for pair in missing:
        refs = (pair.train, pair.val, pair.test) if isinstance(pair, LossPair) else (pair.train,)
        runs = {run.name: run for ref in refs if ref is not None for run in home[ref.run]}
        known = batches.get(tuple(runs), Batch(tuple(runs.values())))
        batches[tuple(runs)] = Batch(known.runs, (*known.pairs, pair))
    return list(batches.values())


# Curves.


class LoggedCurve(NamedTuple):
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

    def __call__(self, batch: Batch) -> tuple[list[LoggedCurve], int]:
        """The curves of a batch, and how many things could not be read there."""
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
        return curves, len(log.problems)

    def _takes_run(self, name: str) -> bool:
        return self.run is None or bool(self.run.search(name))


@dataclass(slots=True)
class CurveStream:
    """The curves of a log, one after another.

    Attributes:
        batches: what to read.
        selection: which curves.
        executor: where to read; in this thread if None.
        on_progress: called with each batch that is done.
        problems: how many things could not be read, as far as the stream has come.
        failed: runs that could not be read at all, a sentence each.
    """

    batches: Sequence[Batch]
    selection: Selection
    executor: Executor | None
    on_progress: OnProgress
    problems: int = 0
    failed: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[LoggedCurve]:
        for batch, outcome in for_each_batch(self.selection, self.batches, self.executor, self.on_progress):
            if isinstance(outcome, Failed):
                self.failed.append(f"{batch}: {outcome.reason}")
                continue
            curves, problems = outcome
            self.problems += problems
            yield from curves
