"""Every sensible way to spell the same thing leads to the same pair."""

from __future__ import annotations

import itertools

import pytest

from tb_losshealth.pairing.pair_finder import TagFacts, find_pairs

SPLITS = [
    ("train", "val"),
    ("train", "valid"),
    ("training", "validation"),
    ("train", "eval"),
    ("training", "evaluation"),
    ("train", "dev"),
    ("trn", "val"),
    ("tr", "va"),
    ("train", "holdout"),
    ("train", "held_out"),
    ("train", "cv"),
    ("train", "test"),
    ("training", "testing"),
    ("fit_train", "fit_valid"),
]
METRICS = {
    "loss": "min",
    "box_loss": "min",
    "nll": "min",
    "mse": "min",
    "perplexity": "min",
    "error_rate": "min",
    "wer": "min",
    "acc": "max",
    "accuracy": "max",
    "top5_acc": "max",
    "f1": "max",
    "macro_f1": "max",
    "mIoU": "max",
    "auroc": "max",
    "bleu": "max",
}
# Every split with some metrics, and every metric with some splits.
BOTH = [
    *itertools.product(SPLITS, list(METRICS)[:2]),
    *itertools.product(SPLITS[1:3], list(METRICS)[2:]),
]
TAGS = [
    "{s}/{m}",
    "{m}/{s}",
    "{s}_{m}",
    "{m}_{s}",
    "{s}-{m}",
    "{s}.{m}",
    "{s}: {m}",
    "{m} ({s})",
    "[{s}] {m}",
    "{s} {m}",
    "net/{s}/{m}",
    "{m}/net/{s}",
    "net_{s}_{m}",
    "{s}/{m}_epoch",
    "epoch_{s}_{m}",
    "epoch/{s}_{m}",
    "{s}_epoch_{m}",
    "avg_{s}_{m}",
    "{s}/mean_{m}",
    "{m}/{s}/total",
    "{m}_{s}/epoch",
    "{s} {m} per epoch",
    "{m} on {s} set",
    "metrics/{s}/{m}",
]
RUNS = [
    "{s}",
    "exp/{s}",
    "exp_{s}",
    "exp-{s}",
    "{s}_exp",
    "logs/{s}/exp",
    "exp/{s}_log",
    "exp/log_{s}",
    "2024-01-01 10:00:00/{s}",
    "exp.{s}",
    "lr=0.1,{s}",
]


def pair_up(train: tuple[str, str], val: tuple[str, str]) -> tuple[str, str, str]:
    tags = [
        TagFacts(run, tag, 20, low, 1.0, 1.0, low)
        for (run, tag), low in ((train, 0.1), (val, 0.2), (("exp0", "lr"), 0.3))
    ]
    (pair,) = find_pairs(tags).pairs
    return pair.train.tag, pair.val.tag, pair.mode


@pytest.mark.parametrize("spell", [str, str.title, str.upper], ids=["lower", "Title", "UPPER"])
@pytest.mark.parametrize("template", TAGS)
def test_in_the_tag(template: str, spell: type[str]) -> None:
    for (train, val), metric in BOTH:
        tags = [spell(template.format(s=split, m=metric)) for split in (train, val)]
        assert pair_up((".", tags[0]), (".", tags[1])) == (*tags, METRICS[metric]), tags


@pytest.mark.parametrize("template", ["{s}{M}", "{m}{S}", "{S}{M}", "{M}{S}", "net{S}{M}", "net/{s}{M}"])
def test_in_camel_case(template: str) -> None:
    for (train, val), metric in itertools.product(SPLITS, ("loss", "accuracy", "f1")):
        tags = []
        for split in (train, val):
            camel = "".join(part.title() for part in split.split("_"))
            small = camel[0].lower() + camel[1:]
            tags.append(template.format(s=small, S=camel, m=metric, M=metric.title()))
        assert pair_up((".", tags[0]), (".", tags[1]))[:2] == tuple(tags), tags


@pytest.mark.parametrize("template", RUNS)
def test_in_the_run(template: str) -> None:
    for (train, val), metric in BOTH:
        runs = [template.format(s=split) for split in (train, val)]
        assert pair_up((runs[0], metric), (runs[1], metric)) == (metric, metric, METRICS[metric]), runs


@pytest.mark.parametrize("template", RUNS)
def test_in_run_and_tag(template: str) -> None:
    for train, val in SPLITS:
        runs = [template.format(s=split) for split in (train, val)]
        tags = [f"{train}_loss", f"{val}_loss"]
        assert pair_up((runs[0], tags[0]), (runs[1], tags[1])) == (*tags, "min"), runs


@pytest.mark.parametrize("template", ["exp/{main}_{key}", "exp/{main}/{key}"], ids=["torch", "tensorboardX"])
@pytest.mark.parametrize("main", ["loss", "Loss", "Accuracy", "data/loss", "Loss per epoch", "train-val loss"])
def test_in_the_key_of_add_scalars(template: str, main: str) -> None:
    folder = main.replace("/", "_") if "_{key}" in template else main
    for train, val in SPLITS:
        runs = [template.format(main=folder, key=key) for key in (train, val)]
        assert pair_up((runs[0], main), (runs[1], main))[:2] == (main, main), runs


@pytest.mark.parametrize("template", TAGS)
def test_another_metric_is_no_partner(template: str) -> None:
    for (train, val), (one, other) in itertools.product(SPLITS[1:3], itertools.permutations(METRICS, 2)):
        alike = {"acc", "accuracy"}, {"f1", "macro_f1"}, {"loss", "box_loss"}, {"loss", "nll"}
        if {one, other} in alike:
            continue
        tags = [TagFacts(".", template.format(s=s, m=m), 20) for s, m in ((train, one), (val, other))]
        assert find_pairs(tags).pairs == (), tags
