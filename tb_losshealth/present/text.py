"""Names and numbers as a person reads them, in plain text."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable

from tb_losshealth.health.answer.verdicts import VERDICTS

NONE = "-"

# Control, format, surrogate, private and unassigned characters, and separators of lines: a terminal may obey them,
# or they change the order or the look of what follows. Joiners make letters and signs of several characters.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_JOINERS = "\u200c\u200d"


def visible(name: str) -> str:
    r"""A name from a log with whatever a terminal would obey written out: an escape character becomes "\x1b"."""
    return "".join(map(_visible, name)) if not (name.isascii() and name.isprintable()) else name


def _visible(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN and character not in _JOINERS:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def step(value: int | None) -> str:
    """A step: 12,400."""
    return NONE if value is None else f"{value:,}"


def number(value: float | None, digits: int = 4) -> str:
    """A logged value in `digits` significant digits."""
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    size = abs(float(f"{value:.{digits}g}"))  # as it will be shown: 999.96 is 1,000
    if size >= 1e6 or size < 1e-3:
        mantissa, exponent = f"{value:.{digits - 2}e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    if size >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def signed(value: float | None, digits: int = 3) -> str:
    """A difference with its sign: +0.830."""
    written = number(value, digits)
    return f"+{written}" if value is not None and math.isfinite(value) and value > 0 else written


def headline(verdicts: Iterable[str], runs: int) -> str:
    """How many pairs of which verdict: 12 pairs in 7 runs: 3 overfitting, 9 converged."""
    found = Counter(verdicts)
    said = ", ".join(f"{found[verdict]:,} {entry.words}" for verdict, entry in VERDICTS.items() if found[verdict])
    return f"{count(found.total(), 'pair')} in {count(runs, 'run')}" + (f": {said}" if said else "")


def count(amount: int, noun: str) -> str:
    """An amount with its noun: 1 run, 2 runs, 1,200 runs."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"
