"""How a command ends when it cannot do what was asked."""

from __future__ import annotations

OK = 0
CHECK_FAILED = PARTIAL = 1
"""A check failed; or some runs could not be read at all, and the result lacks them."""
BAD_USAGE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143


class CommandError(Exception):
    """What was wrong, where, and what to do, one line for each mistake; the command ends with code 2."""
