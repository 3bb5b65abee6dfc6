"""A `losshealth.toml` on disk, read again when it changes."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from tb_losshealth.pairing.problems import RuleProblem
from tb_losshealth.pairing.toml import parse_rules
from tb_losshealth.pairing.toml_rules import NO_RULES, Rules

FILE_NAME = "losshealth.toml"
"""What the file in a log folder is called."""

MAX_BYTES = 2**20
"""A person writes this file; a larger one is another file of that name."""


class RulesFile:
    """Follows one file.

    Args:
        path: of the file; None for no file at all.
        must_exist: whether a person named it, so that it is a mistake if it is missing.

    Attributes:
        rules: its content, as of the last `reread`.
    """

    def __init__(self, path: str | None, *, must_exist: bool) -> None:
        self._path = path
        self._must_exist = must_exist
        self._stamp: tuple[int, int] | None = None
        self._failure: RuleProblem | None = None
        self.rules: Rules = NO_RULES

    @property
    def problems(self) -> tuple[RuleProblem, ...]:
        """What is wrong with the file, each with its line."""
        return (*([self._failure] if self._failure else []), *self.rules.problems)

    def reread(self) -> bool:
        """Reads the file again if it changed; returns whether its rules did."""
        if self._path is None:
            return False
        before = self.rules
        try:
            status = os.stat(self._path)
            stamp = (status.st_mtime_ns, status.st_size)
            if self._stamp == stamp:
                return False
            if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
                raise OSError("it is no regular file")
            if not self._must_exist and _leads_out(self._path):
                raise OSError("it is a link that leads out of the log folder: name the file itself")
            with open(self._path, "rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise OSError(f"it has more than {MAX_BYTES:,} bytes")
            self.rules = parse_rules(content.decode("utf-8-sig"), self._path)
            self._stamp, self._failure = stamp, None
        except FileNotFoundError:
            self._forget("there is no such file" if self._must_exist else "")
        except OSError as error:
            self._forget(f"cannot be read: {error.strerror or error}")
        except UnicodeDecodeError as error:
            self._forget(f"is not UTF-8 text (byte {error.start}): save it as UTF-8")
        return self.rules is not before

    def _forget(self, reason: str) -> None:
        self.rules, self._stamp = NO_RULES, None
        self._failure = RuleProblem(self._path or "", 0, reason) if reason else None


def rules_file_of(roots: Mapping[str, str], config: str | None) -> RulesFile:
    """The losshealth.toml that applies: the one that was named, or else the one in a single local folder.

    Args:
        roots: run name prefix to folder, metrics file or URL.
        config: the file that a person named; None if none.
    """
    root = roots.get("", "")
    is_folder = bool(root) and len(roots) == 1 and "://" not in root and not os.path.isfile(root)
    in_folder = os.path.join(root, FILE_NAME) if is_folder else None
    return RulesFile(config or in_folder, must_exist=config is not None)


def _leads_out(path: str) -> bool:
    folder = os.path.realpath(os.path.dirname(path))
    return os.path.commonpath([folder, os.path.realpath(path)]) != folder
