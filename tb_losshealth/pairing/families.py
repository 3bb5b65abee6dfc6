"""Which runs belong together: sub-runs of `add_scalars`, sibling runs of splits, a parent and its `eval/` child."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache

from tb_losshealth.pairing import vocabulary as words
from tb_losshealth.pairing.tag_names import Interval, cut, interval_of, read, split_of
from tb_losshealth.pairing.vocabulary import Split

MAX_DEPTH = 8
"""Components of a run's path that are read, from the right. Nobody nests splits deeper; hostile paths must not cost."""

_QUIET = words.FILLERS | words.EPOCH_WORDS | words.STEP_WORDS | words.AVERAGING
_GAPS = " _-."
# These mean "validation of the run beside me"; `X_dev` or `X_test` beside X is rather another experiment.
_EVALUATES_PARENT = frozenset(("val", "valid", "validation", "validate", "eval", "evaluation"))
# Times in the names of runs: torch's `Nov23_05-00-01`, and those with the year.
_TIMES = (
    (re.compile(r"(?<![^\W_])([A-Z][a-z]{2}\d\d)_(\d\d)-(\d\d)-(\d\d)(?!\d)"), "2000", "%Y%b%d%H%M%S"),
    (re.compile(r"(?<!\d)(20\d\d)" + 5 * r"[-_:. T]?(\d\d)" + r"(?!\d)"), "", "%Y%m%d%H%M%S"),
)
SAME_START = 10.0
"""Seconds within which one training makes the writers of all its splits."""

# Writers once replaced these characters in tags, but not in the folder's name.
_ILLEGAL = re.compile(r"[^-/\w.]")


@dataclass(frozen=True, slots=True)
class Placement:
    """One way to read a run as a split of a family.

    Attributes:
        skeleton: the run with the split blanked; runs that differ in the split alone share it.
        base: the run without the split, "." for the root.
        split: the split.
        exact: whether the path component holds nothing but the split.
        last: whether nothing follows that component.
        qualifier: the other words in and below that component, such as the name of a validation set.
        enclosing: skeleton of the family that a validation set's run belongs to, where no train run is named alike.
        parent: the folder that the component lies in.
        interval: whether the component is named per epoch or per step (`train_inner`).
        leads: whether the component begins with the split.
        evaluates_parent: whether the split word marks the run as the evaluation of one beside or above it.
        evaluates: whether the component marks the run as no training (`val`, `eval_train`).
        timeless: the skeleton without the time at which the run was started; empty where the name has no time.
        started: that time in seconds; only differences mean anything, since names may lack the year.
    """

    skeleton: str
    base: str
    split: Split
    exact: bool
    last: bool
    qualifier: tuple[str, ...]
    enclosing: str
    parent: str
    interval: Interval
    leads: bool
    evaluates_parent: bool
    evaluates: bool
    timeless: str = ""
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Role:
    """What a run is within its family.

    Attributes:
        split: the split, where the family shows it.
        qualifier: the name of the validation set.
        interval: per epoch or per step.
        evaluates: whether the run's name marks it as no training, though no train run is beside it.
    """

    split: Split | None = None
    qualifier: tuple[str, ...] = ()
    interval: Interval = ""
    evaluates: bool = False


def undo_add_scalars(run: str, tags: Collection[str]) -> tuple[str, str] | None:
    """The run that called `add_scalars` and the key, if `run` is a sub-run that such a call made.

    torch logs `add_scalars(main, {key: value})` as tag `main` of run `R/main_key` (slashes of `main` replaced),
    tensorboardX as tag `main` of run `R/main/key`. Such a sub-run holds that one tag.
    """
    if len(tags) != 1:
        return None
    (tag,) = tags
    parent, _, last = run.rpartition("/")
    clean = _ILLEGAL.sub("_", tag)
    head = clean.replace("/", "_") + "_"
    if _ILLEGAL.sub("_", last).startswith(head) and len(last) > len(head):
        return parent or ".", last[len(head) :]
    above, inside = "/" + _ILLEGAL.sub("_", parent), "/" + clean
    if parent and above.endswith(inside):
        return parent[: len(parent) - len(clean)].rstrip("/") or ".", last
    return None


@lru_cache(maxsize=65536)
def placements(run: str) -> tuple[Placement, ...]:
    """All ways to read a run as a split, the rightmost first."""
    parts = run.split("/")
    found = []
    for depth in reversed(range(max(len(parts) - MAX_DEPTH, 0), len(parts))):
        component = cut(parts[depth])
        marks = [(index, split) for index, word in enumerate(component) if (split := split_of(word.text))]
        if not marks:
            continue
        index, split = marks[-1]
        same = {mark for mark, named in marks if named == split}
        kept = [at for at, word in enumerate(component) if at not in same and word.text not in _QUIET]
        others = tuple(component[at].text for at in kept)
        before, after = "/".join(parts[:depth]), "/".join(parts[depth + 1 :])
        star = " ".join("*" if at == index else component[at].text for at in sorted({*kept, index}))
        remainder = _without(parts[depth], component[index].written) if others else ""
        found.append(
            Placement(
                skeleton=f"{before}/{star}/{after}",
                base="/".join(part for part in (before, remainder, after) if part) or ".",
                split=split,
                exact=not others,
                last=not after,
                qualifier=(*others, *(word.text for word in cut(after))),
                enclosing=f"{before}/*/" if others or after else "",
                parent=before or ".",
                interval=interval_of({word.text for word in component}),
                leads=min(same) == 0 or component[0].text in words.EVALUATION,
                evaluates_parent=component[index].text in _EVALUATES_PARENT,
                evaluates=split != "train" or any(word.text in words.EVALUATION for word in component),
            )
        )
    start = _start(run)
    without = placements(start[0]) if start else ()
    if start is None or len(without) != len(found):
        return tuple(found)
    return tuple(
        replace(at, timeless=other.skeleton, started=start[1]) for at, other in zip(found, without, strict=True)
    )


def _start(run: str) -> tuple[str, float] | None:
    """A run's name without the first time in it, and that time in seconds."""
    for pattern, year, form in _TIMES:
        time = pattern.search(run)
        if time is None:
            continue
        try:
            started = datetime.strptime(year + "".join(time.groups()), form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        return run[: time.start()] + run[time.end() :], started.timestamp()
    return None


def _without(component: str, written: str) -> str:
    """A path component without its split word and the separator that held it."""
    left, _, right = component.rpartition(written)
    left, gap, right = left.rstrip(_GAPS), left[len(left.rstrip(_GAPS)) :][:1], right.lstrip(_GAPS)
    return f"{left}{gap}{right}" if left and right else left or right


@lru_cache(maxsize=4096)
def tag_splits(names: tuple[str, ...]) -> frozenset[Split]:
    """The splits that the names of metrics hold, whatever their run is called."""
    return frozenset(split for name in map(read, names) if name.kind != "none" and (split := name.split))


def believable(placement: Placement, splits: frozenset[Split]) -> bool:
    """Whether a run's tags allow it to be one split: `train/` that logs both losses is a training named "train"."""
    return not splits or splits == {placement.split} or ("train" not in splits and placement.split != "train")


def offered_keys(home: str) -> set[str]:
    """Keys of a run under which others may find it when they are assigned to families."""
    keys = {f"run {home}"}
    for at in placements(home):
        keys |= {at.skeleton, at.enclosing, *_around(at, 0)}
    return keys - {""}


def _around(placement: Placement, reach: int) -> list[str]:
    """Keys of the runs that differ from this one in the start, by no more than about `reach` times `SAME_START`."""
    span = int(placement.started // SAME_START)
    near = range(-reach, reach + 1) if placement.timeless else ()
    return [f"{placement.timeless} started {span + at}" for at in near]


@lru_cache(maxsize=65536)
def needed_keys(home: str) -> frozenset[str]:
    """The keys (see `offered_keys`) that the assignment of a run depends on."""
    keys = set()
    parts = home.split("/")
    for length in range(max(len(parts) - MAX_DEPTH, 0) + 1, len(parts) + 1):
        for placement in placements("/".join(parts[:length])):
            keys |= {f"run {placement.base}", f"run {placement.parent}"}
            keys |= {placement.skeleton, placement.enclosing, *_around(placement, 2)}
    return frozenset(keys)


class Neighbours:
    """The runs of a logdir, indexed by what the run of a split looks for.

    Attributes:
        allowed: for every run the placements that its tags allow.
        sharing: for every skeleton its runs and their splits.
        enclosed: for every skeleton the runs of named validation sets that belong beside it.
        started: for every span of time the runs that were started in it and differ in nothing else but the split.
    """

    def __init__(self) -> None:
        self.allowed: dict[str, tuple[Placement, ...]] = {}
        self.sharing: dict[str, dict[str, Split]] = {}
        self.enclosed: dict[str, set[str]] = {}
        self.started: dict[str, dict[str, Placement]] = {}

    def add(self, home: str, splits: frozenset[Split]) -> None:
        """Adds a run whose tags name these splits."""
        self.allowed[home] = tuple(p for p in placements(home) if believable(p, splits))
        for placement in self.allowed[home]:
            self.sharing.setdefault(placement.skeleton, {})[home] = placement.split
            for key in _around(placement, 0):
                self.started.setdefault(key, {})[home] = placement
            if placement.split != "train":
                self.enclosed.setdefault(placement.enclosing, set()).add(home)

    def remove(self, home: str) -> None:
        """Forgets a run."""
        for placement in self.allowed.pop(home, ()):
            self.sharing[placement.skeleton].pop(home, None)
            for key in _around(placement, 0):
                self.started[key].pop(home, None)
            if placement.split != "train":
                self.enclosed[placement.enclosing].discard(home)

    def has_train(self, skeleton: str) -> bool:
        """Whether some run of the skeleton is its train split."""
        return "train" in self.sharing.get(skeleton, {}).values()

    def started_with(self, placement: Placement) -> list[Placement]:
        """The runs of one training whose writers were made some seconds apart; none where the choice is ambiguous."""
        near = self._started_near(placement)
        splits = [other.split for other in near]
        one_each = "train" in splits and 1 < len(splits) == len({*splits})
        return near if one_each and all(self._started_near(other) == near for other in near) else []

    def _started_near(self, placement: Placement) -> list[Placement]:
        found = [other for key in _around(placement, 1) for other in self.started.get(key, {}).values()]
        near = [other for other in found if abs(other.started - placement.started) <= SAME_START]
        return [other for other in near if not self._is_matched(other.skeleton)]

    def _is_matched(self, skeleton: str) -> bool:
        """Whether a run of train and one of another split are named alike, the time included."""
        return self.has_train(skeleton) and len({*self.sharing[skeleton].values()}) > 1


def assign(home: str, neighbours: Neighbours) -> tuple[str, Role]:
    """The family of a run, named like the run that a person thinks of, and the run's role there.

    Args:
        home: the run.
        neighbours: all runs of the logdir, this one included.
    """
    allowed = neighbours.allowed
    for placement in allowed[home]:
        partners = set(neighbours.sharing[placement.skeleton].values())
        sets = placement.split == "train" and neighbours.enclosed.get(placement.skeleton)
        if "train" in partners and (len(partners) > 1 or sets):
            return placement.base, Role(placement.split, (), placement.interval)
    for placement in allowed[home]:
        if placement.split != "train" and (parent := _parent(placement, neighbours)):
            family = assign(parent[0], neighbours)[0] if parent[0] in allowed else parent[0]
            return family, Role(placement.split, parent[1], placement.interval)
    for placement in allowed[home]:
        together = neighbours.started_with(placement)
        if together:
            train = next(other for other in together if other.split == "train")
            return train.base, Role(placement.split, (), placement.interval)
    first = allowed[home][0] if allowed[home] else None
    if first and first.exact and first.last and first.split == "val":
        return home, Role("val")
    return home, Role(evaluates=first is not None and first.evaluates)


def _parent(placement: Placement, neighbours: Neighbours) -> tuple[str, tuple[str, ...]] | None:
    """The run that a validation run evaluates, and the name of the validation set."""
    allowed = neighbours.allowed
    if placement.exact and placement.last and placement.base in allowed:
        return placement.base, ()
    named_set = placement.leads or placement.split == "val"
    if placement.enclosing and named_set and neighbours.has_train(placement.enclosing):
        return placement.parent, placement.qualifier
    if not placement.evaluates_parent or placement.exact or not placement.last:
        return None
    if placement.base in allowed:
        return placement.base, ()
    if placement.leads and placement.parent in allowed:
        return placement.parent, placement.qualifier
    return None
