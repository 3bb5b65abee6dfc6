"""No pair lies in two groups, and groups stay small."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.distribute.groups import group_runs, tied_by_rules
from tb_losshealth.pairing.pair_finder import PairFinder
from tb_losshealth.pairing.pairs import TagFacts


def together(names: list[str]) -> list[set[str]]:
    return [{names[at] for at in members} for members in group_runs(names)]


def group_of(name: str, names: list[str]) -> set[str]:
    return next(group for group in together(names) if name in group)


@pytest.mark.parametrize(
    "names",
    [
        ["exp/train", "exp/validation"],
        ["train", "val"],
        ["exp_train", "exp_val"],
        ["train/exp", "val/exp"],
        ["exp", "exp/eval"],
        [".", "eval"],
        ["exp", "exp/loss_train", "exp/loss_val"],
        ["exp", "exp/loss/train", "exp/loss/val"],
        ["exp/loss_t", "exp/loss_v"],
        ["out", "out/runs/Nov11_host"],
        ["out/checkpoint-500", "out/checkpoint-1000"],
        ["exp/train", "exp/validation/unseen"],
    ],
)
def test_runs_that_may_pair_are_in_one_group(names: list[str]) -> None:
    others = ["other/a", "other/b", "zzz"]
    assert group_of(names[0], [*others, *names]) >= set(names)


def test_unrelated_runs_are_apart() -> None:
    names = [f"sweep/lr{number}/version_0" for number in range(50)] + [
        f"e{n}/{s}" for n in range(50) for s in ("train", "val")
    ]
    assert sorted(map(len, together(names))) == [1] * 50 + [2] * 50


def test_every_run_is_in_exactly_one_group() -> None:
    names = [f"{a}/{b}" for a in ("x", "train", "val") for b in ("loss_train", "loss_val", "eval", "y")] + ["x", "."]
    groups = group_runs(names)
    assert sorted(at for members in groups for at in members) == list(range(len(names)))


PARTS = st.sampled_from(
    [
        "train",
        "val",
        "test",
        "eval",
        "exp",
        "exp1",
        "exp_train",
        "exp_val",
        "loss_train",
        "loss_val",
        "loss",
        "a_t",
        "a_v",
    ]
)
RUN = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
TAG = st.sampled_from(["loss", "train_loss", "val_loss", "loss/train", "loss/val", "a", "exp", "accuracy"])


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.one_of(RUN, st.just(".")), st.lists(TAG, min_size=1, max_size=3, unique=True), max_size=8))
def test_pairing_group_by_group_finds_what_pairing_the_whole_finds(log: dict[str, list[str]]) -> None:
    def pairs(names: list[str]) -> set[tuple[str, str, str, str]]:
        facts = {name: [TagFacts(name, tag, 30, 0.1, 2.0, 2.0, 0.1) for tag in log[name]] for name in names}
        found = PairFinder().update(facts).pairs
        return {(pair.run, pair.name, str(pair.train), str(pair.val)) for pair in found}

    names = sorted(log)
    apart = set().union(*(pairs([names[at] for at in members]) for members in group_runs(names)))
    assert apart == pairs(names)


def test_a_persons_rules_tie_runs(tmp_path: Path) -> None:
    config = tmp_path / "losshealth.toml"
    config.write_text('[[pair]]\ntrain_run = "fit/*"\ntrain = "a"\nval_run = "check/*"\nval = "b"\n')
    names = ["fit/1", "fit/2", "check/1", "check/2", "other"]
    random.Random(0).shuffle(names)
    tied = tied_by_rules(str(config), names)
    groups = [{names[at] for at in members} for members in group_runs(names, tied)]
    assert {"fit/1", "check/1"} in groups
    assert {"fit/2", "check/2"} in groups
    assert tied_by_rules(None, names) == []
