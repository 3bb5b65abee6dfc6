"""Groups of runs packed into pieces of work worth sending to another process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tb_losshealth.distribute.discover import RunFiles
from tb_losshealth.distribute.groups import group_runs

Group: TypeAlias = tuple[RunFiles, ...]
"""Runs that can only be judged together, in order of their names."""

# A piece of work costs some milliseconds to hand out; more pieces balance better and need less memory at a time.
BATCH_BYTES = 4 * 2**20
BATCH_RUNS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some groups."""

    groups: tuple[Group, ...]

    @property
    def runs(self) -> list[RunFiles]:
        """The runs of all groups."""
        return [run for group in self.groups for run in group]

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return sum(run.bytes for run in self.runs)

    def apart(self) -> list[Batch]:
        """A batch a group."""
        return [Batch((group,)) for group in self.groups]

    def __str__(self) -> str:
        names = [run.name for run in self.runs]
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def make_batches(runs: Sequence[RunFiles], together: Iterable[Sequence[str]] = ()) -> list[Batch]:
    """Batches such that no pair lies in two of them; `together` as for `group_runs`."""
    members = group_runs([run.name for run in runs], together)
    return list(_pack(tuple(runs[at] for at in group) for group in members))


def _pack(groups: Iterable[Group]) -> Iterator[Batch]:
    batch: list[Group] = []
    size = count = 0
    for group in groups:
        group_size = sum(run.bytes for run in group)
        if batch and (size + group_size > BATCH_BYTES or count + len(group) > BATCH_RUNS):
            yield Batch(tuple(batch))
            batch, size, count = [], 0, 0
        batch.append(group)
        size += group_size
        count += len(group)
    if batch:
        yield Batch(tuple(batch))
