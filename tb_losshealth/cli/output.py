"""Where results go: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from tb_losshealth.cli.errors import CommandError


@contextlib.contextmanager
def binary_output(path: str | None) -> Iterator[BinaryIO]:
    """Opens a file, or standard output if None or "-".

    The file is written beside its place under another name and takes its place when all is written, so that an
    error, a full disk or Ctrl-C leaves what was there before.

    Raises:
        CommandError: it cannot be written.
    """
    if path in (None, "-"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = os.path.realpath(str(path))
    if os.path.exists(target) and not os.path.isfile(target):
        if os.path.isdir(target):
            raise CommandError(f"cannot write {path!r}: it is a folder; name a file in it")
        with _said(path), open(target, "wb") as device:  # a pipe or /dev/null cannot be replaced
            yield device
        return
    with _said(path):
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=f".{os.path.basename(target)[:50]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            os.chmod(temporary, _mode_of(target))
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


@contextlib.contextmanager
def text_output(path: str | None) -> Iterator[TextIO]:
    """As `binary_output`, for text in UTF-8; standard output keeps its own encoding."""
    if path in (None, "-"):
        yield sys.stdout
        sys.stdout.flush()
        return
    with binary_output(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        yield text
        text.flush()
        text.detach()


@contextlib.contextmanager
def _said(path: str | None) -> Iterator[None]:
    """Tells of an error in writing by the name that the person gave."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"cannot write {str(path)!r}: {error.strerror or error}") from error


def _mode_of(target: str) -> int:
    """The permissions of the file to be replaced; for a new one those that `open` would give."""
    try:
        return os.stat(target).st_mode & 0o7777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
