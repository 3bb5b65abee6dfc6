"""What the overview says of a log beside its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tb_losshealth.present import api_types as api
from tb_losshealth.present.rows import problem_row, unpaired_row
from tb_losshealth.reports import PairReport, ScanResult

MAX_LISTED = 200
"""Unpaired tags and problems that an answer lists: more than a person reads, and little to send."""


def log_facts(result: ScanResult, pairs: Sequence[PairReport]) -> api.LogFacts:
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
        "problems": {"total": len(problems), "list": [problem_row(problem) for problem in problems[:MAX_LISTED]]},
        "runs": result.runs,
        "tags": result.tags,
    }
