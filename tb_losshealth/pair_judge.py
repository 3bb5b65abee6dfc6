"""Runs -> judged pairs: pairing and diagnosis joined, again only for what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tb_losshealth.health.curves.epochs import steps_per_epoch
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.health.diagnosis import diagnose_train
from tb_losshealth.health.labels import Flag, in_order
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Run
from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.pairing.declarations import DeclaredPair, decode_declarations
from tb_losshealth.pairing.pair_finder import PairFinder
from tb_losshealth.pairing.pairs import LossPair, Pairing, TagFacts, TagRef, TrainOnly
from tb_losshealth.pairing.toml_rules import NO_RULES, Rules
from tb_losshealth.reports import PairReport, TrainOnlyReport

EPOCH_TAGS = ("epoch", "train/epoch", "trainer/epoch", "epochs")
"""Under which Lightning, Transformers and most others log the epoch they are in."""


class PairJudge:
    """Pairs the tags of runs and judges the pairs.

    Args:
        rules: a person's rules.

    Attributes:
        pairing: what belongs together, as of the latest update.
        facts: of the tags of each run.
        declared: the pairs that each run declares.
    """

    def __init__(self, rules: Rules = NO_RULES) -> None:
        self._finder = PairFinder(rules)
        self._runs: dict[str, Run] = {}
        self._pairs: dict[LossPair, tuple[_Inputs, PairReport]] = {}
        self._train_only: dict[TrainOnly, tuple[_Inputs, TrainOnlyReport]] = {}
        self._problems: dict[str, list[ReadProblem]] = {}
        self.pairing = Pairing()
        self.facts: dict[str, list[TagFacts]] = {}
        self.declared: dict[str, list[DeclaredPair]] = {}

    @property
    def reports(self) -> Iterable[PairReport]:
        """One report a pair."""
        return (report for _, report in self._pairs.values())

    @property
    def train_only(self) -> Iterable[TrainOnlyReport]:
        """The losses without validation."""
        return (report for _, report in self._train_only.values())

    @property
    def problems(self) -> Iterable[ReadProblem]:
        """The declarations that could not be understood."""
        return (problem for problems in self._problems.values() for problem in problems)

    def use(self, rules: Rules) -> None:
        """Pairs all runs anew, by other rules, at the next update."""
        self._finder = PairFinder(rules)
        self._runs = {}

    def update(self, runs: Mapping[str, Run]) -> bool:
        """Pairs and judges what is not as it was.

        Args:
            runs: every run of the log by name.

        Returns:
            Whether there was anything to do.
        """
        changed = [name for name, run in runs.items() if self._runs.get(name) is not run]
        removed = self._runs.keys() - runs.keys()
        if not changed and not removed:
            return False
        for name in removed:
            self.facts.pop(name, None)
            self.declared.pop(name, None)
            self._problems.pop(name, None)
        for name in changed:
            self.facts[name] = _facts_of(runs[name])
            self.declared[name], self._problems[name] = _declarations_of(runs[name])
        self._runs = dict(runs)
        self.pairing = self._finder.update({name: self.facts[name] for name in changed}, removed, self.declared)
        self._pairs = {pair: self._report(pair) for pair in self.pairing.pairs}
        self._train_only = {loss: self._report_train_only(loss) for loss in self.pairing.train_only}
        return True

    def _report(self, pair: LossPair) -> tuple[_Inputs, PairReport]:
        inputs = _Inputs.of(pair, self._runs)
        known = self._pairs.get(pair)
        return known if known is not None and known[0].same_as(inputs) else (inputs, _report(pair, inputs))

    def _report_train_only(self, loss: TrainOnly) -> tuple[_Inputs, TrainOnlyReport]:
        inputs = _Inputs(_trainings_of(self._runs, loss.train))
        known = self._train_only.get(loss)
        return known if known is not None and known[0].same_as(inputs) else (inputs, _report_train_only(loss, inputs))


def _facts_of(run: Run) -> list[TagFacts]:
    """What pairing needs to know; a tag whose points were all purged is none."""
    latest = (TagFacts.latest(run.name, tag.name, tag.trainings) for tag in run.tags.values())
    return [facts for facts in latest if facts is not None]


def report_pair(pair: LossPair, runs: Mapping[str, Run]) -> PairReport:
    """Judges two tags as a pair, whether or not pairing would put them together.

    Args:
        pair: the tags; both hold points.
        runs: by name.

    Raises:
        KeyError: if a run or tag is not there.
    """
    return _report(pair, _Inputs.of(pair, runs))


def report_train_only(loss: TrainOnly, runs: Mapping[str, Run]) -> TrainOnlyReport:
    """Judges a loss without validation.

    Args:
        loss: the tag; it holds points.
        runs: by name.

    Raises:
        KeyError: if the run or tag is not there.
    """
    return _report_train_only(loss, _Inputs(_trainings_of(runs, loss.train)))


def _declarations_of(run: Run) -> tuple[list[DeclaredPair], list[ReadProblem]]:
    declared: list[DeclaredPair] = []
    problems = []
    for payload in run.declarations:
        try:
            declared += decode_declarations(run.name, payload)
        except ValueError as error:
            problems.append(ReadProblem(run.name, None, f"ignored a declaration of pairs: {error}"))
    return declared, problems


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    """What a report was made from. A tag's trainings are one cached object until its data change."""

    train: Sequence[TagTraining]
    val: Sequence[TagTraining] = ()
    test: Sequence[TagTraining] = ()
    epochs: Sequence[TagTraining] = ()

    @classmethod
    def of(cls, pair: LossPair, runs: Mapping[str, Run]) -> _Inputs:
        tags = runs[pair.train.run].tags
        epochs = next((tags[name].trainings for name in EPOCH_TAGS if name in tags), ())
        train, val, test = (_trainings_of(runs, ref) for ref in (pair.train, pair.val, pair.test))
        return cls(train, val, test, epochs)

    def same_as(self, other: _Inputs) -> bool:
        same_pair = self.train is other.train and self.val is other.val and self.test is other.test
        return same_pair and self.epochs is other.epochs


def _trainings_of(runs: Mapping[str, Run], ref: TagRef | None) -> Sequence[TagTraining]:
    return runs[ref.run].tags[ref.tag].trainings if ref else ()


def _report(pair: LossPair, inputs: _Inputs) -> PairReport:
    found = tuple(match_trainings(inputs.train, inputs.val))
    diagnosis = diagnose_pair(pair, found[-1], of=len(found))
    one_axis = Flag.STEPS_DISJOINT not in diagnosis.flags
    return PairReport.of(
        pair,
        diagnosis,
        found,
        test=inputs.test[-1].series if inputs.test else None,
        steps_per_epoch=steps_per_epoch(inputs.epochs[-1].series) if inputs.epochs and one_axis else None,
    )


def _report_train_only(loss: TrainOnly, inputs: _Inputs) -> TrainOnlyReport:
    latest = inputs.train[-1]
    diagnosis = diagnose_train(latest.series, mode=loss.mode)
    if len(latest.incomplete_at):
        diagnosis = replace(diagnosis, flags=in_order({*diagnosis.flags, Flag.NON_FINITE}))
    return TrainOnlyReport.of(loss, diagnosis, latest.series)
