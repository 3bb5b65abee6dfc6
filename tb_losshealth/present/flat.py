"""A pair as one flat row, for CSV, parquet and data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tb_losshealth.present import api_types as api

Cell = str | int | float | bool | None

COLUMNS: dict[str, type] = {
    "run": str,
    "name": str,
    "mode": str,
    "is_loss": bool,
    "verdict": str,
    "onset_step": int,
    "onset_low": int,
    "onset_high": int,
    "onset_confirmed_step": int,
    "onset_confidence": float,
    "recovered": bool,
    "best_step": int,
    "best_value": float,
    "gap_final": float,
    "gap_maximum": float,
    "gap_maximum_step": int,
    "gap_at_onset": float,
    "evaluations": int,
    "train_points": int,
    "last_step": int,
    "flags": str,
    "reason": str,
    "train_run": str,
    "train_tag": str,
    "val_run": str,
    "val_tag": str,
}
"""The columns and what they hold; any value but a text may be missing (None)."""


def flat_row(row: api.ReportRow) -> dict[str, Cell]:
    """The values of COLUMNS from a row of `rows.pair_row`; flags are joined by spaces."""
    pairing = row["pairing"]
    parts = {"onset": row["onset"] or {}, "gap": row["gap"], "train": pairing["train"], "val": pairing["val"]}
    nested = {f"{part}_{key}": value for part, fields in parts.items() for key, value in fields.items()}
    cells: Mapping[str, Any] = {**row, **nested, "flags": " ".join(row["flags"])}
    return {column: cells.get(column) for column in COLUMNS}
