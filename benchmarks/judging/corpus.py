"""Hand-labelled real histories, where a folder with labels.csv and histories.jsonl is at hand."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.judging.history import History

_LABELS: dict[str, tuple[bool | None, str | None]] = {
    "overfit": (True, "overfitting"),
    "healthy": (False, None),
    "underfit": (False, "underfitting"),
    "diverging": (False, "diverging"),
    "unclear": (None, None),
}


def histories(folder: Path) -> Iterator[History]:
    """Histories of histories.jsonl; `unclear` ones have no truth."""
    with (folder / "histories.jsonl").open() as lines:
        for line in lines:
            row = json.loads(line)
            train, val = np.array(row["train"], dtype=float), np.array(row["val"], dtype=float)
            overfits, verdict = _LABELS[row["label"]]
            onset = None
            if row["onset_lo"] is not None and overfits:
                position = np.interp([row["onset_lo"], row["onset_hi"]], val[:, 0], np.arange(len(val)))
                onset = (float(position[0]), float(position[1]))
            yield History(
                "corpus",
                f"{row['id']} {row['confidence']}",
                overfits,
                verdict,
                train[:, 0].astype(np.int64),
                train[:, 1],
                val[:, 0].astype(np.int64),
                val[:, 1],
                row["mode"],
                onset,
            )


def labels(folder: Path) -> list[dict[str, str]]:
    """Rows of labels.csv, for the event files beside it."""
    with (folder / "labels.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))
