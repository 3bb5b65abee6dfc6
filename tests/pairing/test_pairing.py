"""The pairing as a whole: what holds for any names, how it follows a log that grows, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.pairing.pair_finder import PairFinder, Pairing, TagFacts, TagRef, find_pairs
from tb_losshealth.pairing.tag_names import read

WORDS = st.sampled_from(
    [
        "train",
        "val",
        "valid",
        "test",
        "eval",
        "dev",
        "loss",
        "acc",
        "accuracy",
        "f1",
        "epoch",
        "step",
        "batch",
        "avg",
        "total",
        "kitti",
        "0",
        "1",
        "box",
        "lr",
        "time",
        "mean",
        "best",
        "Training",
        "Validation",
        "v",
        "t",
        "value",
        "policy",
        "lm",
        "ppl",
        "dataloader_idx_0",
        "<script>",
        "é",
        "损失",
        "训练",
        "验证",
    ]
)
TAGS = st.one_of(
    st.lists(WORDS, min_size=1, max_size=4).flatmap(
        lambda parts: st.sampled_from("/_ -.").map(lambda sign: sign.join(parts))
    ),
    st.text(max_size=12),
)
RUNS = st.sampled_from(
    [
        ".",
        "exp",
        "exp/train",
        "exp/val",
        "exp/test",
        "exp/eval_a",
        "exp_train",
        "exp_val",
        "train",
        "val",
        "exp/loss_train",
        "Nov23_05-00-00_h_train",
        "Nov23_05-00-01_h_val",
        "Nov23_05-00-11_h_val",
        "Nov23_05-00-11_h_train",
        "Nov23_05-00-15_h_test",
    ]
)
VALUES = st.one_of(st.floats(-1e3, 1e3), st.just(float("nan")))


@st.composite
def facts(draw: st.DrawFn) -> TagFacts:
    values = draw(st.tuples(VALUES, VALUES, VALUES, VALUES))
    low, high, first, last = values
    return TagFacts(draw(RUNS), draw(TAGS), draw(st.integers(0, 50)), low, high, first, last)


LOGS = st.lists(facts(), max_size=12, unique_by=lambda fact: (fact.run, fact.tag))


@given(LOGS)
def test_what_holds_for_any_names(log: list[TagFacts]) -> None:
    found = find_pairs(log)
    known = {fact.ref for fact in log}
    for pair in found.pairs:
        assert {pair.train, pair.val} <= known
        assert pair.train != pair.val
        assert pair.mode in ("min", "max")
        splits = (read(pair.train.tag).split, read(pair.val.tag).split)
        assert splits[0] is None or splits[0] == "train"
        assert splits[1] != "train"
    vals = [pair.val for pair in found.pairs]
    assert len(vals) == len(set(vals))
    assert not {pair.train for pair in found.pairs} & set(vals)
    names = [(pair.run, pair.name) for pair in found.pairs] + [(loss.run, loss.name) for loss in found.train_only]
    assert len(names) == len(set(names))


@given(LOGS)
def test_every_tag_is_accounted_for(log: list[TagFacts]) -> None:
    found = find_pairs(log)
    in_pairs = {ref for pair in found.pairs for ref in (pair.train, pair.val, pair.test) if ref}
    alone = {item.train for item in found.train_only}
    rest = [item.ref for item in found.unpaired]
    assert len(rest) == len(set(rest))
    assert in_pairs | alone | set(rest) == {fact.ref for fact in log}
    assert not alone & set(rest)
    assert not in_pairs & (alone | set(rest))
    assert all(found.explain(fact.ref) for fact in log)


@settings(max_examples=200)
@given(st.lists(st.tuples(facts(), st.booleans()), max_size=20))
def test_following_a_log_finds_what_reading_it_at_once_finds(history: list[tuple[TagFacts, bool]]) -> None:
    finder = PairFinder()
    log: dict[str, dict[str, TagFacts]] = {}
    for fact, removes in history:
        if removes and log:
            gone = sorted(log)[fact.count % len(log)]
            del log[gone]
            followed = finder.update({}, removed=[gone])
        else:
            log.setdefault(fact.run, {})[fact.tag] = fact
            followed = finder.update({fact.run: list(log[fact.run].values())})
        at_once = find_pairs([fact for run in log.values() for fact in run.values()])
        assert set(followed.pairs) == set(at_once.pairs)
        assert set(followed.train_only) == set(at_once.train_only)
        assert set(followed.unpaired) == set(at_once.unpaired)


@pytest.mark.parametrize(
    "name", ["", "/", "_" * 5000, "a" * 100_000, "train/" * 20_000, "\x00\n\t", "<script>", "\uff11\uff12"]
)
def test_hostile_names_do_no_harm(name: str) -> None:
    found = find_pairs([TagFacts(name, name, 3), TagFacts(name, "train/loss", 3), TagFacts(name, "val/loss", 3)])
    assert [pair.name for pair in found.pairs] == ["loss"]


def fact(tag: str, count: int = 20, **changes: Any) -> TagFacts:
    usual = TagFacts("exp", tag, count, 0.1, 2.0, 2.0, 0.1)
    return replace(usual, **changes)


def only(found: Pairing) -> tuple[str, str]:
    (pair,) = found.pairs
    return pair.train.tag, pair.val.tag


def test_a_summary_of_one_point_loses_against_the_curve() -> None:
    tags = [fact("train/train_loss", 1), fact("train/loss", 500), fact("eval/loss", 10)]
    assert only(find_pairs(tags)) == ("train/loss", "eval/loss")


def test_after_one_epoch_its_one_point_is_the_curve() -> None:
    tags = [fact("train_loss_epoch", 1), fact("train_loss_step", 500), fact("val_loss", 1)]
    assert only(find_pairs(tags)) == ("train_loss_epoch", "val_loss")


def test_one_evaluation_makes_a_pair() -> None:
    assert only(find_pairs([fact("train_loss", 500), fact("val_loss", 1)])) == ("train_loss", "val_loss")


def test_a_tag_without_points_makes_none() -> None:
    found = find_pairs([fact("train_loss"), fact("val_loss", 0)])
    assert (found.pairs, [item.train.tag for item in found.train_only]) == ((), ["train_loss"])


def test_an_unknown_metric_that_never_moves_is_none() -> None:
    same: dict[str, Any] = {"minimum": 3.0, "maximum": 3.0}
    assert find_pairs([fact("train/zeta", **same), fact("val/zeta", **same)]).pairs == ()
    assert len(find_pairs([fact("train/zeta"), fact("val/zeta")]).pairs) == 1
    assert len(find_pairs([fact("train/loss", **same), fact("val/loss", **same)]).pairs) == 1


@pytest.mark.parametrize(("first", "last", "mode"), [(2.0, 0.1, "min"), (0.1, 0.9, "max")])
def test_an_unknown_metric_goes_where_training_takes_it(first: float, last: float, mode: str) -> None:
    (pair,) = find_pairs([fact("train/zeta", first_value=first, last_value=last), fact("val/zeta")]).pairs
    assert (pair.mode, pair.flags, pair.is_loss) == (mode, ("direction_guessed",), False)


def test_one_curve_under_two_names_is_one_pair() -> None:
    values: dict[str, Any] = {"minimum": 0.5, "last_value": 0.5}
    tags = [fact("train/loss"), fact("val/loss", **values), fact("copy/val/loss", **values)]
    assert only(find_pairs(tags)) == ("train/loss", "val/loss")


@pytest.mark.parametrize(
    ("tag", "mode", "is_loss"),
    [
        *(
            (tag, "min", True)
            for tag in ("loss", "nll", "cross_entropy", "mse", "kl_loss", "dice_loss", "bpd", "loss/iou")
        ),
        *(
            (tag, "min", False)
            for tag in ("error_rate", "WER", "perplexity", "MAE", "rmse", "l1 distance", "FID", "EPE")
        ),
        *((tag, "max", False) for tag in ("accuracy", "F1", "AUROC", "mAP50", "BLEU", "mIoU", "dice", "R2", "reward")),
        *((tag, "max", False) for tag in ("top5_acc", "psnr", "hits_at_k", "precision", "log_likelihood", "ndcg@10")),
    ],
)
def test_every_metric_has_its_direction(tag: str, mode: str, is_loss: bool) -> None:
    (pair,) = find_pairs([fact(f"train/{tag}"), fact(f"val/{tag}")]).pairs
    assert (pair.mode, pair.is_loss, pair.flags) == (mode, is_loss, ())


def test_losses_come_first() -> None:
    tags = [fact(f"{split}/{name}") for split in ("train", "val") for name in ("acc", "zz_loss", "f1")]
    assert [pair.is_loss for pair in find_pairs(tags).pairs] == [True, False, False]


def test_a_train_loss_alone_is_said() -> None:
    found = find_pairs(
        [fact("train/loss_step", 500), fact("train/loss_epoch", 5), fact("kl_loss"), fact("lr"), fact("acc")]
    )
    assert [(item.name, item.train.tag, item.mode) for item in found.train_only] == [
        ("loss", "train/loss_step", "min"),
        ("kl_loss", "kl_loss", "min"),
    ]
    assert found.train_only[0].reason == 'No validation tag names the same metric as "train/loss_step".'


def test_every_decision_can_be_asked_for() -> None:
    tags = [
        fact(tag) for tag in ("train/loss", "val/loss", "test/loss", "val/kl_loss", "epoch", "zeta", "train/avg_loss")
    ]
    found = find_pairs(tags)

    def why(tag: str) -> str | None:
        return found.explain(TagRef("exp", tag))

    assert why("train/loss") == (
        'In the pair "loss" of run "exp". "train/loss" is train, "val/loss" is validation: '
        "the names differ only in the split."
    )
    assert why("test/loss") == why("train/loss")
    assert why("train/avg_loss") == 'No pair of its own: "train/loss" shows the same for "loss".'
    assert why("val/kl_loss") == 'Validation (by "val"), but no train tag names the same metric.'
    assert why("epoch") == "No pair: it counts epochs or steps."
    assert (
        why("zeta") == "No pair: its name marks neither train nor validation, and no marked tag names the same metric."
    )
    assert why("never logged") is None


def test_halves_of_pairs_come_first_among_the_unpaired() -> None:
    found = find_pairs([fact("lr"), fact("zeta"), fact("val/loss")])
    assert [item.ref.tag for item in found.unpaired] == ["val/loss", "zeta", "lr"]


def test_facts_are_read_off_a_curve() -> None:
    series = Series(np.array([3, 5, 9]), np.array([np.nan, 2.0, 1.0]), np.array([10.0, 11.0, 12.0]))
    assert TagFacts.of("exp", "loss", series) == TagFacts("exp", "loss", 3, 1.0, 2.0, 2.0, 1.0)
    empty = Series(np.array([], np.int64), np.array([]), np.array([]))
    assert TagFacts.of("exp", "loss", empty).count == 0
    assert TagFacts.latest("exp", "loss", [TagTraining(empty), TagTraining(series)]) == TagFacts.of(
        "exp", "loss", series
    )
    assert TagFacts.latest("exp", "loss", []) is None
