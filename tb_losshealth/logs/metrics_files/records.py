"""One row of a metrics file as named numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tb_losshealth.logs.metrics_files.axes import is_axis_name
from tb_losshealth.logs.metrics_files.numbers import number_of
from tb_losshealth.pairing.tag_names import read

# Columns that say of which split the rest of the row is: {"mode": "val", "loss": 0.4}.
SPLIT_COLUMNS = ("split", "mode", "phase", "stage", "subset", "partition")
_DEEPEST = 8


def numbers(record: Mapping[str, object]) -> dict[str, float]:
    """The numbers of a row, by name.

    Nested objects are joined with "/". Where a column such as "mode" names a split, it goes before the names of the
    metrics, so that train and validation rows of one column become two curves.
    """
    found: dict[str, float] = {}
    _flatten(record, "", found, _DEEPEST)
    split = _split_prefix(record)
    return {_prefixed(split, name): value for name, value in found.items()} if split else found


def _flatten(record: Mapping[str, object], prefix: str, found: dict[str, float], depth: int) -> None:
    for key, value in record.items():
        if isinstance(value, Mapping):
            if depth:
                _flatten(value, f"{prefix}{key}/", found, depth - 1)
        elif (number := number_of(value)) is not None:
            found[f"{prefix}{key}"] = number


def _split_prefix(record: Mapping[str, object]) -> str:
    for column in SPLIT_COLUMNS:
        value = record.get(column)
        if isinstance(value, str) and len(value) < 40 and _names_split(value.strip()):
            return value.strip() + "/"
    return ""


@lru_cache(maxsize=1024)
def _names_split(text: str) -> bool:
    return read(text).split is not None


def _prefixed(split: str, name: str) -> str:
    return name if is_axis_name(name) else split + name
