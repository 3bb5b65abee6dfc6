"""Names -> pairs: finds the train and validation curves that belong together in any logdir.

Names propose (`families`, `matching`), values decide among the proposals (`evidence`), and what a writer declared
beats both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tb_losshealth.events.declared_pairs import DeclaredPair
from tb_losshealth.events.evidence import axes_differ, choose, guessed_mode, same_curve
from tb_losshealth.events.families import (
    Placement,
    Role,
    announced,
    assign,
    believable,
    placements,
    tag_splits,
    undo_add_scalars,
    watched,
)
from tb_losshealth.events.matching import Group, Option, Plan, make_plan
from tb_losshealth.events.names import read
from tb_losshealth.events.pairs import LossPair, Mode, Pairing, TagFacts, TagRef, TrainOnly, Unpaired
from tb_losshealth.events.vocabulary import Split

__all__ = ["LossPair", "Mode", "PairFinder", "Pairing", "TagFacts", "TagRef", "TrainOnly", "Unpaired", "find_pairs"]

# Plans kept for runs that log the same tags.
MAX_PLANS = 4096


def find_pairs(tags: Iterable[TagFacts], declared: Iterable[DeclaredPair] = ()) -> Pairing:
    """Pairs the tags of a logdir.

    Args:
        tags: every scalar tag.
        declared: what writers declared; the last of a run's declarations of one name counts.
    """
    by_run: dict[str, list[TagFacts]] = {}
    for facts in tags:
        by_run.setdefault(facts.run, []).append(facts)
    declared_by_run: dict[str, list[DeclaredPair]] = {}
    for pair in declared:
        declared_by_run.setdefault(pair.run, []).append(pair)
    return PairFinder().update(by_run, (), declared_by_run)


@dataclass(slots=True)
class _Run:
    """One run: its tags, and the run it is a part of once `add_scalars` is undone."""

    facts: dict[str, TagFacts]
    home: str
    names: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What came of one family; the unpaired by interest."""

    pairs: list[LossPair] = field(default_factory=list)
    train_only: list[TrainOnly] = field(default_factory=list)
    unpaired: tuple[list[Unpaired], list[Unpaired], list[Unpaired]] = field(default_factory=lambda: ([], [], []))


class PairFinder:
    """Pairs a logdir that grows: an update costs in proportion to the runs that changed."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._homes: dict[str, set[str]] = {}
        self._allowed: dict[str, tuple[Placement, ...]] = {}
        self._skeletons: dict[str, dict[str, Split]] = {}
        self._watchers: dict[str, set[str]] = {}
        self._assigned: dict[str, tuple[str, Role]] = {}
        self._families: dict[str, set[str]] = {}
        self._found: dict[str, _Found] = {}
        self._plans: dict[tuple[tuple[int, Role, str], ...], Plan] = {}
        self._declared: dict[str, tuple[DeclaredPair, ...]] = {}
        self._mentions: dict[str, set[str]] = {}

    def update(
        self,
        changed: Mapping[str, Iterable[TagFacts]],
        removed: Iterable[str] = (),
        declared: Mapping[str, Sequence[DeclaredPair]] | None = None,
    ) -> Pairing:
        """Takes in what changed and pairs anew what it touches.

        Args:
            changed: for every new or changed run, the facts of all its tags.
            removed: runs that are gone.
            declared: for every run, what its writer declared; None: as before.
        """
        moved: set[str] = set()
        touched: set[str] = set()
        for run in removed:
            self._detach(run, moved)
            touched |= self._mentions.get(run, set())
        for run, facts in changed.items():
            self._take_facts(run, {fact.tag: fact for fact in facts}, moved)
            touched |= {run, *self._mentions.get(run, ())}
        if declared is not None:
            touched |= self._take_declared(declared)
        dirty = self._regroup(moved)
        dirty |= {self._assigned[self._runs[run].home][0] for run in touched if run in self._runs}
        for family in dirty:
            if family in self._families:
                self._found[family] = self._pair(family)
            else:
                self._found.pop(family, None)
        return self._pairing()

    def _take_facts(self, run: str, facts: dict[str, TagFacts], moved: set[str]) -> None:
        known = self._runs.get(run)
        if known is not None and known.facts.keys() == facts.keys():
            known.facts = facts
            return
        self._detach(run, moved)
        if facts:
            home, names = run, tuple(facts)
            undone = undo_add_scalars(run, names)
            if undone is not None:
                home, key = undone
                names = (f"{names[0]}/{key}",)
            self._runs[run] = _Run(facts, home, names)
            self._homes.setdefault(home, set()).add(run)
            moved.add(home)

    def _detach(self, run: str, moved: set[str]) -> None:
        known = self._runs.pop(run, None)
        if known is not None:
            self._homes[known.home].discard(run)
            if not self._homes[known.home]:
                del self._homes[known.home]
            moved.add(known.home)

    def _take_declared(self, declared: Mapping[str, Sequence[DeclaredPair]]) -> set[str]:
        """Takes in declarations; names the runs they touch."""
        touched: set[str] = set()
        for run in {*declared, *self._declared}:
            new = tuple({pair.name: pair for pair in declared.get(run, ())}.values())
            old = self._declared.get(run, ())
            if new == old:
                continue
            self._declared[run] = new
            for pair in (*old, *new):
                for ref in (pair.train, pair.val, pair.test):
                    if ref is not None:
                        self._mentions.setdefault(ref.run, set()).add(run)
                        touched.add(ref.run)
            touched.add(run)
        return touched

    def _regroup(self, moved: set[str]) -> set[str]:
        """Assigns moved runs, and those that look at them, to families; names the families to pair anew."""
        dirty: set[str] = set()
        ask: set[str] = set(moved)
        for home in moved:
            for placement in self._allowed.pop(home, ()):
                self._skeletons[placement.skeleton].pop(home, None)
            if home in self._homes:
                splits = tag_splits(name for run in self._homes[home] for name in self._runs[run].names)
                self._allowed[home] = tuple(p for p in placements(home) if believable(p, splits))
                for placement in self._allowed[home]:
                    self._skeletons.setdefault(placement.skeleton, {})[home] = placement.split
                for key in watched(home):
                    self._watchers.setdefault(key, set()).add(home)
            else:
                for key in watched(home):
                    self._watchers.get(key, set()).discard(home)
            for key in announced(home):
                ask |= self._watchers.get(key, set())
        for home in ask:
            old = self._assigned.pop(home, None)
            if old is not None:
                dirty.add(old[0])
                self._families[old[0]].discard(home)
                if not self._families[old[0]]:
                    del self._families[old[0]]
            if home in self._homes:
                self._assigned[home] = assign(home, self._allowed, self._skeletons)
                family = self._assigned[home][0]
                self._families.setdefault(family, set()).add(home)
                dirty.add(family)
        return dirty

    def _pairing(self) -> Pairing:
        found = [self._found[family] for family in sorted(self._found)]
        return Pairing(
            tuple(pair for one in found for pair in one.pairs),
            tuple(alone for one in found for alone in one.train_only),
            tuple(item for interest in range(3) for one in found for item in one.unpaired[interest]),
        )

    def _pair(self, family: str) -> _Found:
        found = _Found()
        declared = self._declared_of(family, found)
        homes = sorted(self._families[family])
        rows: list[tuple[tuple[int, Role, str], TagFacts]] = []
        for number, home in enumerate(homes):
            role = self._assigned[home][1]
            for run in self._homes[home]:
                known = self._runs[run]
                rows += [
                    ((number, role, name), fact)
                    for name, fact in zip(known.names, known.facts.values(), strict=True)
                    if fact.ref not in declared
                ]
        rows.sort(key=lambda row: (row[0][0], row[0][2]))
        tags, facts = [row[0] for row in rows], [row[1] for row in rows]
        key = tuple(tags)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            plan = self._plans[key] = make_plan(tags)
        _settle(plan, tags, facts, homes, family, found)
        return found

    def _declared_of(self, family: str, found: _Found) -> set[TagRef]:
        """Adds the declared pairs whose train curve lies in the family; names the tags that are spoken for."""
        runs = {run for home in self._families[family] for run in self._homes[home]}
        speakers = {run for run in runs if self._declared.get(run)}.union(
            *(self._mentions.get(run, ()) for run in runs)
        )
        spoken: set[TagRef] = set()
        for run in sorted(speakers):
            for pair in self._declared.get(run, ()):
                refs = [ref for ref in (pair.train, pair.val, pair.test) if ref is not None]
                known = [ref for ref in refs if ref.run in self._runs and ref.tag in self._runs[ref.run].facts]
                if pair.train not in known:
                    continue
                spoken.update(known)
                if pair.train.run not in runs:
                    continue
                if pair.val in known:
                    train, val = (self._runs[ref.run].facts[ref.tag] for ref in (pair.train, pair.val))
                    found.pairs.append(
                        LossPair(
                            run=pair.run,
                            name=pair.name,
                            mode=pair.mode,
                            train=pair.train,
                            val=pair.val,
                            test=pair.test if pair.test in known else None,
                            flags=("steps_disjoint",) if axes_differ(train, val) else (),
                            reason="The writer declared it.",
                            is_loss=pair.mode == "min",
                            source="declared",
                        )
                    )
                else:
                    reason = f"The writer declared {pair.val} as its validation, which has no point yet."
                    found.train_only.append(TrainOnly(pair.run, pair.name, pair.mode, pair.train, reason))
        return spoken


def _settle(
    plan: Plan,
    tags: Sequence[tuple[int, Role, str]],
    facts: Sequence[TagFacts],
    homes: Sequence[str],
    family: str,
    found: _Found,
) -> None:
    """Chooses among a plan's options by the values and accounts for every tag."""
    names = {(pair.run, pair.name) for pair in found.pairs}
    used: dict[int, str] = {}
    replaced: dict[int, str] = {}
    vals: list[int] = []
    for group in plan.groups:
        option = choose(group, facts)
        if option is None or (group.valset and any(same_curve(facts[option.val], facts[at]) for at in vals)):
            continue
        run = homes[tags[option.train][0]] if tags[option.train][0] == tags[option.val][0] else family
        pair = _loss_pair(group, option, facts, run, names)
        names.add((pair.run, pair.name))
        found.pairs.append(pair)
        vals.append(option.val)
        test = next((at for at in group.tests[option.train] if facts[at].count), None)
        for at in (option.train, option.val, *((test,) if test is not None else ())):
            used[at] = pair.name
        for other in group.options:
            replaced.setdefault(other.val, f'No pair of its own: "{pair.val.tag}" shows the same for "{pair.name}".')
            replaced.setdefault(
                other.train, f'No pair of its own: "{pair.train.tag}" shows the same for "{pair.name}".'
            )
        for at in group.tests[option.train]:
            replaced.setdefault(at, f'No pair of its own: another test curve is shown with "{pair.name}".')
    alone = _lone(plan, facts, used, replaced)
    for at, label in alone.items():
        run = homes[tags[at][0]]
        name = _unique(label, facts[at].tag, run, names)
        names.add((run, name))
        reason = f'No validation tag names the same metric as "{facts[at].tag}": overfitting cannot be seen here.'
        found.train_only.append(TrainOnly(run, name, "min", facts[at].ref, reason))
    for at, fact in enumerate(facts):
        if at not in used and at not in alone:
            found.unpaired[plan.interest[at]].append(Unpaired(fact.ref, replaced.get(at) or plan.reasons[at]))


def _loss_pair(
    group: Group, option: Option, facts: Sequence[TagFacts], run: str, names: set[tuple[str, str]]
) -> LossPair:
    train, val = facts[option.train], facts[option.val]
    label, kind, mode = group.label, group.kind, group.mode
    if not label:
        # Tags that say the split and nothing else: the run may say the metric.
        inside = read(run.rpartition("/")[2])
        label = inside.label(inside.metric) or "value"
        if inside.mode is not None:
            kind, mode = inside.kind, inside.mode
    flags = list(option.flags)
    if group.stand_in:
        flags.append("test_as_val")
    if mode is None:
        flags.append("direction_guessed")
    if axes_differ(train, val):
        flags.append("steps_disjoint")
    if group.valset:
        label = f"{label} ({group.valset})"
    test = next((at for at in group.tests[option.train] if facts[at].count), None)
    instead = "test, for want of validation," if group.stand_in else "validation"
    return LossPair(
        run=run,
        name=_unique(label, val.tag, run, names),
        mode=mode or guessed_mode(train),
        train=train.ref,
        val=val.ref,
        test=None if test is None else facts[test].ref,
        flags=tuple(flags),
        reason=f'"{train.tag}" is train, "{val.tag}" is {instead}: {option.how}.',
        is_loss=kind == "loss",
        source="grammar",
    )


def _unique(label: str, tag: str, run: str, names: set[tuple[str, str]]) -> str:
    name, number = label, 2
    if (run, name) in names:
        name = f"{label} [{tag}]"
    while (run, name) in names:
        name, number = f"{label} [{tag}] {number}", number + 1
    return name


def _lone(plan: Plan, facts: Sequence[TagFacts], used: Mapping[int, str], replaced: dict[int, str]) -> dict[int, str]:
    """The train losses that stand alone: of each metric the fullest curve, with its label."""
    covered = {lone.metric for lone in plan.lone if lone.at in used}
    best: dict[frozenset[str], int] = {}
    labels: dict[int, str] = {}
    for lone in plan.lone:
        if lone.at in used or not facts[lone.at].count or lone.at in replaced or lone.metric in covered:
            continue
        known = best.get(lone.metric)
        if known is None or facts[lone.at].count > facts[known].count:
            best[lone.metric] = lone.at
        labels[lone.at] = lone.label
    for lone in plan.lone:
        if lone.at not in used and lone.at not in replaced and best.get(lone.metric) != lone.at:
            shown = best.get(lone.metric)
            other = f'"{facts[shown].tag}"' if shown is not None else "another curve"
            replaced[lone.at] = f"No entry of its own: {other} shows the same metric."
    return {at: labels[at] for at in best.values()}
