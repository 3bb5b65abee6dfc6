"""Accuracy and speed of pairing: tb_losshealth beside a plain rule on names.

python benchmarks/pairing.py                    # speed alone, on 10,000 runs of 20 tags
python benchmarks/pairing.py --corpus FOLDER    # also accuracy, on logs with known pairs

FOLDER holds one folder of event files per source, and two tables:

    pairs_truth.csv       source, train_run, train_tag, val_run, val_tag, kind ("primary" pairs must be found),
                          direction ("lower" or "higher" is better)
    hard_negatives.csv    source, run_a, tag_a, run_b, tag_b: pairs that must not be found

No such logs are part of this repository. The plain rule is what most people would write first: split each tag at "/"
and "_", remove "train" and "val", and pair the tags of a run that are then the same.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.pairing.pair_finder import PairFinder, TagFacts, TagRef, find_pairs

Found = dict[tuple[TagRef, TagRef], str | None]
SPLITS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val"}
SWEEP_METRICS = ("loss", "acc", "f1", "box_loss", "cls_loss")
SWEEP_TAGS = [f"{split}/{metric}" for metric in SWEEP_METRICS for split in ("train", "val")]
SWEEP_TAGS += ["lr", "epoch", "train/grad_norm", "train/time", "val/time", "gpu_mem", "hp_metric", "momentum"]
SWEEP_TAGS += ["metrics/mAP50", "train_loss_step"]


def by_plain_rule(tags: Iterable[TagFacts]) -> Found:
    sides: dict[tuple[str, tuple[str, ...]], dict[str, TagRef]] = defaultdict(dict)
    for fact in tags:
        words = re.split(r"[/_]", fact.tag.lower())
        split = next((SPLITS[word] for word in words if word in SPLITS), None)
        if split:
            sides[fact.run, tuple(word for word in words if word not in SPLITS)][split] = fact.ref
    return {(side["train"], side["val"]): None for side in sides.values() if len(side) > 1}


def by_grammar(tags: Iterable[TagFacts]) -> Found:
    return {(pair.train, pair.val): pair.mode for pair in find_pairs(tags).pairs}


def read_csv(path: Path) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["source"].replace("/", "__")].append(row)
    return rows


def facts_of(folder: Path) -> list[TagFacts]:
    log = Logdir(str(folder))
    log.refresh()
    latest = (TagFacts.latest(run, tag.name, tag.trainings) for run in log.runs for tag in log.runs[run].tags.values())
    return [facts for facts in latest if facts is not None]


def score(corpus: Path) -> None:
    truth, negatives = read_csv(corpus / "pairs_truth.csv"), read_csv(corpus / "hard_negatives.csv")
    facts = {folder.name: facts_of(folder) for folder in sorted(corpus.iterdir()) if folder.is_dir()}
    print(f"{'':20}{'found':>7}{'of':>6}{'recall':>9}{'wrong':>7}{'precision':>11}{'hard neg.':>11}{'direction':>11}")
    rules: dict[str, Callable[[Sequence[TagFacts]], Found]] = {"plain rule": by_plain_rule, "tb_losshealth": by_grammar}
    for name, rule in rules.items():
        hits = primaries = wrong = hard = right_way = 0
        for source, tags in facts.items():
            found = rule(tags)
            known = {
                (TagRef(row["train_run"], row["train_tag"]), TagRef(row["val_run"], row["val_tag"])): row
                for row in truth[source]
            }
            demanded = {pair for pair, row in known.items() if row["kind"] == "primary"}
            hits += len(demanded & found.keys())
            primaries += len(demanded)
            wrong += len(found.keys() - known.keys())
            right_way += sum(
                found[pair] == {"lower": "min", "higher": "max"}[known[pair]["direction"]]
                for pair in demanded & found.keys()
            )
            hard += sum(
                (TagRef(row["run_a"], row["tag_a"]), TagRef(row["run_b"], row["tag_b"])) in found
                for row in negatives[source]
            )
        precision = hits / (hits + wrong) if hits + wrong else 1.0
        print(
            f"{name:20}{hits:7}{primaries:6}{hits / primaries:9.3f}{wrong:7}{precision:11.3f}{hard:11}"
            f"{f'{right_way}/{hits}':>11}"
        )


def speed(runs: int, tags: int) -> None:
    names = [SWEEP_TAGS[at % len(SWEEP_TAGS)] + "x" * (at // len(SWEEP_TAGS)) for at in range(tags)]
    facts = {
        run: [TagFacts(run, tag, 100, 0.1, 2.0, 2.0, 0.1) for tag in names]
        for run in (f"sweep/run_{number}" for number in range(runs))
    }
    finder = PairFinder()
    started = time.process_time()
    pairing = finder.update(facts)
    whole = time.process_time() - started
    one = next(iter(facts))
    started = time.process_time()
    finder.update({one: facts[one]})
    again = time.process_time() - started
    print(
        f"\n{runs} runs x {tags} tags, {len(pairing.pairs)} pairs: {whole:.2f} s; one run changed: {again * 1e3:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="logs with known pairs")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--tags", type=int, default=20)
    arguments = parser.parse_args()
    if arguments.corpus is not None:
        score(arguments.corpus)
    speed(arguments.runs, arguments.tags)


if __name__ == "__main__":
    main()
