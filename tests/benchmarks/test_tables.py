"""The tables of docs/accuracy.md are those that the benchmark prints, but for their figures."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from benchmarks.judging import families, real, tables
from benchmarks.judging.__main__ import Answered

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
SEEDS = range(9000, 9001)


def labels(text: str) -> set[str]:
    """Titles, notes, headers and first cells."""
    found = set()
    header = True
    for line in filter(None, text.splitlines()):
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else [line]
        if line.startswith("|--"):
            header = False
        else:
            found.update(cells if header else cells[:1])
        header = header or not line.startswith("|")
    return found


def test_the_page_has_the_labels_that_the_benchmark_prints() -> None:
    synthetic = Answered(list(families.histories("reporting", SEEDS)), "synthetic")
    trainings = Answered(list(islice(real.histories("reporting"), 6)), "real")
    sets = {"synthetic": synthetic, "real trainings": trainings, tables.HAND_LABELLED: trainings}
    printed = [
        tables.summary(synthetic, trainings, trainings),
        tables.rules(sets),
        tables.false_alarms(synthetic),
        tables.level({10: list(families.level("reporting", SEEDS, 10))}),
        tables.strata(synthetic, list(families.histories("reporting", SEEDS, families.LOUD))),
        tables.verdicts(synthetic),
    ]
    generated = PAGE.partition(tables.BEGIN)[2].partition(tables.END)[0]
    assert labels("\n\n".join(printed)) <= labels(generated)


def test_without_labelled_logs_no_table_mentions_them() -> None:
    synthetic = Answered(list(families.histories("reporting", SEEDS)), "synthetic")
    trainings = Answered(list(islice(real.histories("reporting"), 6)), "real")
    printed = [tables.summary(synthetic, trainings, None), tables.rules({"synthetic": synthetic})]
    assert tables.HAND_LABELLED not in "".join(printed)
