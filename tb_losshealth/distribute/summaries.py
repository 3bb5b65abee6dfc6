"""The judgement of many runs as rows: made batch by batch, merged worst first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

import numpy as np

from tb_losshealth.distribute.batches import Batch, make_batches
from tb_losshealth.distribute.discover import find_runs, open_runs
from tb_losshealth.distribute.groups import tied_by_rules
from tb_losshealth.distribute.outcomes import Executor, Failed, Here
from tb_losshealth.distribute.work import for_each_batch
from tb_losshealth.logs.open_log import LogSource
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.pairing.declarations import decode_declarations
from tb_losshealth.pairing.toml_file import FILE_NAME
from tb_losshealth.present.api_types import ReportRow
from tb_losshealth.present.overview import MAX_LISTED
from tb_losshealth.present.rows import pair_row, spark, train_only_row, unpaired_row
from tb_losshealth.present.text import headline
from tb_losshealth.reports import PairReport, ScanResult, worst_first
from tb_losshealth.scanner import Scanner

Json = Mapping[str, Any]


@dataclass(slots=True)
class Listed:
    """Some of many: how many there are, and the first of them."""

    total: int = 0
    first: list[Json] = field(default_factory=list)

    def add(self, items: Iterable[Json], total: int | None = None) -> None:
        """Takes items; `total` where they stand for more."""
        found = list(items)
        self.total += len(found) if total is None else total
        self.first += found[: MAX_LISTED - len(self.first)]


@dataclass(slots=True)
class Summary:
    """What was found, without the curves.

    Attributes:
        pairs: for each its rank (worst first is least) and its row (`present.rows.pair_row`; with "spark" if
            asked for).
        train_only: losses without validation.
        unpaired: tags in no pair.
        problems: what is odd about files and rules.
        unread: those of them by which something that was logged, or a rule, does not count.
        failed: runs that could not be judged at all, a sentence each.
        runs: how many were looked at.
        tags: how many scalar tags.
    """

    pairs: list[tuple[tuple[Any, ...], ReportRow]] = field(default_factory=list)
    train_only: list[Json] = field(default_factory=list)
    unpaired: Listed = field(default_factory=Listed)
    problems: Listed = field(default_factory=Listed)
    unread: Listed = field(default_factory=Listed)
    failed: list[str] = field(default_factory=list)
    runs: int = 0
    tags: int = 0

    @property
    def rows(self) -> list[ReportRow]:
        """The rows of the pairs, worst first once merged."""
        return [row for _, row in self.pairs]

    @property
    def headline(self) -> str:
        """How many pairs of which verdict."""
        return headline((row["verdict"] for row in self.rows), self.runs)

    def add(self, other: Summary) -> None:
        """Takes in another one; `sort` when all are in."""
        self.pairs += other.pairs
        self.train_only += other.train_only
        self.unpaired.add(other.unpaired.first, other.unpaired.total)
        self.problems.add(other.problems.first, other.problems.total)
        self.unread.add(other.unread.first, other.unread.total)
        self.failed += other.failed
        self.runs += other.runs
        self.tags += other.tags

    def add_problems(self, problems: Sequence[ReadProblem]) -> None:
        """Takes in what could not be read."""
        unread = [problem for problem in problems if not problem.harmless]
        for listed, found in ((self.problems, problems), (self.unread, unread)):
            listed.add((asdict(problem) for problem in found[:MAX_LISTED]), len(found))

    def sort(self) -> None:
        """Puts pairs worst first, and losses without validation in order of their names."""
        self.pairs.sort(key=lambda ranked: ranked[0])
        self.train_only.sort(key=lambda row: (row["run"], row["name"]))


def summary_of(result: ScanResult, *, sparks: bool = False) -> Summary:
    """The summary of a scan; `sparks` adds both curves in few points to each row, as arrays, which are small."""
    summary = Summary(runs=result.runs, tags=result.tags)
    summary.pairs = [
        (worst_first(report), cast(ReportRow, {**pair_row(report), **_spark(report, sparks)})) for report in result
    ]
    summary.train_only = [train_only_row(report) for report in result.train_only]
    summary.unpaired.add(
        (unpaired_row(tag) for tag in result.unpaired[:MAX_LISTED]),
        len(result.unpaired),
    )
    summary.add_problems(result.problems)
    return summary


def _spark(report: PairReport, wanted: bool) -> Json:
    if not wanted:
        return {}
    return {"spark": {split: np.array(points, dtype=np.float64) for split, points in spark(report).items()}}


@dataclass(frozen=True, slots=True)
class _Judged:
    """What comes of a batch.

    Attributes:
        summary: the rows.
        wanted: runs that declarations name but the batch lacks.
        of_config: what is wrong with the losshealth.toml, as far as this batch tells; None where it failed.
    """

    summary: Summary
    wanted: tuple[str, ...] = ()
    of_config: tuple[ReadProblem, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges a batch; `config` is a losshealth.toml that every process can read."""

    config: str | None
    sparks: bool

    def __call__(self, batch: Batch) -> _Judged:
        source = open_runs(batch.runs)
        result = Scanner("", config=self.config, source=source).refresh()
        of_config = tuple(problem for problem in result.problems if problem.path == self.config)
        others = tuple(problem for problem in result.problems if problem.path != self.config)
        return _Judged(summary_of(replace(result, problems=others), sparks=self.sparks), _wanted(source), of_config)


def _wanted(source: LogSource) -> tuple[str, ...]:
    wanted = set()
    for name, run in source.runs.items():
        for payload in run.declarations:
            try:
                declared = decode_declarations(name, payload)
            except ValueError:
                continue  # the scan has said so
            wanted |= {ref.run for pair in declared for ref in (pair.train, pair.val, pair.test) if ref}
    return tuple(sorted(wanted - source.runs.keys()))


def summarise(
    roots: Mapping[str, str],
    *,
    executor: Executor | None = None,
    metrics: bool = True,
    config: str | None = None,
    sparks: bool = False,
    on_batch: Callable[[Batch, int], None] | None = None,
) -> Summary:
    """Judges every pair of a log, batch by batch: memory is needed for the rows and a few batches at a time.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `find_roots` gives.
        executor: where to work; this process if None.
        metrics: whether to read metrics files.
        config: a losshealth.toml with a person's word on pairs; without it, the one in a single local root counts.
        sparks: whether rows hold both curves in few points.
        on_batch: called with each batch that is done and the number of bytes that all of them hold.
    """
    problems: list[ReadProblem] = []
    runs = find_runs(roots, problems, metrics=metrics)
    config = config or config_in(roots)
    batches = make_batches(runs, tied_by_rules(config, [run.name for run in runs]))
    work = _Work(_Judge(config, sparks), executor or Here())
    judged = work.done(batches, on_batch)
    work.again_where_declarations_reach_out(judged)
    merged = Summary()
    for outcome in judged.values():
        merged.add(outcome.summary)
    merged.add_problems((*problems, *_config_problems(judged.values())))
    merged.sort()
    return merged


def config_in(roots: Mapping[str, str]) -> str | None:
    """The losshealth.toml of a log that has a single local root."""
    path = os.path.join(roots.get("", ""), FILE_NAME)
    return path if "" in roots and "://" not in path and os.path.isfile(path) else None


def _config_problems(outcomes: Iterable[_Judged]) -> list[ReadProblem]:
    """What is wrong with the losshealth.toml: a rule that matches nothing in one batch may match in another."""
    told = [outcome.of_config for outcome in outcomes if outcome.of_config is not None]
    return [problem for problem in told[0] if all(problem in other for other in told)] if told else []


@dataclass(frozen=True, slots=True)
class _Work:
    """The judging of batches."""

    judge: _Judge
    executor: Executor

    def done(self, batches: Sequence[Batch], on_batch: Callable[[Batch, int], None] | None) -> dict[Batch, _Judged]:
        """What comes of every batch."""
        total = sum(batch.bytes for batch in batches)
        judged = {}
        for batch, outcome in for_each_batch(self.judge, batches, self.executor):
            judged[batch] = _failed(batch, outcome) if isinstance(outcome, Failed) else outcome
            if on_batch:
                on_batch(batch, total)
        return judged

    def again_where_declarations_reach_out(self, judged: dict[Batch, _Judged]) -> None:
        """A declared pair may name any run: batches that one ties together are judged as one."""
        home = {run.name: batch for batch in judged for run in batch.runs}
        ties = [
            [batch.runs[0].name, *wanted]
            for batch, outcome in judged.items()
            if (wanted := [run for run in outcome.wanted if run in home])
        ]
        touched = {home[name] for names in ties for name in names}
        known = [run for batch in touched for run in batch.runs]
        together = [*ties, *([run.name for run in batch.runs] for batch in touched)]
        for batch in touched:
            del judged[batch]
        judged.update(self.done(make_batches(known, together), None))


def _failed(batch: Batch, failure: Failed) -> _Judged:
    return _Judged(Summary(failed=[f"{batch}: {failure.reason}"], runs=len(batch.runs)))
