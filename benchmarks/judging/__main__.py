"""Print the tables; see benchmarks/detection.py."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.judging import corpus, families, real, tables
from benchmarks.judging.detectors import Outcome, by_rule, curves, ours
from benchmarks.judging.history import History
from benchmarks.judging.reliability import draw
from benchmarks.judging.rules import RULES
from benchmarks.judging.truth import clear

ROOT = Path(__file__).resolve().parents[2]
LEVEL_EVALUATIONS = (10, 30, 100, 300)
SEEDS = {"tuning": range(5000, 5100), "reporting": range(9000, 9100)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=sorted(SEEDS), default="reporting")
    parser.add_argument("--seeds", type=int, default=100, help="histories per synthetic family")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="a folder of hand-labelled logs")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/accuracy.md, and its picture")
    options = parser.parse_args()

    seeds = SEEDS[options.split][: options.seeds]
    sets = {
        "synthetic": list(families.histories(options.split, seeds)),
        "real trainings": list(real.histories(options.split)),
    }
    if options.corpus is not None:
        sets[tables.HAND_LABELLED] = [*corpus.histories(options.corpus), *corpus.event_files(options.corpus)]
    everything = {name: Answered(histories, name) for name, histories in sets.items()}
    parts = [
        tables.summary(everything["synthetic"], everything["real trainings"], everything.get(tables.HAND_LABELLED)),
        tables.rules(everything),
        tables.false_alarms(everything["synthetic"]),
        tables.level({n: list(families.level(options.split, seeds, n)) for n in LEVEL_EVALUATIONS}),
        tables.strata(everything["synthetic"], list(families.histories(options.split, seeds, families.LOUD))),
        tables.verdicts(everything["synthetic"]),
        tables.ablation(everything["synthetic"].histories, everything["real trainings"].histories),
        tables.confidence([*everything["synthetic"].histories, *everything["real trainings"].histories]),
        tables.speed(),
    ]
    text = "\n\n".join(parts)
    print(text)
    if options.write:
        insert(ROOT / "docs" / "accuracy.md", text)
        draw(
            [*everything["synthetic"].histories, *everything["real trainings"].histories],
            ROOT / "docs" / "images" / "reliability.svg",
        )


class Answered(tables.Answers):
    """Histories and the answer of every detector."""

    def __init__(self, histories: Sequence[History], name: str) -> None:
        """Ask all detectors."""
        self.histories = [h for h in histories if h.overfits is not None]
        self.clear = [clear(h) for h in self.histories]
        self.outcomes: dict[str, list[Outcome]] = {}
        self.milliseconds: dict[str, float] = {}
        aligned = [curves(h) for h in self.histories]
        self._ask("tb_losshealth", name, (ours(h) for h in self.histories))
        for rule, fires in RULES.items():
            self._ask(rule, name, (by_rule(fires, v, t) for v, t in aligned))

    def _ask(self, detector: str, name: str, answers: Iterator[Outcome]) -> None:
        show_progress(f"{name}: {detector}")
        start = time.perf_counter()
        self.outcomes[detector] = list(answers)
        self.milliseconds[detector] = 1000 * (time.perf_counter() - start) / max(len(self.histories), 1)


def insert(page: Path, text: str) -> None:
    """Replace the text between the two markers of a page."""
    before, rest = page.read_text().split(tables.BEGIN, 1)
    after = rest.split(tables.END, 1)[1]
    page.write_text(f"{before}{tables.BEGIN}\n\n{text}\n\n{tables.END}{after}")


def show_progress(line: str) -> None:
    """Print a line to the error stream."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
