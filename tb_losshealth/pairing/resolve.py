"""Settles one family of runs: explicit pairs first, then the plan's options by their values; accounts for every tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tb_losshealth.pairing.evidence import axes_differ, choose, guessed_mode, same_curve
from tb_losshealth.pairing.pairs import LossPair, Mode, Source, TagFacts, TagRef, TrainOnly, Unpaired, explicit_pair
from tb_losshealth.pairing.plan import Group, Lone, Option, Plan
from tb_losshealth.pairing.tag_names import read
from tb_losshealth.pairing.toml_rules import NO_RULES, Rules


@dataclass(frozen=True, slots=True)
class Explicit:
    """A pair that a writer declared or a person's rule adds.

    Attributes:
        run: the run it is shown with.
        name: its name; None: read it off the train tag.
        mode: which way is better; None: read it off the train tag.
        train: facts of the train curve.
        val: facts of the validation curve; None: nothing was logged yet.
        test: the third split, if there is one.
        source: who said so.
        reason: the same for the person who asks.
        line: the line of the rule.
    """

    run: str
    name: str | None
    mode: Mode | None
    train: TagFacts
    val: TagFacts | None
    test: TagRef | None
    source: Source
    reason: str
    line: int | None = None


@dataclass(slots=True)
class Settled:
    """What came of one family.

    Attributes:
        pairs: losses first.
        train_only: train losses without validation.
        unpaired: the other tags, by interest: halves of pairs, metrics, all else.
        lines: the lines of a person's rules that were used.
    """

    pairs: list[LossPair] = field(default_factory=list)
    train_only: list[TrainOnly] = field(default_factory=list)
    unpaired: tuple[list[Unpaired], list[Unpaired], list[Unpaired]] = field(default_factory=lambda: ([], [], []))
    lines: set[int] = field(default_factory=set)


class Settling:
    """The settling of one family.

    Args:
        family: name of the family.
        rules: a person's rules.
    """

    def __init__(self, family: str, rules: Rules = NO_RULES) -> None:
        self._family = family
        self._rules = rules
        self._names: set[tuple[str, str]] = set()
        self.settled = Settled()

    def add(self, explicit: Explicit) -> None:
        """Takes in a pair that was declared or ruled."""
        train, val = explicit.train, explicit.val
        read_off = read(train.tag)
        name = explicit.name or read_off.label(read_off.metric) or train.tag
        mode = explicit.mode or read_off.mode or guessed_mode(train)
        if explicit.line is not None:
            self.settled.lines.add(explicit.line)
        if val is None:
            self._add_train_only(explicit.run, name, mode, train, explicit.reason)
            return
        self._add_pair(
            explicit_pair(
                explicit.run,
                name,
                mode,
                (train.ref, val.ref, explicit.test),
                reason=explicit.reason,
                source=explicit.source,
                flags=("steps_disjoint",) if axes_differ(train, val) else (),
            )
        )

    def settle(self, plan: Plan, runs: Sequence[str], facts: Sequence[TagFacts]) -> None:
        """Chooses among a plan's options.

        Args:
            plan: what the names say.
            runs: for every tag of the plan the run it is shown with, `add_scalars` undone.
            facts: for every tag of the plan what its values say.
        """
        used: set[int] = set()
        replaced: dict[int, str] = {}
        vals: list[TagFacts] = []
        for group in plan.groups:
            options = self._permitted(group, runs, facts, replaced) if self._rules else group.options
            option = choose(options, group.kind, facts)
            if option is None:
                continue
            if option.may_repeat and any(same_curve(facts[option.val], val) for val in vals):
                replaced[option.val] = "No pair of its own: it repeats another validation curve, value by value."
                continue
            run = runs[option.train] if runs[option.train] == runs[option.val] else self._family
            tests = group.tests[option.train]
            test = next((at for at in tests if facts[at].count), None)
            name = self._add_group(group, option, facts, run, None if test is None else facts[test].ref)
            vals.append(facts[option.val])
            used |= {option.train, option.val} if test is None else {option.train, option.val, test}
            if len(group.options) > 1:
                for other in group.options:
                    replaced.setdefault(other.val, _replaced(facts[option.val], name))
                    replaced.setdefault(other.train, _replaced(facts[option.train], name))
            for at in tests:
                replaced.setdefault(at, f'No pair of its own: another test curve is shown with "{name}".')
        self._settle_lone(plan.lone, runs, facts, used, replaced)
        for at, fact in enumerate(facts):
            if at not in used:
                reason = replaced.get(at) or plan.reasons[at]
                self.settled.unpaired[plan.interest[at]].append(Unpaired(TagRef(fact.run, fact.tag), reason))

    def _permitted(
        self, group: Group, runs: Sequence[str], facts: Sequence[TagFacts], replaced: dict[int, str]
    ) -> tuple[Option, ...]:
        permitted = []
        for option in group.options:
            run = runs[option.train] if runs[option.train] == runs[option.val] else self._family
            line = self._rules.forbids(run, facts[option.train].tag, facts[option.val].tag)
            if line is None:
                permitted.append(option)
                continue
            self.settled.lines.add(line)
            for at in (option.train, option.val):
                replaced[at] = f"No pair: {self._rules.path} forbids it in line {line}."
        return tuple(permitted)

    def _add_group(self, group: Group, option: Option, facts: Sequence[TagFacts], run: str, test: TagRef | None) -> str:
        train, val = facts[option.train], facts[option.val]
        label, kind, mode = group.label, group.kind, group.mode
        if not label:
            # Tags that say the split and nothing else: the run may say the metric.
            inside = read(run.rpartition("/")[2])
            label = inside.label(inside.metric) or "value"
            if inside.mode is not None:
                kind, mode = inside.kind, inside.mode
        flags = option.flags
        if group.stand_in:
            flags += ("test_as_val",)
        if mode is None:
            flags += ("direction_guessed",)
        if axes_differ(train, val):
            flags += ("steps_disjoint",)
        split = "test, for want of validation" if group.stand_in else "validation"
        return self._add_pair(
            LossPair(
                run,
                f"{label} ({group.valset})" if group.valset else label,
                mode or guessed_mode(train),
                train.ref,
                val.ref,
                test,
                flags,
                f'"{train.tag}" is train, "{val.tag}" is {split}: {option.match.explanation}.',
                kind == "loss",
                "grammar",
            )
        )

    def _add_pair(self, pair: LossPair) -> str:
        """Adds a pair with the direction and the name that the rules give it; returns the name."""
        direction = self._rules.direction(pair.run, pair.name, pair.train.tag, pair.val.tag)
        renamed = self._rules.renamed(pair.run, pair.name)
        name = pair.name if renamed is None else renamed[0]
        if direction is not None:
            flags = tuple(flag for flag in pair.flags if flag != "direction_guessed")
            pair = pair._replace(mode=direction[0], flags=flags)
        self.settled.lines |= {found[1] for found in (direction, renamed) if found is not None}
        name = self._unique(pair.run, name, pair.val.tag)
        if name != pair.name:
            pair = pair._replace(name=name)
        self.settled.pairs.append(pair)
        return pair.name

    def _settle_lone(
        self,
        lone: Sequence[Lone],
        runs: Sequence[str],
        facts: Sequence[TagFacts],
        used: set[int],
        replaced: dict[int, str],
    ) -> None:
        """Reports train losses that stand alone: of each metric the fullest curve."""
        shown = {one.metric: one for one in lone if one.at in used}
        for one in lone:
            known = shown.get(one.metric)
            fuller = known is not None and known.at not in used and facts[one.at].count > facts[known.at].count
            if one.at not in replaced and facts[one.at].count and (known is None or fuller):
                shown[one.metric] = one
        for one in lone:
            if one.at in used or one.at in replaced:
                continue
            if shown.get(one.metric) is one:
                used.add(one.at)
                reason = f'No validation tag names the same metric as "{facts[one.at].tag}".'
                self._add_train_only(runs[one.at], one.label, "min", facts[one.at], reason)
            elif one.metric in shown:
                replaced[one.at] = _replaced(facts[shown[one.metric].at], one.label)

    def _add_train_only(self, run: str, name: str, mode: Mode, train: TagFacts, reason: str) -> None:
        name = self._unique(run, name, train.tag)
        self.settled.train_only.append(TrainOnly(run, name, mode, TagRef(train.run, train.tag), reason))

    def _unique(self, run: str, label: str, tag: str) -> str:
        name, number = label, 2
        if (run, name) in self._names:
            name = f"{label} [{tag}]"
        while (run, name) in self._names:
            name, number = f"{label} [{tag}] {number}", number + 1
        self._names.add((run, name))
        return name


def _replaced(chosen: TagFacts, name: str) -> str:
    return f'No pair of its own: "{chosen.tag}" shows the same for "{name}".'
