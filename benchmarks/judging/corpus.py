"""Hand-labelled histories from a folder that `benchmarks/detection.py --corpus` names.

The labels come from people who looked at logs in public repositories. The logs are not part of this repository, so the
folder must be provided:

    labels.csv         one row per pair: source, logdir, format, train_run, train_tag, val_run, val_tag, direction
                       ("lower" or "higher"), label (a key of `_LABELS`), onset_lo, onset_hi (steps, or empty)
    histories.jsonl    one pair per line: id, label, confidence, mode, onset_lo, onset_hi, train and val as lists of
                       [step, value]
    SOURCE/LOGDIR/     the event files of rows whose format is "tfevents"; "/" in a source is "__" in the folder's name
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.judging.history import History
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.logs.event_files.logdir import Logdir

_LABELS: dict[str, tuple[bool | None, str | None]] = {
    "overfit": (True, "overfitting"),
    "healthy": (False, None),
    "underfit": (False, "underfitting"),
    "diverging": (False, "diverging"),
    "unclear": (None, None),
}


def histories(folder: Path) -> Iterator[History]:
    """The histories of histories.jsonl; those labelled `unclear` have no truth."""
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


def event_files(folder: Path) -> Iterator[History]:
    """The pairs of labels.csv whose curves are in event files."""
    logs: dict[Path, Logdir] = {}
    with (folder / "labels.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            root = folder / row["source"].replace("/", "__") / row["logdir"]
            if row["format"] == "tfevents" and root not in logs:
                logs[root] = Logdir(str(root))
                logs[root].refresh()
            if row["format"] == "tfevents":
                yield _pair(logs[root], row)


def _pair(log: Logdir, row: dict[str, str]) -> History:
    found = match_trainings(
        log.runs[row["train_run"]].tags[row["train_tag"]].trainings,
        log.runs[row["val_run"]].tags[row["val_tag"]].trainings,
    )[-1]
    overfits, verdict = _LABELS[row["label"]]
    onset = None
    if overfits and row["onset_lo"]:
        ends = [float(row["onset_lo"]), float(row["onset_hi"])]
        position = np.interp(ends, found.val.steps, np.arange(len(found.val)))
        onset = (float(position[0]), float(position[1]))
    return History(
        "corpus",
        f"{row['source']} {row['val_tag']}",
        overfits,
        verdict,
        found.train.steps,
        found.train.values,
        found.val.steps,
        found.val.values,
        "max" if row["direction"] == "higher" else "min",
        onset,
    )
