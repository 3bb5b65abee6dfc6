"""Which tags of one family of runs are train and validation of the same metric, judged by names alone.

The result is a plan: it depends on no value, so that the thousand runs of a sweep, all logging the same tags, share
one. `pairing` then chooses among the plan's options by what the values show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tb_losshealth.events import vocabulary as words
from tb_losshealth.events.families import Role
from tb_losshealth.events.names import METRIC_WORDS, Grain, Kind, Name, read
from tb_losshealth.events.pairs import Mode
from tb_losshealth.events.vocabulary import Split

_GENERIC_LOSS = words.SAME_LOSS | {"loss"}


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

    @property
    def marked(self) -> bool:
        """Whether the tag itself names its split."""
        return self.name.split is not None or self.split is not self.role.split


@dataclass(frozen=True, slots=True)
class Option:
    """One way to make a group's pair.

    Attributes:
        train: place of the train tag.
        val: place of the validation tag.
        rank: lower is better, as far as names tell.
        flags: what is unusual.
        how: how the names match, for the explanation.
        summary_ok: whether one train point may stand for the curve (a single epoch).
    """

    train: int
    val: int
    rank: tuple[int, ...]
    flags: tuple[str, ...]
    how: str
    epoch_train: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One metric on one validation set: at most one pair comes of it.

    Attributes:
        label: the metric as a person calls it.
        valset: the validation set, where the names tell of one.
        kind: what sort of metric.
        mode: which way is better; None where the values must tell.
        options: ways to pair, best first.
        tests: for each train tag, third-split tags of the metric, best first.
        stand_in: whether the validation side is a test split.
    """

    label: str
    valset: str
    kind: Kind
    mode: Mode | None
    options: tuple[Option, ...]
    tests: dict[int, tuple[int, ...]]
    stand_in: bool


@dataclass(frozen=True, slots=True)
class Lone:
    """A tag that may stand alone: a train loss without validation."""

    at: int
    label: str
    metric: frozenset[str]
    grain: str
    reason: str


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


def make_plan(tags: Sequence[tuple[int, Role, str]]) -> Plan:
    """Plans the pairs of a family.

    Args:
        tags: for every tag the number of its run, that run's role, and the tag's name (with the `add_scalars` key).
    """
    entries = _entries(tags)
    metrics = [entry for entry in entries if entry.name.kind != "none"]
    train = [entry for entry in metrics if entry.split == "train"]
    val = [entry for entry in metrics if entry.split == "val"]
    test = [entry for entry in metrics if entry.split == "test"]
    plain = [entry for entry in metrics if entry.split is None]
    others = [entry for entry in entries if entry.name.kind == "none"]
    val = [entry for entry in val if not _is_value_loss(entry, train, val, plain)]

    matcher = _Matcher(train, plain, others)
    groups = matcher.groups(val, stand_in=False)
    covered = {metric for metric, _ in groups}
    left = [entry for entry in test if entry.metric not in covered]
    stand_ins = matcher.groups(left, stand_in=True)
    built = [
        _group(key, options, matcher, test if not stand_in else [], stand_in, several=_several(key, found))
        for found, stand_in in ((groups, False), (stand_ins, True))
        for key, options in found.items()
    ]
    built.sort(key=lambda group: (group.kind != "loss", group.label, group.valset))
    lone = tuple(
        Lone(entry.at, entry.label or "loss", entry.metric, entry.grain, "")
        for entry in (*train, *plain)
        if entry.name.kind == "loss" and not entry.name.of_reinforcement and not entry.name.axis
    )
    reasons = [_reason(entry, train, val, test) for entry in entries]
    interest = [2 if entry.name.kind == "none" else 0 if entry.split in ("val", "test") else 1 for entry in entries]
    return Plan(tuple(built), lone, tuple(reasons), tuple(interest))


def _several(key: _Key, groups: Iterable[_Key]) -> bool:
    return sum(metric == key.metric for metric, _ in groups) > 1


def _entries(tags: Sequence[tuple[int, Role, str]]) -> list[Entry]:
    entries = []
    for at, (home, role, tag) in enumerate(tags):
        name = read(tag)
        split = name.split or role.split
        metric = name.metric
        if name.letter is not None and name.letter in (role.split, "val" if role.split == "test" else role.split):
            metric -= set(words.LETTERS)
        entries.append(Entry(at, home, name, role, split, metric, name.grain or role.grain))
    return _with_letters(entries)


def _with_letters(entries: list[Entry]) -> list[Entry]:
    """Reads `t_loss` and `v_loss` as train and validation where both are there."""
    lettered = [entry for entry in entries if entry.name.letter and entry.split is None]
    if len(lettered) < 2:
        return entries
    seen: dict[tuple[int, frozenset[str]], set[Split]] = {}
    letters = set(words.LETTERS)
    for entry in lettered:
        seen.setdefault((entry.home, entry.metric - letters), set()).add(entry.name.letter or "train")
    return [
        Entry(entry.at, entry.home, entry.name, entry.role, entry.name.letter, entry.metric - letters, entry.grain)
        if entry in lettered and len(seen[entry.home, entry.metric - letters]) > 1
        else entry
        for entry in entries
    ]


def _is_value_loss(entry: Entry, train: list[Entry], val: list[Entry], plain: list[Entry]) -> bool:
    """`val_loss` beside `pol_loss` is the loss of a value function."""
    if entry.name.split_word.lower() != "val" or any(other.name.split_word.lower() != "val" for other in val):
        return False
    return not train and any(other.metric & {"pol", "policy", "actor", "pi"} for other in plain)


class _Key(NamedTuple):
    """What a pair is about: a metric on a validation set, each as the words that tell."""

    metric: frozenset[str]
    valset: frozenset[str]


class _Matcher:
    """Finds for validation tags the train tags of the same metric."""

    def __init__(self, train: list[Entry], plain: list[Entry], others: list[Entry]) -> None:
        self.train = train
        self.plain = plain
        self.others = others
        self.valsets: dict[_Key, str] = {}
        self.entries = {entry.at: entry for entry in (*train, *plain)}

    def groups(self, val: list[Entry], *, stand_in: bool) -> dict[_Key, list[Option]]:
        """Options for every (metric, validation set)."""
        plain = [] if stand_in and any(entry.marked for entry in self.train) else self.plain
        found: dict[_Key, list[Option]] = {}
        unmatched = []
        for entry in val:
            options = [option for t in (*self.train, *plain) if (option := _strict(t, entry))]
            if options:
                key = self._key(entry, entry.metric)
                found.setdefault(key, []).extend(options)
            else:
                unmatched.append(entry)
        strict = set(found)
        for entry in unmatched:
            relaxed = self._relaxed(entry, val, plain)
            if relaxed is None:
                continue
            key, options = relaxed
            if key in strict:
                options = [Option(o.train, o.val, (1, *o.rank[1:]), o.flags, o.how, o.epoch_train) for o in options]
            found.setdefault(key, []).extend(options)
        return found

    def _key(self, entry: Entry, metric: frozenset[str], added: frozenset[str] = frozenset()) -> _Key:
        key = _Key(metric, added | set(entry.role.qualifier))
        written = (entry.name.label(added), " ".join(entry.role.qualifier))
        self.valsets.setdefault(key, " ".join(filter(None, written)))
        return key

    def _relaxed(self, entry: Entry, val: list[Entry], plain: list[Entry]) -> tuple[_Key, list[Option]] | None:
        for rule in (self._by_ordinal, self._by_set, self._by_namespace, self._by_alias):
            result = rule(entry, val, plain)
            if result is not None:
                return result
        return None

    def _by_ordinal(self, entry: Entry, val: list[Entry], plain: list[Entry]) -> tuple[_Key, list[Option]] | None:
        """`1_train_loss` beside `2_val_loss`."""
        bare = _without_ordinal(entry)
        options = [
            _option(t, entry, 3, "the same metric but for a leading number")
            for t in self.train
            if t.name.kind != "unknown" and _without_ordinal(t) == bare and _compatible(t, entry)
        ]
        return (self._key(entry, bare), options) if options else None

    def _by_set(self, entry: Entry, val: list[Entry], plain: list[Entry]) -> tuple[_Key, list[Option]] | None:
        """`eval/news_loss` beside `train/loss`: the added words name a validation set."""
        candidates = [
            t
            for t in (*self.train, *plain)
            if t.metric < entry.metric and t.metric & METRIC_WORDS and _compatible(t, entry)
        ]
        if not candidates:
            return None
        most = max(len(t.metric) for t in candidates)
        closest = [t for t in candidates if len(t.metric) == most]
        if len({t.metric for t in closest}) > 1:
            return None
        added = entry.metric - closest[0].metric
        if not self._names_a_set(entry, added, closest, val):
            return None
        named = " ".join(sorted(added))
        options = [_option(t, entry, 4, f'the same metric on the validation set "{named}"') for t in closest]
        return self._key(entry, closest[0].metric, added), options

    def _names_a_set(self, entry: Entry, added: frozenset[str], closest: list[Entry], val: list[Entry]) -> bool:
        if added & METRIC_WORDS or added & words.NOT_METRICS - words.SET_WORDS:
            return False
        if all(word.isdigit() or word in words.SET_WORDS for word in added):
            return True
        if added & words.COMPONENTS:
            return False
        if any(other.split == entry.split and added < other.name.metric for other in self.others):
            return True
        base = closest[0].metric
        if any(base < t.metric for t in (*self.train, *self.plain)) or all(t.split is None for t in closest):
            return False
        if added <= entry.name.nearby:
            return True
        if not added <= entry.name.before:
            return False
        kinds = {
            other.name.kind
            for other in val
            if added < other.metric and any(t.metric == other.metric - added for t in self.train)
        }
        losses = [other for other in val if other.name.kind == "loss"]
        return (len(kinds) > 1 and "loss" in kinds) or (entry.name.kind == "loss" and len(losses) == 1)

    def _by_namespace(self, entry: Entry, val: list[Entry], plain: list[Entry]) -> tuple[_Key, list[Option]] | None:
        """`model/train_loss` beside `val_loss`, if nothing else could be meant."""
        if entry.name.kind not in ("loss", "score", "error"):
            return None
        wider = [t for t in self.train if entry.metric < t.metric and t.name.kind == entry.name.kind]
        if len({t.metric for t in wider}) != 1:
            return None
        added = wider[0].metric - entry.metric
        if added & (METRIC_WORDS | words.COMPONENTS | words.NOT_METRICS) or not added <= wider[0].name.nearby:
            return None
        options = [_option(t, entry, 5, "the same metric but for a folder") for t in wider if _compatible(t, entry)]
        return (self._key(entry, entry.metric), options) if options else None

    def _by_alias(self, entry: Entry, val: list[Entry], plain: list[Entry]) -> tuple[_Key, list[Option]] | None:
        """`loss/train/total` beside `metrics/eval/CrossEntropy`."""
        if entry.name.kind != "loss":
            return None
        bare = entry.metric - _GENERIC_LOSS
        options = [
            _option(t, entry, 6, "two names of one loss")
            for t in (*self.train, *plain)
            if t.name.kind == "loss"
            and t.metric - _GENERIC_LOSS == bare
            and ("loss" in t.metric or "loss" in entry.metric)
            and not any(_strict(t, other) for other in val)
            and _compatible(t, entry)
        ]
        return (self._key(entry, entry.metric), options) if options else None


def _without_ordinal(entry: Entry) -> frozenset[str]:
    first = entry.name.skeleton.partition(" ")[0]
    return entry.metric - {first} if first.isdigit() else entry.metric


def _compatible(t: Entry, v: Entry) -> bool:
    """Whether the two can be one pair as far as runs and axes go."""
    if t.name.axis != v.name.axis:
        return False
    return t.home == v.home or t.split == "train" or v.role.split is not None


def _strict(t: Entry, v: Entry) -> Option | None:
    """The option of two tags that name the same metric in the same words."""
    if t.metric != v.metric or not _compatible(t, v):
        return None
    same = t.name.skeleton == v.name.skeleton
    if v.name.kind == "unknown" or t.name.kind == "unknown":
        by_tag = t.name.split is not None and v.name.split is not None
        by_epoch = t.grain == "epoch" and v.grain == "epoch"
        if not same or not (by_tag or by_epoch):
            return None
    if same:
        return _option(t, v, 0, "the names differ in the split alone")
    if t.split is None:
        how = "the unmarked tag is train, since a marked one of the same metric is beside it"
        return _option(t, v, 1 if t.name.soft == v.name.soft else 2, how)
    return _option(t, v, 1 if t.name.soft == v.name.soft else 2, "both names say the same metric")


def _option(t: Entry, v: Entry, level: int, how: str) -> Option:
    mixed = t.grain == "step" and v.grain != "step"
    if v.grain == "step":
        grain = 3
    else:
        grain = {"epoch": 0, "": 1, "step": 2}[t.grain] if v.grain == "" else {"epoch": 0, "": 1, "step": 3}[t.grain]
    rank = (int(level > 2), int(t.home != v.home), int(t.split is None), grain, level)
    flags = ("step_train_epoch_val",) if mixed else ()
    return Option(t.at, v.at, rank, flags, how, t.grain == "epoch")


def _group(
    key: _Key,
    options: list[Option],
    matcher: _Matcher,
    test: list[Entry],
    stand_in: bool,
    *,
    several: bool,
) -> Group:
    options = sorted(options, key=lambda option: option.rank)
    first = matcher.entries[options[0].train]
    kind, mode = first.name.kind, first.name.mode
    tests = {at: _tests(matcher.entries[at], key.metric, test) for at in {option.train for option in options}}
    return Group(
        label=first.name.label(key.metric & first.metric or first.metric),
        valset=matcher.valsets[key] if several else "",
        kind=kind,
        mode=mode,
        options=tuple(options),
        tests=tests,
        stand_in=stand_in,
    )


def _tests(train: Entry, metric: frozenset[str], test: list[Entry]) -> tuple[int, ...]:
    options = [option for entry in test if entry.metric == metric and (option := _strict(train, entry))]
    return tuple(option.val for option in sorted(options, key=lambda option: option.rank))


def _reason(entry: Entry, train: list[Entry], val: list[Entry], test: list[Entry]) -> str:
    """Why a tag is in no pair, if it turns out to be in none."""
    name = entry.name
    if name.kind == "none":
        return f"No pair: {name.why_none}."
    if name.axis:
        return f"No pair: it is a copy of a curve on another axis (vs {name.axis})."
    if entry.split == "train":
        return f'Train (by "{name.split_word or "its run"}"), but no validation tag names the same metric.'
    if entry.split in ("val", "test"):
        kind = "Validation" if entry.split == "val" else "Test"
        return f'{kind} (by "{name.split_word or "its run"}"), but no train tag names the same metric.'
    if name.of_reinforcement:
        return "No pair: a loss of reinforcement learning has no validation."
    return "No pair: its name says neither train nor validation, and no tag that does names the same metric."
