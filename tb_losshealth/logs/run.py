"""What a refresh hands out: runs and their tags, which never change afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType

import numpy as np

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.tag_trainings import TagTraining, split_trainings
from tb_losshealth.logs.columns import Part
from tb_losshealth.logs.event_files.decoding.event_proto import SCALAR_PLUGINS
from tb_losshealth.logs.event_files.file_contents import FileContents


class Tag:
    """One scalar tag of a run.

    Attributes:
        name: the tag.
        count: values logged, whatever became of them.
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
        if self.trainings:
            return self.trainings[-1].series
        return Series(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))

    def _split(self) -> list[TagTraining]:
        parts = self._parts
        if len(parts) == 1:
            part = parts[0]
            if part.increasing and not self._purges:
                return [TagTraining(Series(part.steps, part.values, part.wall_times))]
            return split_trainings(part.steps, part.values, part.wall_times, self._purges)
        return split_trainings(
            np.concatenate([part.steps for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.wall_times for part in parts]),
            self._purges,
            writers=list(accumulate(len(part) for part in parts))[:-1],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One folder with event files.

    Attributes:
        name: the folder relative to the logdir, "." for the logdir itself, "/" between names.
        tags: the scalar tags by name, in the order in which they first appear.
        declarations: contents of the pair-declaring summaries, in write order.
    """

    name: str
    tags: Mapping[str, Tag]
    declarations: tuple[bytes, ...] = ()


def merge_files(name: str, files: Mapping[str, FileContents], before: Run | None) -> Run:
    """The run that some files make up together.

    Files are taken one after the other, in the order of their names, which TensorBoard's writers begin with the time
    of creation. Not by wall time: of two trainings that write into one folder at once, that would weave one zigzag;
    so they come out as two sessions.

    Args:
        name: of the run.
        files: by path.
        before: the run as it was; its unchanged tags are kept, with what has been computed for them.
    """
    contents = [files[path] for path in sorted(files, key=_natural)]
    tags: dict[str, Tag] = {}
    for tag_name in dict.fromkeys(tag for file in contents for tag in file.columns):
        tag = _merge_tag(tag_name, contents)
        if tag is not None:
            known = before.tags.get(tag_name) if before else None
            tags[tag_name] = known if known is not None and known.shows_same(tag) else tag
    declarations = tuple(payload for file in contents for payload in file.declarations)
    return Run(name, MappingProxyType(tags), declarations)


def _merge_tag(name: str, files: Sequence[FileContents]) -> Tag | None:
    """One tag, None where its tensors are no scalars."""
    parts: list[Part] = []
    purges: list[tuple[int, int]] = []
    rows = 0
    plugin = ""
    for file in files:
        named = file.plugins.get(name)
        if rows and file.purged_before is not None:
            purges.append((rows, file.purged_before))
        # Writers name the plugin in a tag's first event alone, so that of an earlier file holds.
        if name in file.columns and not (named == "" and plugin not in SCALAR_PLUGINS):
            purges += [(rows + row, step) for row, step in file.purges.get(name, ())]
            parts.append(file.columns[name].part())
            rows += len(parts[-1])
        plugin = plugin or named or ""
    return Tag(name, parts, purges) if parts else None


def _natural(path: str) -> list[tuple[int, str]]:
    """A sort key by which `x.9` comes before `x.10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", path)]
