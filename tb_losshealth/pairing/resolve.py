"""The pairs of one family of runs: explicit pairs first, then the plan's candidates by their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tb_losshealth.health.labels import Flag
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.evidence import choose, guessed_mode, same_curve
from tb_losshealth.pairing.pairs import LossPair, Mode, Source, TagFacts, TagRef, TrainOnly, Unpaired, explicit_pair
from tb_losshealth.pairing.plan import Candidate, Plan, Proposal, TrainOnlyCandidate
from tb_losshealth.pairing.tag_names import read
from tb_losshealth.pairing.toml_rules import AddedPair, Rules


@dataclass(slots=True)
class FamilyPairing:
    """Every tag of one family, as part of a pair, a train loss alone, or neither.

    Attributes:
        pairs: losses first.
        train_only: train losses without validation.
        unpaired: the other tags, by `Plan.interest`: halves of pairs, metrics, all else.
        lines: the lines of a person's rules that were used.
    """

    pairs: list[LossPair] = field(default_factory=list)
    train_only: list[TrainOnly] = field(default_factory=list)
    unpaired: tuple[list[Unpaired], list[Unpaired], list[Unpaired]] = field(default_factory=lambda: ([], [], []))
    lines: set[int] = field(default_factory=set)


class FamilyResolver:
    """Decides which tags of the family of this name are pairs, by a person's rules.

    Attributes:
        result: the family's pairs so far.
    """

    def __init__(self, family: str, rules: Rules) -> None:
        self._family = family
        self._rules = rules
        self._names: set[tuple[str, str]] = set()
        self.result = FamilyPairing()

    def add(self, pair: DeclaredPair | AddedPair, run: str, facts: Mapping[TagRef, TagFacts]) -> None:
        """Adds a pair that a writer declared or a rule adds; its validation may have no point yet.

        Args:
            pair: where it gives no name or direction, the train tag does.
            run: the run it is shown with.
            facts: by curve; curves without points are left out, but train has points.
        """
        train = facts[pair.train]
        of_train = read(train.tag)
        name = pair.name or of_train.label(of_train.metric) or train.tag
        mode = pair.mode or of_train.mode or guessed_mode(train)
        source: Source = "declared"
        reason = "The writer declared it."
        if isinstance(pair, AddedPair):
            self.result.lines.add(pair.line)
            source, reason = "override", f"Added by line {pair.line} of {self._rules.path}."
        elif pair.val not in facts:
            reason = f'The writer declared "{pair.val.tag}" as its validation, which has no point yet.'
        if pair.val in facts:
            curves = pair.train, pair.val, pair.test if pair.test in facts else None
            self._add_pair(explicit_pair(run, name, mode, curves, reason=reason, source=source))
        else:
            self._add_train_only(run, name, mode, train, reason)

    def resolve(self, plan: Plan, runs: Sequence[str], facts: Sequence[TagFacts]) -> None:
        """Chooses among a plan's candidates, and gives every other tag its reason.

        Args:
            plan: what the names propose.
            runs: for every tag of the plan the run it is shown with, `add_scalars` undone.
            facts: for every tag of the plan the facts of its values.
        """
        used: set[int] = set()
        replaced: dict[int, str] = {}
        vals: list[TagFacts] = []
        for proposal in plan.proposals:
            permitted = self._permitted(proposal, runs, facts, replaced) if self._rules else proposal.candidates
            chosen = choose(permitted, proposal.kind, facts)
            if chosen is None:
                continue
            if chosen.may_repeat and any(same_curve(facts[chosen.val], val) for val in vals):
                replaced[chosen.val] = "No pair of its own: it repeats another validation curve, value by value."
                continue
            tests = proposal.tests[chosen.train]
            test = next((at for at in tests if facts[at].count), None)
            run = self._shown_with(chosen, runs)
            name = self._add_proposal(proposal, chosen, facts, run, None if test is None else facts[test].ref)
            vals.append(facts[chosen.val])
            used |= {chosen.train, chosen.val} if test is None else {chosen.train, chosen.val, test}
            if len(proposal.candidates) > 1:
                for other in proposal.candidates:
                    replaced.setdefault(other.val, _replaced(facts[chosen.val], name))
                    replaced.setdefault(other.train, _replaced(facts[chosen.train], name))
            for at in tests:
                replaced.setdefault(at, f'No pair of its own: another test curve is shown with "{name}".')
        self._add_train_only_losses(plan.train_only, runs, facts, used, replaced)
        for at, fact in enumerate(facts):
            if at not in used:
                reason = replaced.get(at) or plan.reasons[at]
                self.result.unpaired[plan.interest[at]].append(Unpaired(fact.ref, reason))

    def _shown_with(self, candidate: Candidate, runs: Sequence[str]) -> str:
        """The run that holds both tags, or else the family."""
        train, val = runs[candidate.train], runs[candidate.val]
        return train if train == val else self._family

    def _permitted(
        self, proposal: Proposal, runs: Sequence[str], facts: Sequence[TagFacts], replaced: dict[int, str]
    ) -> tuple[Candidate, ...]:
        permitted = []
        for candidate in proposal.candidates:
            train, val = facts[candidate.train], facts[candidate.val]
            line = self._rules.forbids(self._shown_with(candidate, runs), train.tag, val.tag)
            if line is None:
                permitted.append(candidate)
                continue
            self.result.lines.add(line)
            for at in (candidate.train, candidate.val):
                replaced[at] = f"No pair: {self._rules.path} forbids it in line {line}."
        return tuple(permitted)

    def _add_proposal(
        self, proposal: Proposal, chosen: Candidate, facts: Sequence[TagFacts], run: str, test: TagRef | None
    ) -> str:
        train, val = facts[chosen.train], facts[chosen.val]
        label, kind, mode = proposal.label, proposal.kind, proposal.mode
        if not label:
            # Tags that hold nothing but the split: the run may name the metric.
            of_run = read(run.rpartition("/")[2])
            label = of_run.label(of_run.metric) or "value"
            if of_run.mode is not None:
                kind, mode = of_run.kind, of_run.mode
        flags = chosen.flags
        if proposal.test_as_val:
            flags += (Flag.TEST_AS_VAL,)
        if mode is None:
            flags += (Flag.DIRECTION_GUESSED,)
        split = "test (there is no validation)" if proposal.test_as_val else "validation"
        return self._add_pair(
            LossPair(
                run,
                f"{label} ({proposal.valset})" if proposal.valset else label,
                mode or guessed_mode(train),
                train.ref,
                val.ref,
                test,
                flags,
                f'"{train.tag}" is train, "{val.tag}" is {split}: {chosen.match.explanation}.',
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
            flags = tuple(flag for flag in pair.flags if flag is not Flag.DIRECTION_GUESSED)
            pair = pair._replace(mode=direction[0], flags=flags)
        self.result.lines |= {found[1] for found in (direction, renamed) if found is not None}
        name = self._unique(pair.run, name, pair.val.tag)
        if name != pair.name:
            pair = pair._replace(name=name)
        self.result.pairs.append(pair)
        return pair.name

    def _add_train_only_losses(
        self,
        losses: Sequence[TrainOnlyCandidate],
        runs: Sequence[str],
        facts: Sequence[TagFacts],
        used: set[int],
        replaced: dict[int, str],
    ) -> None:
        """Adds train losses without validation: of each metric the curve with most points."""
        shown = {loss.metric: loss for loss in losses if loss.at in used}
        for loss in losses:
            known = shown.get(loss.metric)
            fuller = known is not None and known.at not in used and facts[loss.at].count > facts[known.at].count
            if loss.at not in replaced and facts[loss.at].count and (known is None or fuller):
                shown[loss.metric] = loss
        for loss in losses:
            if loss.at in used or loss.at in replaced:
                continue
            if shown.get(loss.metric) is loss:
                used.add(loss.at)
                reason = f'No validation tag names the same metric as "{facts[loss.at].tag}".'
                self._add_train_only(runs[loss.at], loss.label, "min", facts[loss.at], reason)
            elif loss.metric in shown:
                replaced[loss.at] = _replaced(facts[shown[loss.metric].at], loss.label)

    def _add_train_only(self, run: str, name: str, mode: Mode, train: TagFacts, reason: str) -> None:
        name = self._unique(run, name, train.tag)
        self.result.train_only.append(TrainOnly(run, name, mode, train.ref, reason))

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
