"""Reports for programs: JSON with the key names of the HTTP API, and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import TextIO

from tb_losshealth.present.flat import COLUMNS, flat_row
from tb_losshealth.present.overview import log_facts
from tb_losshealth.present.rows import pair_row, train_only_row
from tb_losshealth.reports import PairReport, ScanResult


def write_json(result: ScanResult, shown: Sequence[PairReport], logs: Sequence[str], file: TextIO) -> None:
    """Writes one JSON object."""
    facts = log_facts(result, shown)
    head = {"logdir": " ".join(logs), "counts": facts["counts"]}
    tail = {
        "unpaired": facts["unpaired"],
        "problems": facts["problems"],
        "failed": result.failed,
        "runs": result.runs,
        "tags": result.tags,
    }
    lists: dict[str, Iterable[object]] = {
        "pairs": map(pair_row, shown),
        "train_only": map(train_only_row, result.train_only),
    }
    file.write("{\n")
    file.writelines(f" {_text(key)}: {_text(value)},\n" for key, value in head.items())
    for key, items in lists.items():
        file.write(f" {_text(key)}: [")
        for number, item in enumerate(items):
            file.write(("," if number else "") + f"\n  {_text(item)}")
        file.write("\n ],\n")
    file.write(",\n".join(f" {_text(key)}: {_text(value)}" for key, value in tail.items()))
    file.write("\n}\n")


def write_csv(reports: Sequence[PairReport], file: TextIO) -> None:
    """Writes a header line and one line a pair."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat_row(pair_row(report)) for report in reports)


def _text(value: object) -> str:
    # In ASCII: names may hold what no encoding takes.
    return json.dumps(value, allow_nan=False)
