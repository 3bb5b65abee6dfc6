"""Which tags of one family of runs are train and validation of the same metric, judged by names alone.

The result is a plan. It depends on no value, so that the thousand runs of a sweep, all logging the same tags, share
one; `evidence` then chooses among the plan's options by what the values show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tb_losshealth.events import vocabulary as words
from tb_losshealth.events.families import Role
from tb_losshealth.events.names import METRIC_WORDS, Grain, read, split_of
from tb_losshealth.events.plan import Entry, Group, Lone, Match, Option, Plan
from tb_losshealth.events.vocabulary import Split

_LETTERS = frozenset(words.LETTERS)
_GENERIC_LOSS = words.SAME_LOSS | words.EXTENT | {"loss"}


# Where validation tags without an obvious partner times train tags are more than these, nobody reads names that
# closely, and looking for the less obvious would take long.
MAX_COMPARISONS = 1_000_000


class Topic(NamedTuple):
    """What a pair is about: a metric on a validation set, each as the words that tell."""

    metric: frozenset[str]
    valset: frozenset[str]


def make_plan(tags: Sequence[tuple[int, Role, str]]) -> Plan:
    """Plans the pairs of a family.

    Args:
        tags: for every tag the number of its run, that run's role, and the tag's name (with the `add_scalars` key).
    """
    entries = _entries(tags)
    metrics = [entry for entry in entries if entry.name.kind != "none"]
    train = [entry for entry in metrics if entry.split == "train"]
    plain = [entry for entry in metrics if entry.split is None]
    test = [entry for entry in metrics if entry.split == "test"]
    val = [entry for entry in metrics if entry.split == "val"]
    val = [entry for entry in val if not _is_value_loss(entry, train, val, plain)]
    timed = [entry for entry in entries if "runtime" in entry.name.metric]

    matcher = Matcher(train, plain, val, timed)
    matcher.match_all()
    groups = matcher.grouped(test, stand_in=False)
    covered = {metric for topic in matcher.options for metric in (topic.metric, topic.metric - words.EXTENT)}
    left = [entry for entry in test if entry.metric not in covered]
    # An unmarked tag beside marked train tags is as likely a validation metric itself.
    stand_ins = Matcher(train, [] if any(entry.name.split for entry in train) else plain, left, timed)
    stand_ins.match_all()
    for topic in [topic for topic in stand_ins.options if {topic.metric, topic.metric - words.EXTENT} & covered]:
        del stand_ins.options[topic]
    groups += stand_ins.grouped([], stand_in=True)
    groups.sort(key=lambda group: (group.kind != "loss", group.label, group.valset))
    return Plan(
        tuple(groups),
        tuple(
            Lone(entry.at, entry.label or "loss", _without_copies(entry))
            for entry in (*train, *plain)
            if _may_be_alone(entry) and not (entry.split is None and entry.role.evaluates)
        ),
        tuple(_reason(entry) for entry in entries),
        tuple(2 if e.name.kind == "none" else 0 if e.split in ("val", "test") else 1 for e in entries),
    )


def _entries(tags: Sequence[tuple[int, Role, str]]) -> list[Entry]:
    entries = []
    for at, (home, role, tag) in enumerate(tags):
        name = read(tag)
        entries.append(Entry(at, home, name, role, name.split or role.split, name.metric, name.grain or role.grain))
    return _with_spellings(_with_letters(entries))


def _with_spellings(entries: list[Entry]) -> list[Entry]:
    """Parts two spellings of a metric (`iou`, `miou`) where each is there for both train and validation."""
    alike: dict[frozenset[str], dict[frozenset[str], list[Entry]]] = {}
    for entry in entries:
        if entry.name.kind not in ("none", "unknown"):
            alike.setdefault(entry.metric, {}).setdefault(_spelling(entry), []).append(entry)
    for metric, spellings in alike.items():
        if len(spellings) < 2:
            continue
        whole = [spelt for spelt, of_it in spellings.items() if _has_both_splits(of_it)]
        # One of them keeps the common form, with which whatever else there is may pair.
        for spelt in sorted(whole, key=lambda spelt: (spelt != metric, sorted(spelt)))[1:]:
            for entry in spellings[spelt]:
                entries[entry.at] = replace(entry, metric=spelt)
    return entries


def _spelling(entry: Entry) -> frozenset[str]:
    return frozenset(word.written.lower() for word in entry.name.core if word.text in entry.metric)


def _has_both_splits(entries: Iterable[Entry]) -> bool:
    splits = {entry.split for entry in entries}
    return bool(splits & {"val", "test"}) and bool(splits & {"train", None})


def _with_letters(entries: list[Entry]) -> list[Entry]:
    """Reads `t_loss` and `v_loss` as train and validation where both are there, and no policy or value function is."""
    taken = {entry.home for entry in entries if _of_reinforcement(entry)}
    lettered = [entry for entry in entries if entry.name.letter and entry.split is None and entry.home not in taken]
    splits: dict[tuple[int, frozenset[str]], set[Split | None]] = {}
    for entry in lettered:
        splits.setdefault((entry.home, entry.metric - _LETTERS), set()).add(entry.name.letter)
    for entry in lettered:
        metric = entry.metric - _LETTERS
        if len(splits[entry.home, metric]) > 1:
            entries[entry.at] = Entry(
                entry.at, entry.home, entry.name, entry.role, entry.name.letter, metric, entry.grain
            )
    return entries


def _of_reinforcement(entry: Entry) -> bool:
    return not entry.name.letter and (entry.name.of_reinforcement or bool(entry.metric & words.RETURNS))


def _is_value_loss(entry: Entry, train: list[Entry], val: list[Entry], plain: list[Entry]) -> bool:
    """`val_loss` beside `pol_loss` is the loss of a value function."""
    if train or any(other.name.split_word.lower() != "val" for other in val):
        return False
    return entry.name.kind == "loss" and any(other.metric & words.POLICY for other in plain)


def _may_be_alone(entry: Entry) -> bool:
    name = entry.name
    return name.kind == "loss" and name.head not in words.WATCHED and not name.of_reinforcement and not name.axis


def _without_copies(entry: Entry) -> frozenset[str]:
    """The metric without the words that tell copies of one curve (`loss_dev0`, `total_loss`)."""
    copied = entry.metric - words.EXTENT
    if "device" in copied:
        copied = frozenset(word for word in copied if not word.isdigit())
    return copied - words.COPIES or entry.metric


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
                        option.train: _tests(self._entries[option.train], topic.valset, tests) for option in options
                    },
                    stand_in=stand_in,
                )
            )
        return groups

    def _add(
        self, entry: Entry, partners: Iterable[tuple[Entry, Match]], metric: frozenset[str], *, may_repeat: bool = False
    ) -> bool:
        options = [_option(t, entry, match, may_repeat) for t, match in partners if _compatible(t, entry)]
        if options:
            added = entry.metric - metric if options[0].match is Match.SET else frozenset()
            topic = Topic(metric, added | frozenset(entry.role.qualifier))
            named = (entry.name.label(added), " ".join(entry.role.qualifier))
            self._valsets.setdefault(topic, " ".join(filter(None, named)))
            self.options.setdefault(topic, []).extend(options)
        return bool(options)

    def _by_metric(self, entry: Entry) -> bool:
        same = self._by_words.get(entry.metric, ())
        return self._add(entry, [(t, match) for t in same if (match := _same(t, entry)) is not None], entry.metric)

    def _by_letter(self, entry: Entry) -> bool:
        """`v_loss` in a run of validation beside `loss` or `t_loss` in a run of train."""
        if entry.name.letter != "val":
            return False
        bare = entry.metric - _LETTERS
        same = [t for t in self._train if bare == (t.metric - _LETTERS if t.name.letter == "train" else t.metric)]
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


def _known(t: Entry, v: Entry) -> bool:
    return t.name.kind != "unknown" and v.name.kind != "unknown"


def _compatible(t: Entry, v: Entry) -> bool:
    """Whether the two can be one pair as far as runs and axes go."""
    if t.name.axis != v.name.axis:
        return False
    return t.home == v.home or t.split == "train" or v.role.split is not None


def _same(t: Entry, v: Entry) -> Match | None:
    """How two tags agree that name the same metric."""
    if t.metric != v.metric:
        return None
    exact = t.name.skeleton == v.name.skeleton
    if not _known(t, v):
        # Words that are not known must at least be said of both splits in the same way.
        by_tag = t.name.split is not None and v.name.split is not None
        if not exact or not (by_tag or t.name.grain == v.name.grain == "epoch"):
            return None
    return Match.EXACT if exact else Match.UNMARKED if t.split is None else Match.SAME


def _option(t: Entry, v: Entry, match: Match, may_repeat: bool) -> Option:
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


def _tests(train: Entry, valset: frozenset[str], tests: Mapping[Topic, Sequence[Entry]]) -> tuple[int, ...]:
    """The tests of a metric on the set that validation names, or else those that name no set."""
    for topic in (
        Topic(train.metric, valset),
        Topic(train.metric | valset, frozenset()),
        Topic(train.metric, frozenset()),
    ):
        options = [
            _option(train, entry, match, False)
            for entry in tests.get(topic, ())
            if (match := Match.SET if topic.metric != train.metric else _same(train, entry)) is not None
            and _compatible(train, entry)
        ]
        if options:
            return tuple(option.val for option in sorted(options, key=lambda option: option.rank))
    return ()


def _indexed(
    entries: Iterable[Entry], key: Callable[[frozenset[str]], frozenset[str]]
) -> dict[frozenset[str], list[Entry]]:
    index: dict[frozenset[str], list[Entry]] = {}
    for entry in entries:
        index.setdefault(key(entry.metric), []).append(entry)
    return index


def _reason(entry: Entry) -> str:
    """Why a tag is in no pair, if it turns out to be in none."""
    name = entry.name
    by = f'by "{name.split_word}"' if name.split else "by its run"
    if name.kind == "none":
        return f"No pair: {name.why_none}."
    if name.axis:
        return f"No pair: it is a copy of a curve on another axis (vs {name.axis})."
    if entry.split == "train":
        return f"Train ({by}), but no validation tag names the same metric."
    if entry.split == "val":
        return f"Validation ({by}), but no train tag names the same metric."
    if entry.split == "test":
        return f"Test ({by}), but no pair is about the same metric on the same set."
    if entry.role.evaluates:
        return "No pair: its run is named like one of validation, and no run of train is beside it."
    if name.of_reinforcement:
        return "No pair: a loss of reinforcement learning has no validation."
    return "No pair: its name says neither train nor validation, and no tag that does names the same metric."
