"""The one door from a place to reports: tab, command line, Python and saved page all come through it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import replace
from functools import cached_property

from tb_losshealth.batches import CurveStream, Selection, judge_in_batches, make_batches
from tb_losshealth.logs.open_log import Log, Place, in_order, open_log, roots_of
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress
from tb_losshealth.logs.run_files import list_runs
from tb_losshealth.pair_judge import PairJudge
from tb_losshealth.pairing.problems import RuleProblem
from tb_losshealth.pairing.toml_file import rules_file_of
from tb_losshealth.reports import PairReport, ScanResult, TrainOnlyReport, sorted_worst_first

PARTIAL_RESULT_S = 1.0
"""Seconds between partial results: often enough to see a large log arrive, seldom enough to cost little."""


class Scanner:
    """Finds and judges the pairs of a log.

    `refresh` follows it: each call reads what was appended and judges again what changed. One thread may refresh at a
    time; results are immutable and may be shared. `judge_in_batches` and `curves` read it once and need memory for a
    few runs at a time.

    Args:
        place: folder, metrics file, glob, fsspec URL, several of these; or folders by the prefix of their runs' names.
        config: a losshealth.toml; without it, the one in a single local folder counts.
        metrics_files: whether to look for metrics files in folders too; one that was named itself is always read.
        must_exist: False where a folder may appear later.

    Raises:
        FileNotFoundError: if nothing is there.
        ValueError: if the place is one event file, not its folder.
    """

    def __init__(
        self, place: Place, *, config: str | None = None, metrics_files: bool = True, must_exist: bool = True
    ) -> None:
        self._roots = roots_of(place, must_exist=must_exist)
        self._metrics_files = metrics_files
        self._rules_file = rules_file_of(self._roots, config)
        self._rules_file.reread()
        self._result: ScanResult | None = None

    @cached_property
    def _log(self) -> Log:
        return open_log(self._roots, metrics_files=self._metrics_files)

    @cached_property
    def _judge(self) -> PairJudge:
        return PairJudge(self._rules_file.rules)

    @property
    def rule_problems(self) -> tuple[ReadProblem, ...]:
        """What is wrong with the losshealth.toml."""
        return tuple(map(_rule_problem, self._rules_file.problems))

    def refresh(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        on_result: Callable[[ScanResult], None] | None = None,
    ) -> ScanResult:
        """Read on and judge again what changed.

        Args:
            on_progress: called now and then while files are read.
            on_result: called while a long refresh is under way, with what is ready.

        Returns:
            The reports; the same object as before if nothing changed.
        """
        shown_at = time.monotonic()

        def show(progress: Progress) -> None:
            nonlocal shown_at
            if on_progress is not None:
                on_progress(progress)
            if on_result is not None and time.monotonic() - shown_at > PARTIAL_RESULT_S:
                on_result(self._catch_up())
                shown_at = time.monotonic()

        if self._rules_file.reread():
            self._judge.use(self._rules_file.rules)
        self._log.refresh(show)
        return self._catch_up()

    def judge_in_batches(
        self,
        executor: Executor | None = None,
        *,
        points: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> ScanResult:
        """Reads and judges everything once, a few runs at a time. `logged` of the result is empty.

        Args:
            executor: where to work, such as a `ProcessPoolExecutor` or that of a Dask client; this thread if None.
            points: the most points that a curve keeps, without earlier trainings; None: reports are whole.
            on_progress: called with each batch of runs that is done.

        Raises:
            WorkersUnavailable: the executor cannot be used.
        """
        judged = judge_in_batches(
            self._roots,
            metrics_files=self._metrics_files,
            rules=self._rules_file.rules,
            executor=executor,
            points=points,
            on_progress=on_progress or _ignore,
        )
        reports = judged.reports.values()
        return ScanResult(
            reports=sorted_worst_first(report for report in reports if isinstance(report, PairReport)),
            train_only=tuple(report for report in reports if isinstance(report, TrainOnlyReport)),
            unpaired=judged.pairing.unpaired,
            problems=self._problems(judged.pairing.problems, judged.read_problems, judged.declaration_problems),
            runs=judged.runs,
            tags=judged.tags,
            failed=tuple(judged.failed),
        )

    def curves(
        self,
        selection: Selection,
        executor: Executor | None = None,
        *,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> CurveStream:
        """Every curve that was logged, whether or not it is part of a pair; a few runs are in memory at a time.

        Args:
            selection: which runs and tags.
            executor: where to read; this thread if None.
            on_progress: called with each batch of runs that is done.
        """
        problems: list[ReadProblem] = []
        batches = make_batches(list_runs(self._roots, problems, metrics_files=self._metrics_files))
        return CurveStream(batches, selection, executor, on_progress or _ignore, len(problems))

    def _catch_up(self) -> ScanResult:
        """Judges what the log holds by now and was not judged yet."""
        runs = self._log.runs
        judge = self._judge
        updated = judge.update(runs)
        problems = self._problems(judge.pairing.problems, self._log.problems, judge.problems)
        if self._result is None or updated:
            self._result = ScanResult(
                reports=sorted_worst_first(judge.reports),
                train_only=tuple(judge.train_only),
                unpaired=judge.pairing.unpaired,
                problems=problems,
                runs=len(runs),
                tags=sum(len(run.tags) for run in runs.values()),
                logged=runs,
            )
        elif problems != self._result.problems:
            self._result = replace(self._result, problems=problems)
        return self._result

    def _problems(
        self, unused: Iterable[RuleProblem], read: Iterable[ReadProblem], declared: Iterable[ReadProblem]
    ) -> tuple[ReadProblem, ...]:
        unused_rules = (_rule_problem(problem, harmless=True) for problem in unused)
        return (*self.rule_problems, *unused_rules, *in_order(read), *in_order(declared))


def _ignore(progress: Progress) -> None:
    """The default callback: it ignores progress."""


def _rule_problem(problem: RuleProblem, *, harmless: bool = False) -> ReadProblem:
    """What is wrong with a losshealth.toml, among the problems of reading; `harmless` where a rule matches nothing."""
    return ReadProblem(problem.path, None, problem.reason, harmless=harmless)
