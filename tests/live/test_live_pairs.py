"""The pairs of a training that runs are judged as the viewer judges them afterwards, in bounded memory."""

from __future__ import annotations

import math
import operator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_losshealth import Diagnosis, Verdict
from tb_losshealth.health.curves.tag_trainings import split_trainings
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.live import history, live_pairs
from tb_losshealth.live.live_pairs import LivePairs
from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pairs import TagRef
from tests.live.loss_curves import EPOCHS, overfitting, train


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["train", "train", "train", "val", "ask", "back"]),
            st.integers(0, 2),
            st.sampled_from([0.9, 1.0, 1.1, 1.3, math.nan]),
        ),
        max_size=150,
    )
)
@example(events=[("train", 0, 0.9), ("train", 0, math.nan)])
@example(events=[("train", 0, math.nan), ("train", 0, 0.9), ("val", 1, 1.0), ("val", 0, math.nan)])
@example(events=[("train", 1, 0.9), ("ask", 0, 0.9), ("back", 1, 0.9), ("val", 0, 0.9)])
def test_however_it_was_logged_it_diagnoses_as_the_viewer_does(events: list[tuple[str, int, float]]) -> None:
    declared = DeclaredPair(".", "loss", "min", TagRef(".", "train"), TagRef(".", "val"))
    pairs = LivePairs()
    pairs.declare(declared)
    rows: dict[str, list[tuple[int, float, float]]] = {"train": [], "val": []}
    step = 0
    for wall, (what, by, factor) in enumerate(events):
        if what == "ask":
            pairs.by_name(look_again=True)["loss"].diagnose()
        elif what == "back":
            step = max(0, step - 5 * by)
        else:
            step += by
            value = factor * (train(step / 4) if what == "train" else overfitting(step / 4))
            pairs.observe(".", what, step, value, float(wall))
            rows[what].append((step, value, float(wall)))
    if not rows["train"]:
        return
    live = pairs.by_name(look_again=True)["loss"]
    columns = {tag: [list(column) for column in zip(*tag_rows, strict=True)] for tag, tag_rows in rows.items()}
    trainings = {tag: split_trainings(*cut) if cut else [] for tag, cut in columns.items()}
    found = match_trainings(trainings["train"], trainings["val"])
    expected = diagnose_pair(live.pair, found[-1], of=len(found))
    assert_alike(live.diagnose(), expected)


def assert_alike(one: Diagnosis, other: Diagnosis) -> None:
    """The same, but for the rounding of means."""
    for field in ("verdict", "recovered", "best_step", "flags", "not_judged", "evaluations", "train_points", "mode"):
        assert getattr(one, field) == getattr(other, field), field
    assert (one.onset and (one.onset.step, one.onset.confirmed_step)) == (
        other.onset and (other.onset.step, other.onset.confirmed_step)
    )
    for field in ("best_value", "gap.final", "gap.maximum", "gap.at_onset"):
        values = [operator.attrgetter(field)(diagnosis) for diagnosis in (one, other)]
        assert values[0] == pytest.approx(values[1]), field


def test_a_training_of_any_length_stays_small_and_is_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ROWS", 64)
    pairs = LivePairs()
    confirmed = False
    for step in range(20_000):
        epoch = step / 500
        pairs.observe(".", "loss/train", step, train(epoch), step)
        if step % 20 == 19:
            evaluated = pairs.observe(".", "loss/val", step, overfitting(epoch), step)
            confirmed |= any(pair.alarm is not None for pair in evaluated)
    pair = pairs.by_name()["loss"]
    diagnosis = pair.diagnose()
    assert confirmed
    assert pair.state == "confirmed"
    assert diagnosis.verdict == Verdict.OVERFITTING
    assert diagnosis.onset is not None
    assert 12 < diagnosis.onset.step / 500 < 20
    assert diagnosis.evaluations <= 64


def test_tags_without_end_are_not_followed_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_pairs, "MAX_TAGS", 10)
    pairs = LivePairs()
    for step in range(50):
        pairs.observe(".", "loss/train", step, 1.0, 0.0)
        pairs.observe(".", "loss/val", step, 1.0, 0.0)
        pairs.observe(".", f"sample {step}", step, 1.0, 0.0)
    assert len(pairs._histories) == 10
    assert list(pairs.by_name()) == ["loss"]


def test_an_alarm_forgets_the_train_steps_that_were_taken_back() -> None:
    pairs = LivePairs()
    pairs.declare(DeclaredPair(".", "loss", "min", TagRef(".", "train"), TagRef(".", "val")))
    alarms: list[tuple[Diagnosis, Diagnosis]] = []
    for epoch in range(EPOCHS):
        # After each evaluation the last steps of training are taken back, and turn out otherwise.
        for attempt, at in ((1, 0), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)):
            step = epoch * 4 + at
            pairs.observe(".", "train", step, train(epoch) * (2.0 if attempt == 1 else 1.0), float(step))
            if (attempt, at) == (1, 3):
                pairs.observe(".", "val", step, overfitting(epoch), float(step))
            pair = pairs.by_name()["loss"]
            if pair.alarm is not None and len(alarms) < 1:
                alarms.append((pair.alarm, pair.diagnose()))
    ((alarm, expected),) = alarms
    assert_alike(alarm, expected)


def test_a_better_partner_is_found_without_asking() -> None:
    pairs = LivePairs()
    for epoch in range(EPOCHS):
        for batch in range(20):
            pairs.observe(".", "train_loss_step", epoch * 20 + batch, 5.0, float(epoch))
        pairs.observe(".", "val_loss", epoch * 20 + 19, overfitting(epoch), float(epoch))
        if epoch > 3:
            pairs.observe(".", "train_loss_epoch", epoch * 20 + 19, train(epoch), float(epoch))
    (pair,) = pairs.by_name().values()
    assert pair.pair.train.tag == "train_loss_epoch"


def test_a_declared_metric_that_is_no_loss_is_none_before_its_first_value_either() -> None:
    pairs = LivePairs()
    pairs.declare(DeclaredPair(".", "error", "min", TagRef(".", "fit_mae"), TagRef(".", "check_mae")))
    assert not pairs.by_name()["error"].pair.is_loss
