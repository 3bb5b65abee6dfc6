"""One row of a metrics file -> named numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from tb_losshealth.pairing.tag_names import read

STEP_NAMES = (
    *("step", "global_step", "globalstep", "trainer/global_step", "total_steps", "steps", "num_updates", "update"),
    *("updates", "iteration", "iterations", "global_iter", "n_iter", "iter", "iters", "it", "batch"),
    *("epoch", "epochs", "epoch_num", "epoch_number", "round"),
)
"""Names of columns that count steps, as `plain` writes them.

The finest counter comes first: a table that has both steps and epochs is drawn over steps.
"""

TIME_NAMES = ("timestamp", "wall_time", "walltime", "time", "created_at", "date")
"""Names of columns that hold the time, as `plain` writes them, best first."""

SPLIT_COLUMNS = ("split", "mode", "phase", "stage", "subset", "partition")
"""Names of columns whose text is the split of the rest of the row: {"mode": "val", "loss": 0.4}."""

DEEPEST = 8
"""Levels of nested objects that are read. Trainers nest two or three; hostile files must not exhaust the stack."""

_LONGEST_SPLIT = 40
"""Characters of a split's name. Longer text is a message, and reading it as a name would take long."""

_LONGEST_NUMBER = 400
"""Characters of a number. Longer text is no number, and float() of very long digit strings is slow."""

_TENSOR = re.compile(r"tensor\(\s*([^,\s)]+)")


def plain(name: str) -> str:
    """A column name as the lists above have it: "Global Step" and "_step" too."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def is_step_name(name: str) -> bool:
    """Whether a column of this name counts steps."""
    return plain(name) in STEP_NAMES


def is_axis_name(name: str) -> bool:
    """Whether a column of this name counts steps or holds the time, and so is no metric."""
    return is_step_name(name) or plain(name) in TIME_NAMES


def numbers_of(row: Mapping[str, object]) -> dict[str, float]:
    """The numbers of a row, by name.

    The names of nested objects are joined with "/". Where a column such as "mode" names a split, the split goes before
    the names of the metrics, so that train and validation rows of one column become two curves.
    """
    found: dict[str, float] = {}
    _flatten(row, "", found, DEEPEST)
    split = _split_prefix(row)
    return {name if is_axis_name(name) else split + name: value for name, value in found.items()} if split else found


def number_of(cell: object) -> float | None:
    """The number that a CSV cell or a JSON value holds; None for an empty cell, text, a list or a truth value."""
    if isinstance(cell, str):
        return _parse(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            return float(cell)
        except OverflowError:  # a JSON integer may have any length
            return math.inf if cell > 0 else -math.inf
    return None


def _flatten(row: Mapping[str, object], prefix: str, found: dict[str, float], depth: int) -> None:
    for key, value in row.items():
        if isinstance(value, Mapping):
            if depth:
                _flatten(value, f"{prefix}{key}/", found, depth - 1)
        elif (number := number_of(value)) is not None:
            found[f"{prefix}{key}"] = number


def _split_prefix(row: Mapping[str, object]) -> str:
    for column in SPLIT_COLUMNS:
        value = row.get(column)
        if isinstance(value, str) and len(value) < _LONGEST_SPLIT and _names_split(value.strip()):
            return value.strip() + "/"
    return ""


@lru_cache(maxsize=1024)
def _names_split(text: str) -> bool:
    return read(text).split is not None


def _parse(cell: str) -> float | None:
    if not cell or len(cell) > _LONGEST_NUMBER:
        return None
    try:
        return float(cell)
    except ValueError:
        # str() of a tensor, as hand-written logs have it: "tensor(0.41, device='cuda:0')".
        written = _TENSOR.search(cell)
        return _parse(written[1]) if written and written[1] != cell else None
