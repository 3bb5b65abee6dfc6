"""Which files below a folder may hold metrics, on this machine or behind a URL that fsspec knows."""

from __future__ import annotations

import os
import posixpath
import stat as stat_modes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from tb_losshealth.logs.folders import printable, run_name
from tb_losshealth.logs.problems import ReadProblem

_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".log.json")
# Whole documents and plain logs are read under these names alone: most such files are no metrics.
_NAMES = frozenset(
    (
        "trainer_state.json",
        "metrics.json",
        "history.json",
        "scalars.json",
        "training.log",
        "training_log.txt",
        "log.txt",
    )
)


def may_hold_metrics(file_name: str) -> bool:
    """Whether the name is one that trainers give to metrics files."""
    name = file_name.lower()
    return name in _NAMES or (name.endswith(_SUFFIXES) and not name.startswith("."))


@dataclass(frozen=True, slots=True)
class MetricsFile:
    """A file that may hold metrics.

    Attributes:
        path: local path or URL.
        folder: name of the run whose event files would lie in its folder, "." for the root.
        name: of the file.
        size: in bytes.
        stamp: changes when the content does.
        asked: whether a person named this very file.
    """

    path: str
    folder: str
    name: str
    size: int
    stamp: tuple[object, ...]
    asked: bool = False


def list_metrics_files(root: str, prefix: str, problems: list[ReadProblem]) -> Iterator[MetricsFile]:
    """Every candidate at or below a root.

    Args:
        root: a folder or one file, a local path or a URL.
        prefix: what the names of its runs begin with.
        problems: takes what could not be listed.
    """
    if "://" in root:
        yield from _list_url(root, prefix, problems)
        return
    try:
        stat = os.stat(root)
    except OSError:
        return
    if not stat_modes.S_ISDIR(stat.st_mode):
        yield MetricsFile(root, prefix or ".", os.path.basename(root), stat.st_size, _stamp(stat), asked=True)
        return
    yield from _walk(root, prefix, problems)


def open_metrics_file(path: str) -> BinaryIO:
    """Opens a local path or a URL for reading bytes."""
    if "://" not in path:
        return open(path, "rb")
    import fsspec

    return cast(BinaryIO, fsspec.open(path, "rb").open())


def _walk(root: str, prefix: str, problems: list[ReadProblem]) -> Iterator[MetricsFile]:
    def said(error: OSError) -> None:
        problems.append(
            ReadProblem(printable(str(error.filename)), None, f"cannot be listed: {error.strerror or error}")
        )

    for folder, entries in _folders(root, said):
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        for entry in entries:
            try:
                if entry.is_file():
                    stat = entry.stat()
                    yield MetricsFile(entry.path, run_name(prefix, relative), entry.name, stat.st_size, _stamp(stat))
            except OSError as error:
                said(error)


def _folders(root: str, said: Callable[[OSError], None]) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    seen: set[tuple[int, int]] = set()
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            stat = os.stat(folder)
            if (stat.st_dev, stat.st_ino) in seen:  # a link that leads back up
                continue
            seen.add((stat.st_dev, stat.st_ino))
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
            pending += [entry.path for entry in entries if entry.is_dir()]
        except FileNotFoundError:
            continue
        except OSError as error:
            said(error)
            continue
        yield folder, [entry for entry in entries if may_hold_metrics(entry.name)]


def _stamp(stat: os.stat_result) -> tuple[object, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _list_url(root: str, prefix: str, problems: list[ReadProblem]) -> Iterator[MetricsFile]:
    import fsspec

    filesystem, base = fsspec.core.url_to_fs(root)
    try:
        found = filesystem.find(base, detail=True)
    except Exception as error:  # each filesystem has errors of its own
        problems.append(ReadProblem(root, None, f"cannot be listed: {error}"))
        return
    for path, info in found.items():
        relative = posixpath.relpath(path, base)
        asked = relative == "."
        name = posixpath.basename(path)
        if asked or may_hold_metrics(name):
            stamp = tuple(str(info.get(key)) for key in ("size", "mtime", "created", "LastModified", "ETag", "md5Hash"))
            folder = run_name(prefix, "." if asked else posixpath.dirname(relative) or ".")
            yield MetricsFile(filesystem.unstrip_protocol(path), folder, name, info.get("size") or 0, stamp, asked)
