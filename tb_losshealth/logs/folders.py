"""Where the files of a log are: in a local folder tree, or in one behind an fsspec driver."""

from __future__ import annotations

import os
import posixpath
import stat
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Any, NamedTuple, Protocol, TypeAlias

from tb_losshealth.logs.problems import ReadProblem

_STALE_ENTRIES = os.name == "nt"  # Windows updates the size in a folder's entry only once the file is closed
_LONGEST_REASON = 200  # characters; some drivers list all they tried
_NO_FOLDER = "there is no such folder"


Wanted: TypeAlias = Callable[[str], bool]
"""Whether a file is wanted, by its name without folders."""


class FoundFile(NamedTuple):
    """A file of a log.

    Attributes:
        folder: relative to the root, "/" between names, "." for the root itself; empty where the root is this file.
        path: by which it is opened.
        size: in bytes.
        identity: changes where another file takes its place.
        version: changes where it is written to.
    """

    folder: str
    path: str
    size: int
    identity: object
    version: object


class Folders(Protocol):
    """A tree of folders, or one file.

    Attributes:
        errors: what opening and reading its files may raise.
    """

    errors: tuple[type[Exception], ...]

    def files(self, problems: list[ReadProblem], wanted: Wanted) -> Iterator[FoundFile]:
        """All wanted files below the root, or the root; adds to `problems` what could not be looked into."""
        ...

    def open(self, path: str) -> BufferedIOBase:
        """Opens a file for reading."""
        ...


def is_event_file(name: str) -> bool:
    """Whether TensorBoard takes a file of this name for an event file."""
    return "tfevents" in name


def printable(path: str) -> str:
    """A path that can be encoded, even where the file system's bytes are no UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def run_name(prefix: str, folder: str) -> str:
    """The name of the run in a folder.

    Args:
        prefix: what the names of the runs below a root begin with; "" for nothing.
        folder: relative to the root, "/" between names, "." for the root itself.
    """
    if not prefix:
        return printable(folder)
    return prefix if folder == "." else f"{prefix}/{printable(folder)}"


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    name: str  # relative to the root
    real: str  # without links
    behind_link: bool


class LocalFolders:
    """A tree in the file system.

    Links are followed under their own names, as TensorBoard does, but not to a folder that they lie in. A link met
    behind another link is followed only to a folder not seen before. So every walk ends.
    """

    errors: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, root: str) -> None:
        self._root = os.path.expanduser(root)

    def open(self, path: str) -> BufferedIOBase:
        """Opens a file for reading."""
        return open(path, "rb")

    def address(self, path: str) -> str:
        """The path or URL of a file, by which it can be opened without this tree."""
        return path

    def files(self, problems: list[ReadProblem], wanted: Wanted) -> Iterator[FoundFile]:
        """All wanted files below the root, or the root; adds to `problems` what could not be looked into."""
        if os.path.isfile(self._root):
            yield _found("", self._root, os.stat(self._root))
            return
        if not os.path.isdir(self._root):
            problems.append(ReadProblem(printable(self._root), None, _NO_FOLDER))
            return
        folders = [_Folder(self._root, ".", os.path.realpath(self._root), False)]
        links: deque[_Folder] = deque()  # `real` is that of the folder they lie in
        seen: set[str] = set()
        while folders or links:
            folder = folders.pop() if folders else _followed(links.popleft(), seen)
            if folder is None:
                continue
            seen.add(folder.real)
            for entry in _entries(folder.path, problems):
                name = entry.name if folder.name == "." else f"{folder.name}/{entry.name}"
                try:
                    if entry.is_dir(follow_symlinks=False):
                        real = os.path.join(folder.real, entry.name)
                        folders.append(_Folder(entry.path, name, real, folder.behind_link))
                    elif entry.is_symlink() and entry.is_dir():
                        links.append(_Folder(entry.path, name, folder.real, folder.behind_link))
                    elif wanted(entry.name):
                        status = os.stat(entry.path) if _STALE_ENTRIES else entry.stat()
                        if stat.S_ISREG(status.st_mode):
                            yield _found(folder.name, entry.path, status)
                except FileNotFoundError:  # it vanished, or is a link to nothing
                    continue
                except OSError as error:
                    problems.append(unreadable(entry.path, error))


def _found(folder: str, path: str, status: os.stat_result) -> FoundFile:
    return FoundFile(folder, path, status.st_size, (status.st_dev, status.st_ino), status.st_mtime_ns)


def _entries(path: str, problems: list[ReadProblem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(unreadable(path, error))
        return []


def _followed(link: _Folder, seen: set[str]) -> _Folder | None:
    """The folder that a link leads to; None if the link is not to be followed."""
    target = os.path.realpath(link.path)
    leads_back = os.path.join(link.real, "").startswith(os.path.join(target, ""))
    if leads_back or (link.behind_link and target in seen):
        return None
    return _Folder(link.path, link.name, target, True)


def unreadable(path: str, error: Exception) -> ReadProblem:
    """An error in reading a file or folder, as a problem."""
    message = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    reason = message.partition("\n")[0][:_LONGEST_REASON]
    return ReadProblem(printable(path), None, f"cannot be read: {reason}")


@dataclass
class ListedFolders:
    """Folders whose files are known already: they are opened, and not looked for again.

    Attributes:
        known: the files by path, each with the tree in which it was found.
    """

    known: Mapping[str, tuple[Folders, FoundFile]]
    errors: tuple[type[Exception], ...] = (Exception,)

    def open(self, path: str) -> BufferedIOBase:
        """Opens a file for reading."""
        return self.known[path][0].open(path)

    def files(self, problems: list[ReadProblem], wanted: Wanted) -> Iterator[FoundFile]:
        """The known files."""
        return (file for _, file in self.known.values())


class RemoteFolders:
    """A tree behind an fsspec driver, such as `s3://bucket/runs`."""

    errors: tuple[type[Exception], ...] = (Exception,)  # each driver has its own

    def __init__(self, url: str) -> None:
        self._url = url
        self._system: Any = None
        self._root = ""
        self._found: list[FoundFile] = []

    def open(self, path: str) -> BufferedIOBase:
        """Opens a file for reading."""
        self._connect()
        file: BufferedIOBase = self._system.open(path, "rb")
        return file

    def address(self, path: str) -> str:
        """The path or URL of a file, by which it can be opened without this tree."""
        return str(self._system.unstrip_protocol(path))

    def files(self, problems: list[ReadProblem], wanted: Wanted) -> Iterator[FoundFile]:
        """All wanted files below the root, or the root; adds to `problems` what could not be looked into."""
        try:
            self._found = list(self._listed(wanted))
        except FileNotFoundError:
            self._found = []
            problems.append(ReadProblem(self._url, None, _NO_FOLDER))
        except ImportError as error:
            problems.append(ReadProblem(self._url, None, f"the driver is not installed: {error}"))
        except Exception as error:  # the network may be back next time: what is known stays
            problems.append(unreadable(self._url, error))
        yield from self._found

    def _listed(self, wanted: Wanted) -> Iterator[FoundFile]:
        self._connect()
        self._system.invalidate_cache()
        found = self._system.find(self._root, detail=True)
        if not found and not self._system.exists(self._root):
            raise FileNotFoundError
        for path, info in sorted(found.items()):
            is_root = path == self._root
            if (is_root or wanted(posixpath.basename(path))) and info.get("size") is not None:
                folder = "" if is_root else posixpath.relpath(posixpath.dirname(path), self._root or "/")
                yield FoundFile(folder, path, int(info["size"]), None, _version(info))

    def _connect(self) -> None:
        if self._system is None:
            import fsspec  # only remote logdirs need it

            self._system, root = fsspec.core.url_to_fs(self._url)
            self._root = root.rstrip("/")


def folders_at(root: str) -> LocalFolders | RemoteFolders:
    """The tree at a path or URL."""
    root = root.removeprefix("file://")
    return RemoteFolders(root) if "://" in root else LocalFolders(root)


def _version(info: dict[str, Any]) -> object:
    """Whatever the driver offers that changes as an object is rewritten."""
    keys = ("ETag", "etag", "generation", "mtime", "LastModified", "last_modified", "updated", "created")
    return next((info[key] for key in keys if info.get(key) is not None), None)
