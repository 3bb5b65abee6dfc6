"""Names -> pairs: finds the train and validation curves that belong together in any logdir.

Four steps, each a module: `families` joins runs, `plan_pairs` proposes from names alone which tags may be a pair,
`evidence` lets the values decide among the candidates, and `resolve` puts declarations and rules before both.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.families import (
    Neighbours,
    Role,
    assign,
    needed_keys,
    offered_keys,
    tag_splits,
    undo_add_scalars,
)
from tb_losshealth.pairing.pairs import LossPair, Mode, Pairing, TagFacts, TagRef, TrainOnly, Unpaired
from tb_losshealth.pairing.plan import Plan
from tb_losshealth.pairing.plan_pairs import make_plan
from tb_losshealth.pairing.resolve import FamilyPairing, FamilyResolver
from tb_losshealth.pairing.toml_rules import NO_RULES, AddedPair, Rules
from tb_losshealth.pairing.vocabulary import Split

__all__ = ["LossPair", "Mode", "PairFinder", "Pairing", "TagFacts", "TagRef", "TrainOnly", "Unpaired", "find_pairs"]

MAX_PLANS = 4096
"""Plans kept for runs that log the same tags; a sweep needs one, a folder of unrelated projects some hundred."""


def find_pairs(tags: Iterable[TagFacts], declared: Iterable[DeclaredPair] = (), rules: Rules = NO_RULES) -> Pairing:
    """Pairs the tags of a logdir.

    Args:
        tags: every scalar tag.
        declared: what writers declared; of a run's declarations of one name the last counts.
        rules: a person's rules. They beat declarations, and those beat the grammar.
    """
    by_run: dict[str, list[TagFacts]] = {}
    for facts in tags:
        by_run.setdefault(facts.run, []).append(facts)
    declared_by_run: dict[str, list[DeclaredPair]] = {}
    for pair in declared:
        declared_by_run.setdefault(pair.run, []).append(pair)
    return PairFinder(rules).update(by_run, (), declared_by_run)


@dataclass(slots=True)
class _Run:
    facts: dict[str, TagFacts]  # by tag
    home: str  # the run that it is part of once `add_scalars` is undone; itself, where no such call made it
    names: tuple[str, ...]  # of the tags within `home`
    added: tuple[AddedPair, ...]  # by rules


class PairFinder:
    """Pairs a logdir that grows, by a person's rules: an update costs in proportion to the runs that changed."""

    def __init__(self, rules: Rules = NO_RULES) -> None:
        self._rules = rules
        self._runs: dict[str, _Run] = {}
        # By home, the run after `add_scalars` is undone: its parts, its family and role.
        self._homes: dict[str, set[str]] = {}
        self._assigned: dict[str, tuple[str, Role]] = {}
        self._families: dict[str, set[str]] = {}
        # The runs that a run may belong to, and those to assign again when one appears or goes.
        self._neighbours = Neighbours()
        self._needing: dict[str, set[str]] = {}
        # What was declared, and for every run the runs whose declarations mention it.
        self._declared: dict[str, tuple[DeclaredPair, ...]] = {}
        self._mentions: dict[str, set[str]] = {}
        self._across: list[AddedPair] = []
        self._plans: dict[object, Plan] = {}
        self._resolved: dict[str, FamilyPairing] = {}
        self._order: list[str] = []

    def update(
        self,
        changed: Mapping[str, Iterable[TagFacts]],
        removed: Iterable[str] = (),
        declared: Mapping[str, Sequence[DeclaredPair]] | None = None,
    ) -> Pairing:
        """Takes in what changed and pairs again what it touches.

        Args:
            changed: for every new or changed run, the facts of all its tags.
            removed: runs that are gone.
            declared: for every run, what its writer declared; None for no change.
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
        touched |= self._apply_rules_across_runs(moved)
        dirty = self._regroup(moved)
        dirty |= {self._assigned[self._runs[run].home][0] for run in touched if run in self._runs}
        for family in dirty:
            self._resolve(family)
        return self._pairing()

    def _take_facts(self, run: str, facts: dict[str, TagFacts], moved: set[str]) -> None:
        known = self._runs.get(run)
        if known is not None and known.facts.keys() == facts.keys():
            known.facts = {tag: facts[tag] for tag in known.facts}
            return
        self._detach(run, moved)
        if not facts:
            return
        home, names = run, tuple(facts)
        undone = undo_add_scalars(run, names)
        if undone is not None:
            home, key = undone
            names = (f"{names[0]}/{key}",)
        added = tuple(pair for rule in self._rules.pairs for pair in rule.in_run(run, tuple(facts)))
        self._runs[run] = _Run(facts, home, names, added)
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
        """Takes in declarations; returns the runs they touch."""
        touched: set[str] = set()
        for run in {*declared, *self._declared}:
            new = tuple({pair.name: pair for pair in declared.get(run, ())}.values())
            old = self._declared.get(run, ())
            if new != old:
                self._declared[run] = new
                touched |= {run, *(ref.run for pair in (*old, *new) for ref in _refs(pair))}
                for pair in new:
                    for ref in _refs(pair):
                        self._mentions.setdefault(ref.run, set()).add(run)
        return touched

    def _apply_rules_across_runs(self, moved: set[str]) -> set[str]:
        """Finds the pairs that rules add between runs; returns the runs they touch."""
        rules = [rule for rule in self._rules.pairs if rule.across_runs]
        if not rules or not moved:
            return set()
        tags = {run: tuple(known.facts) for run, known in sorted(self._runs.items())}
        old, self._across = self._across, [pair for rule in rules for pair in rule.between(tags)]
        return {ref.run for pair in (*old, *self._across) for ref in _refs(pair)}

    def _regroup(self, moved: set[str]) -> set[str]:
        """Assigns moved runs, and those that depend on them, to families; returns the families to resolve again."""
        dirty: set[str] = set()
        reassigned: set[str] = set(moved)
        for home in moved:
            self._neighbours.remove(home)
            if home in self._homes:
                splits: frozenset[Split] = frozenset().union(
                    *(tag_splits(self._runs[run].names) for run in self._homes[home])
                )
                self._neighbours.add(home, splits)
            for key in needed_keys(home):
                needing = self._needing.setdefault(key, set())
                (needing.add if home in self._homes else needing.discard)(home)
            for key in offered_keys(home):
                reassigned |= self._needing.get(key, set())
        for home in reassigned:
            old = self._assigned.pop(home, None)
            if old is not None:
                dirty.add(old[0])
                self._families[old[0]].discard(home)
            if home in self._homes:
                self._assigned[home] = assign(home, self._neighbours)
                family = self._assigned[home][0]
                self._families.setdefault(family, set()).add(home)
                dirty.add(family)
        return dirty

    def _resolve(self, family: str) -> None:
        homes = self._families.get(family)
        if not homes:
            self._families.pop(family, None)
            if self._resolved.pop(family, None) is not None:
                del self._order[bisect_left(self._order, family)]
            return
        resolver = FamilyResolver(family, self._rules)
        taken = self._add_explicit(family, resolver)
        shape: list[tuple[int, Role, tuple[str, ...]]] = []
        facts: list[TagFacts] = []
        shown: list[str] = []
        for number, home in enumerate(sorted(homes)):
            for run in sorted(self._homes[home]):
                names, of_run = self._runs[run].names, list(self._runs[run].facts.values())
                if taken:
                    free = [at for at, fact in enumerate(of_run) if TagRef(run, fact.tag) not in taken]
                    names, of_run = tuple(names[at] for at in free), [of_run[at] for at in free]
                shape.append((number, self._assigned[home][1], names))
                facts += of_run
                shown += [home] * len(of_run)
        resolver.resolve(self._plan(tuple(shape)), shown, facts)
        if family not in self._resolved:
            insort(self._order, family)
        self._resolved[family] = resolver.result

    def _plan(self, shape: tuple[tuple[int, Role, tuple[str, ...]], ...]) -> Plan:
        plan = self._plans.get(shape)
        if plan is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            plan = self._plans[shape] = make_plan([(home, role, name) for home, role, names in shape for name in names])
        return plan

    def _add_explicit(self, family: str, resolver: FamilyResolver) -> set[TagRef]:
        """Adds the explicit pairs whose train curve lies in the family; returns the tags that they take."""
        runs = {run for home in self._families[family] for run in self._homes[home]}
        explicit: list[AddedPair | DeclaredPair] = [pair for run in sorted(runs) for pair in self._runs[run].added]
        explicit += [pair for pair in self._across if any(ref.run in runs for ref in _refs(pair))]
        declaring = {run for run in runs if run in self._declared}
        for run in runs:
            declaring |= self._mentions.get(run, set())
        explicit += [pair for run in sorted(declaring) for pair in self._declared[run]]
        taken: set[TagRef] = set()
        vals: set[TagRef] = set()
        for pair in explicit:
            refs = {ref: known for ref in _refs(pair) if (known := self._facts(ref))}
            if pair.train not in refs or pair.val in vals:
                continue
            run = self._shown_with(pair) if isinstance(pair, AddedPair) else pair.run
            if self._rules and self._rules.forbids(run, pair.train.tag, pair.val.tag) is not None:
                continue
            taken |= refs.keys()
            vals.add(pair.val)
            if pair.train.run in runs:
                resolver.add(pair, run, refs)
        return taken

    def _facts(self, ref: TagRef) -> TagFacts | None:
        run = self._runs.get(ref.run)
        return None if run is None else run.facts.get(ref.tag)

    def _shown_with(self, pair: AddedPair) -> str:
        """The run that a person thinks of: the one that holds both curves, or the folder above them."""
        homes = [self._runs[ref.run].home for ref in (pair.train, pair.val)]
        families = [self._assigned[home][0] for home in homes]
        if homes[0] == homes[1]:
            return homes[0]
        return families[0] if families[0] == families[1] else posixpath.commonpath(homes) or homes[0]

    def _pairing(self) -> Pairing:
        families = [self._resolved[family] for family in self._order]
        lines = {line for family in families for line in family.lines} if self._rules else set()
        return Pairing(
            tuple(chain.from_iterable(family.pairs for family in families)),
            tuple(chain.from_iterable(family.train_only for family in families)),
            tuple(chain.from_iterable(family.unpaired[interest] for interest in range(3) for family in families)),
            self._rules.unused(lines),
        )


def _refs(pair: DeclaredPair | AddedPair) -> list[TagRef]:
    return [ref for ref in (pair.train, pair.val, pair.test) if ref is not None]
