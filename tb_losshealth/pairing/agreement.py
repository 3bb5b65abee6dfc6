"""How two tags agree that are said to name the same metric, and which of several agree best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tb_losshealth.pairing.plan import Entry, Match, Option
from tb_losshealth.pairing.tag_names import Grain


class Topic(NamedTuple):
    """What a pair is about: a metric on a validation set, each as the words that tell."""

    metric: frozenset[str]
    valset: frozenset[str]


def known(t: Entry, v: Entry) -> bool:
    """Whether it is known of both what they measure."""
    return t.name.kind != "unknown" and v.name.kind != "unknown"


def compatible(t: Entry, v: Entry) -> bool:
    """Whether the two can be one pair as far as runs and axes go."""
    if t.name.axis != v.name.axis:
        return False
    return t.home == v.home or t.split == "train" or v.role.split is not None


def agree(t: Entry, v: Entry) -> Match | None:
    """How two tags agree that name the same metric."""
    if t.metric != v.metric:
        return None
    exact = t.name.skeleton == v.name.skeleton
    if not known(t, v):
        # Words that are not known must at least be said of both splits in the same way.
        by_tag = t.name.split is not None and v.name.split is not None
        if not exact or not (by_tag or t.name.grain == v.name.grain == "epoch"):
            return None
    return Match.EXACT if exact else Match.UNMARKED if t.split is None else Match.SAME


def option_of(t: Entry, v: Entry, match: Match, may_repeat: bool) -> Option:
    """The two as a pair, ranked among others of the same metric."""
    rank = (
        match > Match.EXTENT,
        t.home != v.home,
        t.split is None and match is not Match.EXACT,
        _grain_rank(t.grain, v.grain),
        match,
        t.name.soft != v.name.soft,
    )
    flags = ("step_train_epoch_val",) if t.grain == "step" and v.grain != "step" else ()
    return Option(t.at, v.at, tuple(map(int, rank)), match, flags, t.grain == "epoch", may_repeat)


def _grain_rank(train: Grain, val: Grain) -> int:
    """Epoch with epoch first, then whatever says nothing, then steps."""
    if val == "step":
        return 4
    if train == "step":
        return 3 if val == "epoch" else 2
    return 0 if train == "epoch" else 1


def tests_of(train: Entry, valset: frozenset[str], tests: Mapping[Topic, Sequence[Entry]]) -> tuple[int, ...]:
    """The tests of a metric on the set that validation names, or else those that name no set."""
    for topic in (
        Topic(train.metric, valset),
        Topic(train.metric | valset, frozenset()),
        Topic(train.metric, frozenset()),
    ):
        options = [
            option_of(train, entry, match, False)
            for entry in tests.get(topic, ())
            if (match := Match.SET if topic.metric != train.metric else agree(train, entry)) is not None
            and compatible(train, entry)
        ]
        if options:
            return tuple(option.val for option in sorted(options, key=lambda option: option.rank))
    return ()
