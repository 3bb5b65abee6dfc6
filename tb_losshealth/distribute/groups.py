"""Runs that may hold halves of one pair belong into one group; groups are judged independently of each other."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from tb_losshealth.logs.metrics_files.metrics_log import training_folder
from tb_losshealth.pairing.families import needed_keys, offered_keys, placements
from tb_losshealth.pairing.toml_file import RulesFile

# The last word of a sub-run that `add_scalars` made for a key of one letter.
_LETTER_KEY = re.compile(r"(?:^|[^0-9A-Za-z])[tv]$", re.IGNORECASE)


class Partition:
    """Disjoint sets of whole numbers, joined pair by pair (union-find)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, one: int, other: int) -> None:
        """Makes two sets one; the smallest member stands for it."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first

    def find(self, member: int) -> int:
        """The member that stands for the set."""
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def sets(self) -> list[list[int]]:
        """Every set, in order of its smallest member."""
        found: dict[int, list[int]] = {}
        for member in range(len(self._parent)):
            found.setdefault(self.find(member), []).append(member)
        return list(found.values())


def group_runs(names: Sequence[str], together: Iterable[Sequence[str]] = ()) -> list[list[int]]:
    """Groups runs such that no pair lies in two groups.

    Only names are known here, not tags, so a group may hold runs that turn out to be unrelated.

    Args:
        names: of the runs.
        together: further runs that belong into one group; names that are not in `names` do not matter.

    Returns:
        Indices into `names`, each in exactly one group.
    """
    partition = Partition(len(names))
    index = {name: at for at, name in enumerate(names)}
    _join_families(names, partition)
    for at, name in enumerate(names):
        for other in _relatives(name, index):
            partition.join(at, other)
    for run_names in together:
        known = [index[name] for name in run_names if name in index]
        for other in known[1:]:
            partition.join(known[0], other)
    _join_checkpoints(names, partition)
    return partition.sets()


def _join_families(names: Sequence[str], partition: Partition) -> None:
    """Joins each run with those whose presence decides how the grammar reads it."""
    announcers: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        for key in offered_keys(name):
            announcers.setdefault(key, []).append(at)
    joined: set[str] = set()
    for at, name in enumerate(names):
        for key in needed_keys(name):
            for other in announcers.get(key, ())[: 1 if key in joined else None]:
                partition.join(at, other)
            joined.add(key)


def _relatives(name: str, index: dict[str, int]) -> list[int]:
    """Runs further up to which this one may belong: as a sub-run of `add_scalars`, or by Hugging Face's layout."""
    parent, _, last = name.rpartition("/")
    found = []
    if placements(last) or _LETTER_KEY.search(last):
        found += [index[above] for above in _above(parent) if above in index]
        letters = f"{parent}/{_LETTER_KEY.sub('', last)}"
        found += [index[letters + end] for end in _ENDS if letters + end in index]
    if posixpath.basename(parent) == "runs":
        state = posixpath.dirname(parent) or "."
        found += [index[state]] if state in index else []
    return found


_ENDS = tuple(separator + letter for separator in ("_", "-", ".", "/", "") for letter in "tvTV")


def _above(parent: str) -> list[str]:
    parts = parent.split("/") if parent else []
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)] + ["."]


def _join_checkpoints(names: Sequence[str], partition: Partition) -> None:
    home: dict[str, int] = {}
    for at, name in enumerate(names):
        partition.join(at, home.setdefault(training_folder(name), at))


def tied_by_rules(config: str | None, names: Sequence[str]) -> list[list[str]]:
    """The runs that a losshealth.toml pairs with each other.

    Args:
        config: its path; None for none.
        names: of all runs.
    """
    file = RulesFile(config, must_exist=False)
    file.reread()
    tied: list[list[str]] = []
    for rule in file.rules.pairs:
        by_stars: dict[tuple[str, ...], list[str]] = {}
        for pattern in {side.run for side in (rule.train, rule.val, rule.test) if side and side.run}:
            for name in names:
                if (stars := pattern.match(name)) is not None:
                    by_stars.setdefault(stars, []).append(name)
        tied += by_stars.values()
    return tied
