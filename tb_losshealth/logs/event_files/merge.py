"""The event files of one folder -> one run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tb_losshealth.logs.columns import Part
from tb_losshealth.logs.event_files.decoding.event_proto import SCALAR_PLUGINS
from tb_losshealth.logs.event_files.file_contents import FileContents
from tb_losshealth.logs.run import Run, Tag


def merge_files(name: str, files: Mapping[str, FileContents], before: Run | None) -> Run:
    """The run that some files make up together.

    Files follow each other in the order of their names, which TensorBoard's writers begin with the time of creation.
    The order of wall times would weave two trainings that write into one folder at once into one zigzag; the order of
    names keeps them apart as two trainings.

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
