"""What a refresh of a log hands out: runs and their tags, which never change afterwards, and what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from tb_losshealth.health.curves.series import EMPTY_SERIES, Series
from tb_losshealth.health.curves.tag_trainings import TagTraining, split_trainings
from tb_losshealth.logs.columns import Part


class Tag:
    """One scalar tag of a run.

    Attributes:
        name: the tag.
        count: values logged, including those that a resume replaced.
    """

    __slots__ = ("_parts", "_purges", "_trainings", "count", "name")

    def __init__(self, name: str, parts: Sequence[Part], purges: Sequence[tuple[int, int]]) -> None:
        self.name = name
        self.count = sum(len(part) for part in parts)
        self._parts = tuple(parts)
        self._purges = tuple(purges)
        self._trainings: tuple[TagTraining, ...] | None = None

    def shows_same(self, other: Tag) -> bool:
        """Whether both stand for the same rows."""
        return self._parts == other._parts and self._purges == other._purges

    @property
    def trainings(self) -> Sequence[TagTraining]:
        """The trainings under this tag, the latest last; none where all was purged."""
        if self._trainings is None:  # computed twice if two threads come at once, with the same result
            self._trainings = tuple(self._split())
        return self._trainings

    @property
    def series(self) -> Series:
        """The latest training; empty where all was purged."""
        return self.trainings[-1].series if self.trainings else EMPTY_SERIES

    def _split(self) -> list[TagTraining]:
        first, *more = self._parts
        if not more:
            columns = first.steps, first.values, first.wall_times
            if first.increasing and not self._purges:
                return [TagTraining(Series(*columns))]
            return split_trainings(*columns, self._purges)
        steps = np.concatenate([part.steps for part in self._parts])
        values = np.concatenate([part.values for part in self._parts])
        walls = np.concatenate([part.wall_times for part in self._parts])
        writers = list(accumulate(map(len, self._parts)))[:-1]
        return split_trainings(steps, values, walls, self._purges, writers=writers)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One folder with event files, or what one metrics file holds.

    Attributes:
        name: the folder relative to the logdir, "." for the logdir itself, "/" between names.
        tags: the scalar tags by name, in the order in which they first appear.
        declarations: contents of the pair-declaring summaries, in write order.
    """

    name: str
    tags: Mapping[str, Tag]
    declarations: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a refresh is done."""

    files_done: int
    files: int
    bytes_done: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of the runs that a refresh found new or changed, and of those that are gone."""

    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
