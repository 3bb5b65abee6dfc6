"""What names alone say about the pairs of a family of runs: for every metric the ways to pair, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tb_losshealth.pairing.families import Role
from tb_losshealth.pairing.pairs import Mode
from tb_losshealth.pairing.tag_names import Grain, Kind, Name
from tb_losshealth.pairing.vocabulary import Split


class Match(IntEnum):
    """How the names of a train and a validation tag agree, best first; each with the words that explain it."""

    explanation: str

    def __new__(cls, value: int, explanation: str) -> Match:
        """Makes a member of its rank and explanation."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    EXACT = 0, "the names differ in the split alone"
    SAME = 1, "both names say the same metric"
    UNMARKED = 2, "the unmarked tag is train, since the same metric is there marked as validation"
    EXTENT = 3, "both names say the same metric, one of them in total"
    ORDINAL = 4, "both names say the same metric behind a number"
    SET = 5, "the same metric on a validation set that the name tells"
    FOLDER = 6, "the same metric but for a folder"
    ALIAS = 7, "two names of one loss"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of the family.

    Attributes:
        at: its place in the list of the family's tags.
        home: number of the run it belongs to.
        name: what its name says.
        role: what its run says.
        split: the split, by the tag or else by the run.
        metric: the words that say which metric it is.
        grain: per epoch or per step, by the tag or else by the run.
    """

    at: int
    home: int
    name: Name
    role: Role
    split: Split | None
    metric: frozenset[str]
    grain: Grain

    @property
    def label(self) -> str:
        """The metric as a person calls it."""
        return self.name.label(self.metric)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to make a group's pair.

    Attributes:
        train: place of the train tag.
        val: place of the validation tag.
        rank: lower is better, as far as names tell.
        match: how the names agree.
        flags: what is unusual.
        epoch_train: whether the train tag says to be per epoch, so that one point of it may be the whole curve.
        may_repeat: whether the validation set was guessed, so that it may be another name of the same curve.
    """

    train: int
    val: int
    rank: tuple[int, ...]
    match: Match
    flags: tuple[str, ...]
    epoch_train: bool
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One metric on one validation set: at most one pair comes of it.

    Attributes:
        label: the metric as a person calls it; empty if the names say no more than the split.
        valset: the validation set, where there are several.
        kind: what sort of metric.
        mode: which way is better; None where the values must tell.
        options: ways to pair, best first.
        tests: for each train tag, third-split tags of the metric, best first.
        stand_in: whether the validation side is a test split, for want of a validation split.
    """

    label: str
    valset: str
    kind: Kind
    mode: Mode | None
    options: tuple[Option, ...]
    tests: dict[int, tuple[int, ...]]
    stand_in: bool


class Lone(NamedTuple):
    """A train loss, in case it has no validation."""

    at: int
    label: str
    metric: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What names alone say about a family's tags.

    Attributes:
        groups: losses first.
        lone: train losses, in case no group uses them.
        reasons: for every tag: why it is in no pair, if it is in none.
        interest: for every tag: 0 for one half of a pair, 1 for a metric, 2 for anything else.
    """

    groups: tuple[Group, ...]
    lone: tuple[Lone, ...]
    reasons: tuple[str, ...]
    interest: tuple[int, ...]
