"""What training code is warned of, each thing once."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


class LossHealthWarning(UserWarning):
    """Something about a training, or about watching it, that a person should know."""


@contextlib.contextmanager
def not_ending_the_training(once: Once, what: str) -> Iterator[None]:
    """Warns once of what fails inside, which is worth less than the training around it.

    Args:
        once: what warns.
        what: what cannot be done if this fails.
    """
    try:
        yield
    except Exception as error:
        once.warn(what, f"Loss Health could not {what}, and the training goes on: {type(error).__name__}: {error}")


class Once:
    """Warns of each thing once, and names the line of the training code that it came from."""

    def __init__(self) -> None:
        """Starts with nothing said."""
        self._said: set[str] = set()

    def warn(self, about: str, message: str) -> None:
        """Warns, unless `about` was warned of before."""
        if about in self._said:
            return
        self._said.add(about)
        level, frame = 1, sys._getframe()
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
            level, frame = level + 1, frame.f_back
        warnings.warn(message, LossHealthWarning, stacklevel=level)
