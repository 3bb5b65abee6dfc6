"""Reports for programs: JSON with the key names of the HTTP API, and CSV."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from tb_losshealth.distribute.summaries import Listed, Summary
from tb_losshealth.present.api_types import ReportRow
from tb_losshealth.present.flat import COLUMNS, flat_row

Json = Mapping[str, Any]


def write_json(summary: Summary, rows: Sequence[ReportRow], logs: Sequence[str], file: TextIO) -> None:
    """Writes one JSON object."""
    head = {"logdir": " ".join(logs), "counts": dict(Counter(row["verdict"] for row in rows))}
    tail = {
        "unpaired": _listed(summary.unpaired, "tags"),
        "problems": _listed(summary.problems, "list"),
        "failed": summary.failed,
        "runs": summary.runs,
        "tags": summary.tags,
    }
    lists = {"pairs": iter(rows), "train_only": iter(summary.train_only)}
    file.write("{\n")
    file.writelines(f" {_text(key)}: {_text(value)},\n" for key, value in head.items())
    for key, items in lists.items():
        file.write(f" {_text(key)}: [")
        for number, item in enumerate(items):
            file.write(("," if number else "") + f"\n  {_text(item)}")
        file.write("\n ],\n")
    file.write(",\n".join(f" {_text(key)}: {_text(value)}" for key, value in tail.items()))
    file.write("\n}\n")


def write_csv(rows: Sequence[ReportRow], file: TextIO) -> None:
    """Writes a header line and one line a pair."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(flat_row, rows))


def _text(value: object) -> str:
    # In ASCII: names may hold what no encoding takes.
    return json.dumps(value, allow_nan=False)


def _listed(listed: Listed, key: str) -> Json:
    return {"total": listed.total, key: listed.first}
