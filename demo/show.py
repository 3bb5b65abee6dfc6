"""Print the verdicts of a logdir as a table. Usage: python demo/show.py LOGDIR."""

from __future__ import annotations

import sys

from tb_losshealth import scan

HEADER = ("run", "loss", "verdict", "onset (95 % interval)", "best step", "best", "final gap")


def show(logdir: str) -> None:
    """Print one line a pair, worst first, and its reason."""
    result = scan(logdir)
    rows = [HEADER]
    for report in result:
        d = report.diagnosis
        onset = f"{d.onset.step:,} ({d.onset.low:,}-{d.onset.high:,})" if d.onset else "-"
        best_step = "-" if d.best_step is None else f"{d.best_step:,}"
        best, gap = (f"{value:.3g}" if value is not None else "-" for value in (d.best_value, d.gap.final))
        rows.append((report.pair.run, report.pair.name, d.verdict.value, onset, best_step, best, gap))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for report in result:
        print(f"\n{report.pair.run}: {report.diagnosis.reason}")
    for problem in result.problems:
        print(f"\nnot read: {problem.path}: {problem.reason}")


if __name__ == "__main__":
    show(sys.argv[1])
