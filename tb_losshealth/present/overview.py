"""What the overview says of a log beside its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from tb_losshealth.pairing.pairs import Unpaired
from tb_losshealth.present import api_types as api
from tb_losshealth.reports import PairReport, ScanResult

MAX_LISTED = 200
"""Unpaired tags and problems that an answer lists: more than a person reads, and little to send."""


def log_facts(result: ScanResult, pairs: Sequence[PairReport]) -> api.LogFacts:
    """How much was read, what was found and what could not be read.

    Args:
        result: the scan.
        pairs: those of it that are shown.
    """
    problems = result.problems
    return {
        "counts": Counter(report.diagnosis.verdict.value for report in pairs),
        "total_pairs": len(pairs),
        "unpaired": unpaired_tags(result.unpaired),
        "problems": {"total": len(problems), "list": [asdict(problem) for problem in problems[:MAX_LISTED]]},
        "runs": result.runs,
        "tags": result.tags,
    }


def unpaired_tags(tags: Sequence[Unpaired]) -> api.UnpairedTags:
    """Tags in no pair, each with the reason."""
    return {
        "total": len(tags),
        "tags": [{"run": ref.run, "tag": ref.tag, "reason": reason} for ref, reason in tags[:MAX_LISTED]],
    }
