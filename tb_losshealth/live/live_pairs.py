"""The pairs of a running training, found among the tags that it logs."""

from __future__ import annotations

import math

from tb_losshealth.health.curves.tag_trainings import split_trainings
from tb_losshealth.live.history import History
from tb_losshealth.live.live_pair import LivePair, pair_name
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pair_finder import find_pairs
from tb_losshealth.pairing.pairs import LossPair, TagFacts, explicit_pair

MAX_TAGS = 1000
"""Tags that are kept: some trainings invent tags as they go, one per sample or per epoch."""


class LivePairs:
    """All scalars that a writer was given, in bounded memory, and the pairs among them.

    Runs are named relative to the writer's folder: "." is the folder itself. A pair is found under its name; in another
    run than ".", the run's name stands before it.
    """

    def __init__(self) -> None:
        self._histories: dict[tuple[str, str], History] = {}
        self._declared: dict[str, DeclaredPair] = {}
        self._pairs: dict[str, LivePair] = {}
        self._by_val: dict[tuple[str, str], list[LivePair]] = {}
        self._observed = 0
        self._look_at = math.inf

    def by_name(self, *, look_again: bool = False) -> dict[str, LivePair]:
        """The pairs by name, as of the latest search for them, or as of now with `look_again`."""
        if look_again or self._observed >= self._look_at:
            self._find()
        return self._pairs

    def declared(self) -> list[DeclaredPair]:
        """The declared pairs."""
        return list(self._declared.values())

    def declare(self, pair: DeclaredPair) -> bool:
        """Makes a pair of two tags, whatever their names; returns whether the declaration is new."""
        if self._declared.get(pair.name) == pair:
            return False
        self._declared[pair.name] = pair
        for ref in (pair.train, pair.val):
            self._histories.setdefault(ref, History())
        self._look_at = 0
        return True

    def observe(self, run: str, tag: str, step: int, value: float, wall: float) -> list[LivePair]:
        """Takes one value; returns the pairs that it evaluated anew."""
        key = run, tag
        history = self._histories.get(key)
        if history is None:
            if len(self._histories) >= MAX_TAGS:
                return []
            history = self._histories[key] = History()
            # Tags come in rounds, and some trainings invent them as they go: search after as many values as there
            # are tags, so that each value costs little.
            self._look_at = min(self._look_at, self._observed + len(self._histories))
        history.add(step, value, wall)
        self._observed += 1
        evaluated = self._find() if self._observed >= self._look_at else []
        for pair in self._by_val.get(key, ()):
            if pair not in evaluated:
                pair.evaluate()
                evaluated.append(pair)
        return evaluated

    def _find(self) -> list[LivePair]:
        """Pairs the tags anew; returns the pairs that are new and have evaluations."""
        # Names propose, values decide: search again once there are twice as many values.
        self._look_at = 2 * self._observed
        facts = [
            latest
            for (run, tag), history in self._histories.items()
            if (latest := TagFacts.latest(run, tag, split_trainings(*history.rows())))
        ]
        found = {pair_name(pair): pair for pair in find_pairs(facts, self._declared.values()).pairs}
        declared = {pair.name: _as_pair(pair) for pair in self._declared.values() if pair.name not in found}
        before, self._pairs = self._pairs, {}
        for name, pair in (found | declared).items():
            live = before.get(name)
            if live and _same_curves(live.pair, pair):
                live.pair = pair
            else:
                live = LivePair(pair, self._histories[pair.train], self._histories[pair.val])
            self._pairs[name] = live
        self._by_val = {}
        for live in self._pairs.values():
            self._by_val.setdefault(live.pair.val, []).append(live)
        return [live for name, live in self._pairs.items() if live is not before.get(name) and live.evaluations]


def _same_curves(one: LossPair, other: LossPair) -> bool:
    return (one.train, one.val, one.mode, one.source) == (other.train, other.val, other.mode, other.source)


def _as_pair(pair: DeclaredPair) -> LossPair:
    curves = pair.train, pair.val, pair.test
    reason = "Declared by the training code."
    return explicit_pair(pair.run, pair.name, pair.mode, curves, reason=reason, source="declared")
