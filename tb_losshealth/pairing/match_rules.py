"""The rules by which a validation tag finds its train tag, strictest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from tb_losshealth.pairing import vocabulary as words
from tb_losshealth.pairing.agreement import Topic, agree, compatible, known, option_of, tests_of
from tb_losshealth.pairing.plan import Entry, Group, Match, Option
from tb_losshealth.pairing.tag_names import METRIC_WORDS, split_of

_LETTERS = frozenset(words.LETTERS)
_GENERIC_LOSS = words.SAME_LOSS | words.EXTENT | {"loss"}


# Where validation tags without an obvious partner times train tags are more than these, nobody reads names that
# closely, and looking for the less obvious would take long.
MAX_COMPARISONS = 1_000_000


class Matcher:
    """Finds for validation tags the train tags of the same metric.

    Args:
        train: tags of train.
        plain: tags that say no split; they are train where a validation tag says the same metric.
        val: tags of validation.
        timed: tags of run times, which tell validation sets (`eval/news_runtime`).

    Attributes:
        options: for every topic the ways to pair.
    """

    def __init__(self, train: list[Entry], plain: list[Entry], val: list[Entry], timed: list[Entry]) -> None:
        self._train = train
        self._plain = plain
        self._val = val
        self._timed = timed
        self._partners = (*train, *plain)
        self._entries = {entry.at: entry for entry in self._partners}
        self._by_words = _indexed(self._partners, lambda metric: metric)
        self._by_bare_words = _indexed(self._partners, lambda metric: metric - words.EXTENT)
        self._valsets: dict[Topic, str] = {}
        self.options: dict[Topic, list[Option]] = {}

    def match_all(self) -> None:
        """Looks for partners of every validation tag, by the strictest rule that finds one."""
        unmatched = [entry for entry in self._val if not self._by_metric(entry) and not self._by_extent(entry)]
        if len(unmatched) * len(self._partners) > MAX_COMPARISONS:
            return
        for rule in (self._by_letter, self._by_ordinal, self._by_set, self._by_folder, self._by_alias):
            unmatched = [entry for entry in unmatched if not rule(entry)]

    def grouped(self, test: list[Entry], *, stand_in: bool) -> list[Group]:
        """The options, one group a topic.

        Args:
            test: tags of a third split.
            stand_in: whether what was matched as validation is a test split.
        """
        sets = Counter(topic.metric for topic in self.options)
        tests: dict[Topic, list[Entry]] = {}
        for entry in test:
            named = frozenset(word for word in entry.role.qualifier if split_of(word) is None)
            tests.setdefault(Topic(entry.metric, named), []).append(entry)
        groups = []
        for topic, options in self.options.items():
            options.sort(key=lambda option: option.rank)
            first = self._entries[options[0].train]
            said = topic.metric & first.metric or first.metric
            # "loss" rather than "total_loss", unless there is a "loss" of its own.
            bare = said - words.EXTENT
            if bare and (bare == topic.metric or bare not in sets):
                said = bare
            groups.append(
                Group(
                    label=first.name.label(said),
                    valset=self._valsets[topic] if sets[topic.metric] > 1 else "",
                    kind=first.name.kind,
                    mode=first.name.mode,
                    options=tuple(options),
                    tests={
                        option.train: tests_of(self._entries[option.train], topic.valset, tests) for option in options
                    },
                    stand_in=stand_in,
                )
            )
        return groups

    def _add(
        self, entry: Entry, partners: Iterable[tuple[Entry, Match]], metric: frozenset[str], *, may_repeat: bool = False
    ) -> bool:
        options = [option_of(t, entry, match, may_repeat) for t, match in partners if compatible(t, entry)]
        if options:
            added = entry.metric - metric if options[0].match is Match.SET else frozenset()
            topic = Topic(metric, added | frozenset(entry.role.qualifier))
            named = (entry.name.label(added), " ".join(entry.role.qualifier))
            self._valsets.setdefault(topic, " ".join(filter(None, named)))
            self.options.setdefault(topic, []).extend(options)
        return bool(options)

    def _by_metric(self, entry: Entry) -> bool:
        same = self._by_words.get(entry.metric, ())
        return self._add(entry, [(t, match) for t in same if (match := agree(t, entry)) is not None], entry.metric)

    def _by_letter(self, entry: Entry) -> bool:
        """`v_loss` in a run of validation beside `loss` or `t_loss` in a run of train."""
        if entry.name.letter != "val":
            return False
        bare = entry.metric - _LETTERS
        same = [t for t in self._train if bare == (t.metric - _LETTERS if t.name.letter == "train" else t.metric)]
        return self._add(entry, [(t, Match.SAME) for t in same if known(t, entry)], bare)

    def _by_extent(self, entry: Entry) -> bool:
        """`total_loss` beside `validation_loss`."""
        bare = entry.metric - words.EXTENT
        same = [t for t in self._by_bare_words.get(bare, ()) if bare and known(t, entry)]
        return bool(same) and self._add(entry, [(t, Match.EXTENT) for t in same], same[0].metric)

    def _by_ordinal(self, entry: Entry) -> bool:
        """`1_train_loss` beside `2_val_loss`."""
        bare = _without_ordinal(entry)
        same = [t for t in self._train if known(t, entry) and _without_ordinal(t) == bare]
        return self._add(entry, [(t, Match.ORDINAL) for t in same], bare)

    def _by_set(self, entry: Entry) -> bool:
        """`eval/news_loss` beside `train/loss`: the added words name a validation set."""
        wider = [
            t
            for t in self._partners
            if t.metric < entry.metric
            and t.metric & METRIC_WORDS
            and t.name.mode == entry.name.mode
            and compatible(t, entry)
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
            return added <= entry.name.beside
        return all(word.isdigit() or word in words.SET_WORDS for word in added)

    def _may_be_set(self, entry: Entry, added: frozenset[str], closest: list[Entry]) -> bool:
        if added & (METRIC_WORDS | words.COMPONENTS | words.NOT_METRICS) or not any(t.split for t in closest):
            return False
        # Where train has parts of the metric in the same place, the added words rather name a part, too.
        metric = closest[0].metric
        wider = [t for t in self._partners if metric < t.metric]
        if added <= entry.name.nearby:
            return not any(t.metric - metric <= t.name.nearby for t in wider)
        if not added <= _set_words(entry) or any(not t.metric - metric <= t.name.nearby for t in wider):
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
        """`model/train_loss` beside `val_loss`, if nothing else could be meant."""
        wider = [t for t in self._train if entry.metric < t.metric and t.name.kind == entry.name.kind]
        if entry.name.kind == "unknown" or len({t.metric for t in wider}) != 1:
            return False
        added = wider[0].metric - entry.metric
        no_folders = METRIC_WORDS | words.COMPONENTS | (words.NOT_METRICS - words.AXES)
        if added & no_folders or not added <= wider[0].name.nearby:
            return False
        return self._add(entry, [(t, Match.FOLDER) for t in wider], entry.metric)

    def _by_alias(self, entry: Entry) -> bool:
        """`loss/train/total` beside `metrics/eval/CrossEntropy`."""
        if entry.name.kind != "loss":
            return False
        paired = {option.train for options in self.options.values() for option in options}
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
    """Whether an entry's words beyond a metric are such that may name a validation set."""
    added = entry.metric - metric
    known = METRIC_WORDS | words.COMPONENTS | words.NOT_METRICS
    return metric < entry.metric and added <= _set_words(entry) and not added & known


def _set_words(entry: Entry) -> frozenset[str]:
    """The words of a validation tag that may name its set: those with the split, or all behind the folder `eval/`."""
    behind = entry.name.kind == "loss" and entry.name.split_word.lower() in words.EVALUATION
    return entry.metric - entry.name.nearby if behind else entry.name.beside


def _without_ordinal(entry: Entry) -> frozenset[str]:
    first = entry.name.skeleton.partition(" ")[0]
    return entry.metric - {first} if first.isdigit() else entry.metric


def _indexed(
    entries: Iterable[Entry], key: Callable[[frozenset[str]], frozenset[str]]
) -> dict[frozenset[str], list[Entry]]:
    index: dict[frozenset[str], list[Entry]] = {}
    for entry in entries:
        index.setdefault(key(entry.metric), []).append(entry)
    return index
