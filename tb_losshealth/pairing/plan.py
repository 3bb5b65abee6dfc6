"""What names alone propose for a family of runs: for every metric the candidates for its pair, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.labels import Flag
from tb_losshealth.pairing.families import Role
from tb_losshealth.pairing.tag_names import Interval, Kind, Name
from tb_losshealth.pairing.vocabulary import Split


class Match(IntEnum):
    """How the names of a train and a validation tag agree, best first; each with its explanation."""

    explanation: str

    def __new__(cls, value: int, explanation: str) -> Match:
        """Makes a member of its rank and explanation."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    EXACT = 0, "the names differ only in the split"
    SAME = 1, "both names give the same metric"
    UNMARKED = 2, "the unmarked tag is train, since the same metric is marked as validation there"
    EXTENT = 3, "both names give the same metric, one of them in total"
    ORDINAL = 4, "both names give the same metric behind a number"
    SET = 5, "the same metric on a validation set that the name gives"
    FOLDER = 6, "the same metric except for a folder"
    ALIAS = 7, "two names of one loss"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of the family.

    Attributes:
        at: its place in the list of the family's tags.
        home: number of the run it belongs to.
        name: the tag, read.
        role: what the run is in its family.
        split: the split, by the tag or else by the run.
        metric: the words that name the metric.
        interval: per epoch or per step, by the tag or else by the run.
    """

    at: int
    home: int
    name: Name
    role: Role
    split: Split | None
    metric: frozenset[str]
    interval: Interval


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two tags that may be the pair of a proposal.

    Attributes:
        train: place of the train tag.
        val: place of the validation tag.
        rank: lower is better, as far as names go.
        match: how the names agree.
        flags: what is unusual.
        epoch_train: whether the train tag is named per epoch, so that its one point may be the whole curve.
        may_repeat: whether the validation set was guessed, so that the tag may be another name of the same curve.
    """

    train: int
    val: int
    rank: tuple[int, ...]
    match: Match
    flags: tuple[Flag, ...]
    epoch_train: bool
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One metric on one validation set: at most one pair comes of it.

    Attributes:
        label: the metric as a person calls it; empty if the names hold nothing but the split.
        valset: the validation set, where there are several.
        kind: what sort of metric.
        mode: which way is better; None where the values must show it.
        candidates: best first.
        tests: for each train tag, test tags of the metric, best first.
        test_as_val: whether the validation tag is of a test split, because there is no validation split.
    """

    label: str
    valset: str
    kind: Kind
    mode: Mode | None
    candidates: tuple[Candidate, ...]
    tests: dict[int, tuple[int, ...]]
    test_as_val: bool


class TrainOnlyCandidate(NamedTuple):
    """A train loss, to be reported if it has no validation.

    Attributes:
        at: place of the tag.
        label: the metric as a person calls it.
        metric: the words that name the metric, without those that mark copies of one curve.
    """

    at: int
    label: str
    metric: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What names alone propose for a family's tags.

    Attributes:
        proposals: losses first.
        train_only: train losses, in case no pair uses them.
        reasons: for every tag: why it is in no pair, if it is in none.
        interest: for every tag: 0 for one half of a pair, 1 for a metric, 2 for anything else.
    """

    proposals: tuple[Proposal, ...]
    train_only: tuple[TrainOnlyCandidate, ...]
    reasons: tuple[str, ...]
    interest: tuple[int, ...]
