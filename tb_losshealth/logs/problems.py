"""What could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Something that could not be read; the rest was.

    Attributes:
        path: the file or folder.
        offset: byte offset in the file, None where it concerns the whole.
        reason: one sentence for a person.
        harmless: whether nothing that was logged is lost so far, as with a file that somebody may be about to write, or
            a rule for runs that are not here.
    """

    path: str
    offset: int | None
    reason: str
    harmless: bool = False
