"""A pair as one flat row, for CSV, parquet and data frames."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

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


def flat_row(row: Json) -> Json:
    """The values of COLUMNS from a row of `rows.pair_row`; flags are joined by spaces."""
    onset, gap, pairing = row["onset"] or {}, row["gap"], row["pairing"]
    nested = {
        **{f"onset_{key}": onset.get(key) for key in ("step", "low", "high", "confirmed_step", "confidence")},
        **{f"gap_{key}": gap[key] for key in ("final", "maximum", "maximum_step", "at_onset")},
        **{f"{split}_{key}": pairing[split][key] for split in ("train", "val") for key in ("run", "tag")},
        "flags": " ".join(row["flags"]),
    }
    return {column: nested[column] if column in nested else row[column] for column in COLUMNS}
