"""What the overview says of a log beside its rows, as a JSON-ready dictionary with the key names of the HTTP API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tb_losshealth.present.rows import unpaired_row
from tb_losshealth.reports import PairReport, ScanResult

MAX_LISTED = 200

Json = dict[str, Any]


def overview_head(result: ScanResult, pairs: Sequence[PairReport]) -> Json:
    """How much was read, what was found and what could not be read.

    Args:
        result: the scan.
        pairs: those of it that are shown.
    """
    unpaired, problems = result.unpaired, result.problems
    return {
        "counts": Counter(report.diagnosis.verdict.value for report in pairs),
        "total_pairs": len(pairs),
        "unpaired": {"total": len(unpaired), "tags": [unpaired_row(tag) for tag in unpaired[:MAX_LISTED]]},
        "problems": {"total": len(problems), "list": [asdict(problem) for problem in problems[:MAX_LISTED]]},
        "runs": result.runs,
        "tags": result.tags,
    }
