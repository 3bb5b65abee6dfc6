"""Warnings to the training code, each given once."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator

# Files whose lines are not training code: this package, and what calls it at the end of a `with` block.
_NOT_TRAINING_CODE = (os.path.dirname(os.path.dirname(__file__)) + os.sep, contextlib.__file__)


class LossHealthWarning(UserWarning):
    """Something about a training, or about judging it, that a person should know."""


class WarnOnce:
    """Gives each warning once, and names the line of the training code that caused it."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def __call__(self, about: str, message: str) -> None:
        """Warns with a message, unless a warning with the same `about` was given before."""
        if about in self._given:
            return
        self._given.add(about)
        level, frame = 1, sys._getframe()
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_NOT_TRAINING_CODE):
            level, frame = level + 1, frame.f_back
        warnings.warn(message, LossHealthWarning, stacklevel=level)

    @contextlib.contextmanager
    def if_fails(self, action: str) -> Iterator[None]:
        """Turns an error inside into a warning that `action` failed, such as "close the log"; the training goes on."""
        try:
            yield
        except Exception as error:
            self(action, f"Loss Health could not {action}, and the training goes on: {type(error).__name__}: {error}")
