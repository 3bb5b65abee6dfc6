"""What is wrong with a `losshealth.toml`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A mistake in the file, or a rule that matches nothing.

    Attributes:
        path: of the file.
        line: where it stands, counted from 1; 0 where it concerns the whole file.
        message: what is wrong and what was expected, one sentence.
    """

    path: str
    line: int
    message: str

    @property
    def reason(self) -> str:
        """The message with its line, for readers who know the file."""
        return f"line {self.line}: {self.message}" if self.line else self.message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"
