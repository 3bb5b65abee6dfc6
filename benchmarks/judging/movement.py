"""How steady the onset is: does one more evaluation move it out of its own interval?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.judging.detectors import Outcome, ours
from benchmarks.judging.history import History

LOOKS = 8
"""Per history, how many evaluations after the confirmation are tried as the last one before the new one."""
RUNS = 150
"""Histories that are tried: each costs two diagnoses per look."""


def moved_share(histories: Sequence[History], outcomes: Sequence[Outcome]) -> float:
    """Share of new evaluations, in %, that move the onset out of the interval it had before."""
    moved: list[bool] = []
    alarmed = [(h, o.alarm) for h, o in zip(histories, outcomes, strict=True) if o.overfits and o.alarm is not None]
    for history, alarm in alarmed[:RUNS]:
        last = len(history.steps) - 1
        if alarm >= last:
            continue
        for count in np.unique(np.linspace(alarm + 1, last, LOOKS).round().astype(int)):
            before, after = ours(history.prefix(int(count))), ours(history.prefix(int(count) + 1))
            if before.onset is None or after.onset is None or before.low is None or before.high is None:
                continue
            moved.append(not before.low <= after.onset <= before.high)
    return 100 * float(np.mean(moved)) if moved else np.nan
