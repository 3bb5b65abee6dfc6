"""The rules by which a validation tag finds the train tags of its metric, strictest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tb_losshealth.health.labels import Flag
from tb_losshealth.pairing import vocabulary as words
from tb_losshealth.pairing.plan import Candidate, Entry, Match, Proposal
from tb_losshealth.pairing.tag_names import METRIC_WORDS, Interval, split_of

MAX_COMPARISONS = 1_000_000
"""Validation tags without an obvious partner times train tags up to which the less obvious rules are tried.

Nobody reads the names of more tags that closely, and trying all rules on them would take long.
"""

_LETTERS = frozenset(words.LETTERS)
_GENERIC_LOSS = words.SAME_LOSS | words.EXTENT | {"loss"}


class MetricOnSet(NamedTuple):
    """What a pair is about: a metric on a validation set, each as the words that name it."""

    metric: frozenset[str]
    valset: frozenset[str]


class TagMatcher:
    """Finds for validation tags the train tags of the same metric.

    Args:
        train: tags of train.
        plain: tags that name no split; they are train where a validation tag names the same metric.
        val: tags of validation.
        timed: tags of run times, which name validation sets (`eval/news_runtime`).

    Attributes:
        candidates: for every metric on a set the candidates for its pair.
    """

    def __init__(self, train: list[Entry], plain: list[Entry], val: list[Entry], timed: list[Entry]) -> None:
        self._train = train
        self._plain = plain
        self._val = val
        self._timed = timed
        self._partners = (*train, *plain)
        self._entries = {entry.at: entry for entry in self._partners}
        self._by_words = _indexed(self._partners)
        self._by_bare_words = _indexed(self._partners, words.EXTENT)
        self._valsets: dict[MetricOnSet, str] = {}
        self.candidates: dict[MetricOnSet, list[Candidate]] = {}

    def match_all(self) -> None:
        """Looks for partners of every validation tag, by the strictest rule that finds one."""
        unmatched = [entry for entry in self._val if not self._by_metric(entry) and not self._by_extent(entry)]
        if len(unmatched) * len(self._partners) > MAX_COMPARISONS:
            return
        for rule in (self._by_letter, self._by_ordinal, self._by_set, self._by_folder, self._by_alias):
            unmatched = [entry for entry in unmatched if not rule(entry)]

    def proposals(self, test: list[Entry], *, test_as_val: bool) -> list[Proposal]:
        """The candidates, one proposal for each metric on a set.

        Args:
            test: tags of a test split beside validation.
            test_as_val: whether what was matched as validation is a test split.
        """
        sets = Counter(topic.metric for topic in self.candidates)
        tests: dict[MetricOnSet, list[Entry]] = {}
        for entry in test:
            valset = frozenset(word for word in entry.role.qualifier if split_of(word) is None)
            tests.setdefault(MetricOnSet(entry.metric, valset), []).append(entry)
        found = []
        for topic, candidates in self.candidates.items():
            candidates.sort(key=lambda candidate: candidate.rank)
            first = self._entries[candidates[0].train]
            named = topic.metric & first.metric or first.metric
            # "loss" rather than "total_loss", unless there is a "loss" of its own.
            bare = named - words.EXTENT
            if bare and (bare == topic.metric or bare not in sets):
                named = bare
            found.append(
                Proposal(
                    label=first.name.label(named),
                    valset=self._valsets[topic] if sets[topic.metric] > 1 else "",
                    kind=first.name.kind,
                    mode=first.name.mode,
                    candidates=tuple(candidates),
                    tests={
                        candidate.train: _tests_of(self._entries[candidate.train], topic.valset, tests)
                        for candidate in candidates
                    },
                    test_as_val=test_as_val,
                )
            )
        return found

    def _add(
        self, entry: Entry, partners: Iterable[tuple[Entry, Match]], metric: frozenset[str], *, may_repeat: bool = False
    ) -> bool:
        found = [_candidate(t, entry, match, may_repeat) for t, match in partners if _compatible(t, entry)]
        if found:
            added = entry.metric - metric if found[0].match is Match.SET else frozenset()
            topic = MetricOnSet(metric, added | frozenset(entry.role.qualifier))
            named = (entry.name.label(added), " ".join(entry.role.qualifier))
            self._valsets.setdefault(topic, " ".join(filter(None, named)))
            self.candidates.setdefault(topic, []).extend(found)
        return bool(found)

    def _by_metric(self, entry: Entry) -> bool:
        same = self._by_words.get(entry.metric, ())
        return self._add(entry, [(t, match) for t in same if (match := _agree(t, entry)) is not None], entry.metric)

    def _by_letter(self, entry: Entry) -> bool:
        """`v_loss` in a run of validation beside `loss` or `t_loss` in a run of train."""
        if entry.name.letter_split != "val":
            return False
        bare = entry.metric - _LETTERS
        same = [t for t in self._train if bare == (t.metric - _LETTERS if t.name.letter_split == "train" else t.metric)]
        return self._add(entry, [(t, Match.SAME) for t in same if _known(t, entry)], bare)

    def _by_extent(self, entry: Entry) -> bool:
        """`total_loss` beside `validation_loss`."""
        bare = entry.metric - words.EXTENT
        same = [t for t in self._by_bare_words.get(bare, ()) if bare and _known(t, entry)]
        return bool(same) and self._add(entry, [(t, Match.EXTENT) for t in same], same[0].metric)

    def _by_ordinal(self, entry: Entry) -> bool:
        """`1_train_loss` beside `2_val_loss`."""
        bare = _without_ordinal(entry)
        same = [t for t in self._train if _known(t, entry) and _without_ordinal(t) == bare]
        return self._add(entry, [(t, Match.ORDINAL) for t in same], bare)

    def _by_set(self, entry: Entry) -> bool:
        """`eval/news_loss` beside `train/loss`: the added words name a validation set."""
        wider = [
            t
            for t in self._partners
            if t.metric < entry.metric
            and t.metric & METRIC_WORDS
            and t.name.mode == entry.name.mode
            and _compatible(t, entry)
        ]
        most = max((len(t.metric) for t in wider), default=0)
        closest = [t for t in wider if len(t.metric) == most]
        if len({t.metric for t in closest}) != 1:
            return False
        metric = closest[0].metric
        added = entry.metric - metric
        surely = self._is_set(entry, added)
        if not surely and not self._may_be_set(entry, added, closest):
            return False
        return self._add(entry, [(t, Match.SET) for t in closest], metric, may_repeat=not surely)

    def _is_set(self, entry: Entry, added: frozenset[str]) -> bool:
        if any(other.split == entry.split and added < other.name.metric for other in self._timed):
            return True
        if any(word.isdigit() for word in added) and entry.name.kind == "score" and not added & words.SET_NUMBERED:
            # `acc_5` counts answers rather than sets.
            return added <= entry.name.beside_split
        return all(word.isdigit() or word in words.SET_WORDS for word in added)

    def _may_be_set(self, entry: Entry, added: frozenset[str], closest: list[Entry]) -> bool:
        if added & (METRIC_WORDS | words.COMPONENTS | words.NOT_METRICS) or not any(t.split for t in closest):
            return False
        # Where train has parts of the metric in the same place, the added words rather name a part as well.
        metric = closest[0].metric
        wider = [t for t in self._partners if metric < t.metric]
        if added <= entry.name.in_other_parts:
            return not any(t.metric - metric <= t.name.in_other_parts for t in wider)
        if not added <= _set_words(entry) or any(not t.metric - metric <= t.name.in_other_parts for t in wider):
            return False
        kinds = {
            other.name.kind
            for other in self._val
            if added < other.metric and any(t.metric == other.metric - added for t in self._train)
        }
        losses = [other for other in self._val if other.name.kind == "loss"]
        if entry.name.kind == "loss" and (len(losses) == 1 or all(_maybe_on_set(other, metric) for other in losses)):
            return True
        return len(kinds) > 1 and "loss" in kinds

    def _by_folder(self, entry: Entry) -> bool:
        """`model/train_loss` beside `val_loss`, if no other train tag comes into question."""
        wider = [t for t in self._train if entry.metric < t.metric and t.name.kind == entry.name.kind]
        if entry.name.kind == "unknown" or len({t.metric for t in wider}) != 1:
            return False
        added = wider[0].metric - entry.metric
        no_folders = METRIC_WORDS | words.COMPONENTS | (words.NOT_METRICS - words.AXES)
        if added & no_folders or not added <= wider[0].name.in_other_parts:
            return False
        return self._add(entry, [(t, Match.FOLDER) for t in wider], entry.metric)

    def _by_alias(self, entry: Entry) -> bool:
        """`loss/train/total` beside `metrics/eval/CrossEntropy`."""
        if entry.name.kind != "loss":
            return False
        paired = {candidate.train for found in self.candidates.values() for candidate in found}
        partners = [
            (t, Match.ALIAS)
            for t in self._partners
            if t.name.kind == "loss"
            and t.at not in paired
            and t.metric - _GENERIC_LOSS == entry.metric - _GENERIC_LOSS
            and ("loss" in t.metric or "loss" in entry.metric)
        ]
        return self._add(entry, partners, entry.metric)


def _maybe_on_set(entry: Entry, metric: frozenset[str]) -> bool:
    """Whether an entry's words beyond a metric may name a validation set."""
    added = entry.metric - metric
    no_set = METRIC_WORDS | words.COMPONENTS | words.NOT_METRICS
    return metric < entry.metric and added <= _set_words(entry) and not added & no_set


def _set_words(entry: Entry) -> frozenset[str]:
    """The words of a validation tag that may name its set: those beside the split, or all behind the folder `eval/`."""
    behind = entry.name.kind == "loss" and entry.name.split_word.lower() in words.EVALUATION
    return entry.metric - entry.name.in_other_parts if behind else entry.name.beside_split


def _without_ordinal(entry: Entry) -> frozenset[str]:
    first = entry.name.skeleton.partition(" ")[0]
    return entry.metric - {first} if first.isdigit() else entry.metric


def _indexed(entries: Iterable[Entry], without: frozenset[str] = frozenset()) -> dict[frozenset[str], list[Entry]]:
    index: dict[frozenset[str], list[Entry]] = {}
    for entry in entries:
        index.setdefault(entry.metric - without, []).append(entry)
    return index


def _known(t: Entry, v: Entry) -> bool:
    return t.name.kind != "unknown" and v.name.kind != "unknown"


def _compatible(t: Entry, v: Entry) -> bool:
    """Whether runs and axes allow the two to be one pair."""
    if t.name.axis != v.name.axis:
        return False
    return t.home == v.home or t.split == "train" or v.role.split is not None


def _agree(t: Entry, v: Entry) -> Match | None:
    """How two tags agree on one metric; None where they do not."""
    if t.metric != v.metric:
        return None
    exact = t.name.skeleton == v.name.skeleton
    if not _known(t, v):
        # Unknown words must at least be written alike for both splits.
        by_tag = t.name.split is not None and v.name.split is not None
        if not exact or not (by_tag or t.name.interval == v.name.interval == "epoch"):
            return None
    return Match.EXACT if exact else Match.UNMARKED if t.split is None else Match.SAME


def _candidate(t: Entry, v: Entry, match: Match, may_repeat: bool) -> Candidate:
    rank = (
        match > Match.EXTENT,
        t.home != v.home,
        t.split is None and match is not Match.EXACT,
        _interval_rank(t.interval, v.interval),
        match,
        t.name.averaging != v.name.averaging,
    )
    flags = (Flag.STEP_TRAIN_EPOCH_VAL,) if t.interval == "step" and v.interval != "step" else ()
    return Candidate(t.at, v.at, tuple(map(int, rank)), match, flags, t.interval == "epoch", may_repeat)


def _interval_rank(train: Interval, val: Interval) -> int:
    """Epoch with epoch first, then tags that name no interval, then steps."""
    if val == "step":
        return 4
    if train == "step":
        return 3 if val == "epoch" else 2
    return 0 if train == "epoch" else 1


def _tests_of(train: Entry, valset: frozenset[str], tests: Mapping[MetricOnSet, Sequence[Entry]]) -> tuple[int, ...]:
    """The places of test tags of a metric on the set that validation names, or else of those that name no set."""
    for topic in (
        MetricOnSet(train.metric, valset),
        MetricOnSet(train.metric | valset, frozenset()),
        MetricOnSet(train.metric, frozenset()),
    ):
        found = [
            _candidate(train, entry, match, False)
            for entry in tests.get(topic, ())
            if (match := Match.SET if topic.metric != train.metric else _agree(train, entry)) is not None
            and _compatible(train, entry)
        ]
        if found:
            return tuple(candidate.val for candidate in sorted(found, key=lambda candidate: candidate.rank))
    return ()
