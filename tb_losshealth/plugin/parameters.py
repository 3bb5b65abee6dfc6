"""Query parameters, validated: a wrong one is named in the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from werkzeug.datastructures import MultiDict


class BadParameter(ValueError):
    """A query parameter that cannot be used; the message names it and says what was expected."""


def check_names(query: MultiDict[str, str], known: Collection[str]) -> None:
    """Misspelt, a parameter would be ignored in silence, and of two values one.

    Raises:
        BadParameter: for a parameter that is not known, or given twice.
    """
    for name, values in query.lists():
        if name not in known:
            raise BadParameter(f"parameter '{name[:40]}' is not known here; known are: {', '.join(known)}")
        if len(values) > 1:
            raise BadParameter(f"parameter '{name}' is given {len(values)} times")


def text(query: Mapping[str, str], name: str) -> str:
    """A required parameter.

    Raises:
        BadParameter: if it is missing or empty.
    """
    value = query.get(name, "")
    if not value:
        raise BadParameter(f"parameter '{name}' is missing")
    return value


def integer(query: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`; None where it was left out.

    Raises:
        BadParameter: if it is no whole number or out of range.
    """
    written = query.get(name)
    if written is None:
        return None
    # Bounded before int(): parsing very long digit strings is slow and may raise.
    digits = written.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20 and low <= int(written) <= high):
        raise BadParameter(f"parameter '{name}' must be a whole number from {low} to {high}, not {written[:40]!r}")
    return int(written)
