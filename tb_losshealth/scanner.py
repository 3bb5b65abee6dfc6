"""From a logdir to judged pairs: events and health joined. The one thing that plugin and CLI share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tb_losshealth.health.answer.flags import Flag, in_order
from tb_losshealth.health.curves.epochs import steps_per_epoch
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.health.diagnosis import diagnose_train
from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.open_log import RunSource, find_roots, open_log
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress, Run
from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.pairing.declarations import DeclaredPair, decode_declarations
from tb_losshealth.pairing.pair_finder import LossPair, PairFinder, TagFacts, TagRef, TrainOnly
from tb_losshealth.pairing.problems import RuleProblem
from tb_losshealth.pairing.toml_file import FILE_NAME, RulesFile
from tb_losshealth.reports import (
    EMPTY_RESULT,
    WORST_FIRST,
    PairReport,
    ScanResult,
    TrainOnlyReport,
    worst_first,
)

__all__ = [
    "EMPTY_RESULT",
    "WORST_FIRST",
    "PairReport",
    "ScanResult",
    "Scanner",
    "TrainOnlyReport",
    "report_pair",
    "scan",
    "worst_first",
]

# Under which Lightning, Transformers and most others log the epoch they are in.
EPOCH_TAGS = ("epoch", "train/epoch", "trainer/epoch", "epochs")

# Often enough to see a large log arrive, seldom enough to cost little of its reading.
PARTIAL_RESULT_S = 1.0


def scan(
    logdir: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    config: str | os.PathLike[str] | None = None,
    metrics_files: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> ScanResult:
    """Read a logdir, pair its scalars and judge each pair.

    Args:
        logdir: a folder of runs as `tensorboard --logdir` takes it, a metrics file (CSV, JSON lines, the state of
            Hugging Face's Trainer), a glob, an fsspec URL, or several of these.
        config: a losshealth.toml with a person's word on pairs; without it, the one in a local `logdir` counts.
        metrics_files: whether to look for metrics files in folders too, beside event files.
        on_progress: called now and then while files are read.

    Returns:
        One report a pair, worst first. What could not be read is in its `problems`.

    Raises:
        FileNotFoundError: if nothing is there.
        ValueError: if it is one event file, not its folder.
    """
    roots = find_roots([os.fspath(one) for one in ([logdir] if isinstance(logdir, (str, os.PathLike)) else logdir)])
    source = open_log(roots, metrics=metrics_files or any(os.path.isfile(root) for root in roots.values()))
    scanner = Scanner(roots.get("", ""), config=os.fspath(config) if config is not None else None, source=source)
    return scanner.refresh(on_progress)


class Scanner:
    """Follows a logdir: each refresh reads what was appended and judges again what changed.

    One thread may refresh at a time; results are immutable and may be shared.

    Args:
        root: a folder or an fsspec URL; ignored where `spec` is given.
        spec: run name prefix to folder, as `tensorboard --logdir_spec`.
        config: a losshealth.toml; without it, the one in a local `root` counts.
        source: the runs to follow, where they are not just the event files below `root` or `spec`.
    """

    def __init__(
        self,
        root: str,
        *,
        spec: Mapping[str, str] | None = None,
        config: str | None = None,
        source: RunSource | None = None,
    ) -> None:
        self._log: RunSource = source or Logdir(root, spec=spec)
        in_logdir = os.path.join(root, FILE_NAME) if root and not spec and "://" not in root else None
        self._rules_file = RulesFile(config or in_logdir, must_exist=config is not None)
        self._seen: dict[str, Run] = {}
        self._finder = PairFinder()
        self._declared: dict[str, list[DeclaredPair]] = {}
        self._declaration_problems: dict[str, list[ReadProblem]] = {}
        self._pairs: dict[LossPair, tuple[_Inputs, PairReport]] = {}
        self._train_only: dict[TrainOnly, tuple[_Inputs, TrainOnlyReport]] = {}
        self._unused_rules: tuple[ReadProblem, ...] = ()
        self._result: ScanResult | None = None

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
            self._finder = PairFinder(self._rules_file.rules)
            self._seen = {}
        self._log.refresh(show)
        return self._catch_up()

    def _catch_up(self) -> ScanResult:
        """Judge what the log holds by now and was not judged yet."""
        runs = self._log.runs
        changed = frozenset(name for name, run in runs.items() if self._seen.get(name) is not run)
        removed = frozenset(self._seen.keys() - runs.keys())
        self._seen = dict(runs)
        problems = self._all_problems()
        if self._result is not None and not changed and not removed:
            if problems != self._result.problems:
                self._result = replace(self._result, problems=problems)
            return self._result
        for name in removed:
            self._declared.pop(name, None)
            self._declaration_problems.pop(name, None)
        for name in changed:
            self._read_declarations(runs[name])
        self._result = self._judge_all(changed, removed)
        return self._result

    def _judge_all(self, changed: frozenset[str], removed: frozenset[str]) -> ScanResult:
        runs = self._seen
        pairing = self._finder.update({name: _facts(runs[name]) for name in changed}, removed, self._declared)
        self._unused_rules = tuple(rule_problem(problem, harmless=True) for problem in pairing.problems)
        self._pairs = {pair: self._report(pair) for pair in pairing.pairs}
        self._train_only = {loss: self._report_train_only(loss) for loss in pairing.train_only}
        return ScanResult(
            reports=tuple(sorted((report for _, report in self._pairs.values()), key=worst_first)),
            train_only=tuple(report for _, report in self._train_only.values()),
            unpaired=pairing.unpaired,
            problems=self._all_problems(),
            logged=runs,
        )

    def _report(self, pair: LossPair) -> tuple[_Inputs, PairReport]:
        inputs = _Inputs.of(pair, self._seen)
        known = self._pairs.get(pair)
        if known is not None and known[0].same_as(inputs):
            return known
        return inputs, _report(pair, inputs)

    def _report_train_only(self, loss: TrainOnly) -> tuple[_Inputs, TrainOnlyReport]:
        inputs = _Inputs(_trainings_of(self._seen, loss.train), (), ())
        known = self._train_only.get(loss)
        if known is not None and known[0].same_as(inputs):
            return known
        latest = inputs.train[-1]
        diagnosis = diagnose_train(latest.series, mode=loss.mode)
        if len(latest.incomplete_at):
            diagnosis = replace(diagnosis, flags=in_order({*diagnosis.flags, Flag.NON_FINITE}))
        return inputs, TrainOnlyReport(loss, diagnosis, latest.series)

    def _read_declarations(self, run: Run) -> None:
        declared, problems = [], []
        for payload in run.declarations:
            try:
                declared += decode_declarations(run.name, payload)
            except ValueError as error:
                problems.append(ReadProblem(run.name, None, f"ignored a declaration of pairs: {error}"))
        self._declared[run.name] = declared
        self._declaration_problems[run.name] = problems

    def _all_problems(self) -> tuple[ReadProblem, ...]:
        declared = (problem for problems in self._declaration_problems.values() for problem in problems)
        mistakes = map(rule_problem, self._rules_file.problems)
        return (*mistakes, *self._unused_rules, *self._log.problems, *declared)


def rule_problem(problem: RuleProblem, *, harmless: bool = False) -> ReadProblem:
    """What is wrong with a losshealth.toml, among the problems of reading; `harmless` where a rule matches nothing."""
    return ReadProblem(problem.path, None, problem.reason, harmless=harmless)


def report_pair(pair: LossPair, logged: Mapping[str, Run]) -> PairReport:
    """Judge two tags as a pair, whether or not pairing would put them together.

    Args:
        pair: the tags; both hold points.
        logged: runs by name, as in `ScanResult.logged`.

    Raises:
        KeyError: if a run or tag is not there.
    """
    return _report(pair, _Inputs.of(pair, logged))


def _facts(run: Run) -> list[TagFacts]:
    """What pairing needs to know; a tag whose points were all purged is none."""
    latest = (TagFacts.latest(run.name, tag.name, tag.trainings) for tag in run.tags.values())
    return [facts for facts in latest if facts is not None]


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    """What a report was made from. A tag's sessions are one cached object until its data change."""

    train: Sequence[TagTraining]
    val: Sequence[TagTraining]
    test: Sequence[TagTraining]
    epochs: Sequence[TagTraining] = ()

    @classmethod
    def of(cls, pair: LossPair, logged: Mapping[str, Run]) -> _Inputs:
        tags = logged[pair.train.run].tags
        epochs = next((tags[name].trainings for name in EPOCH_TAGS if name in tags), ())
        return cls(
            _trainings_of(logged, pair.train), _trainings_of(logged, pair.val), _trainings_of(logged, pair.test), epochs
        )

    def same_as(self, other: _Inputs) -> bool:
        same_pair = self.train is other.train and self.val is other.val and self.test is other.test
        return same_pair and self.epochs is other.epochs


def _trainings_of(logged: Mapping[str, Run], ref: TagRef | None) -> Sequence[TagTraining]:
    return logged[ref.run].tags[ref.tag].trainings if ref else ()


def _report(pair: LossPair, inputs: _Inputs) -> PairReport:
    found = tuple(match_trainings(inputs.train, inputs.val))
    latest = found[-1]
    diagnosis = diagnose_pair(pair, latest, of=len(found))
    one_axis = Flag.STEPS_DISJOINT not in diagnosis.flags
    return PairReport(
        pair=pair,
        diagnosis=diagnosis,
        train=latest.train,
        val=latest.val,
        test=inputs.test[-1].series if inputs.test else None,
        trainings=found,
        steps_per_epoch=steps_per_epoch(inputs.epochs[-1].series) if inputs.epochs and one_axis else None,
    )
