"""The judgement inside the training is the one that the viewer gives afterwards."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_losshealth import Diagnosis, LossMonitor, SummaryWriter, Verdict, scan
from tb_losshealth.health.curves.tag_trainings import split_trainings
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pairs import TagRef
from tb_losshealth.scanner import judge
from tb_losshealth.writer import history, live_pair, live_pairs
from tb_losshealth.writer.live_pairs import LivePairs
from tb_losshealth.writer.notices import LossHealthWarning

Reader = Callable[[Path], list[Any]]
Log = Callable[[Any], None]

EPOCHS = 40


def train(epoch: float) -> float:
    return float(np.exp(-epoch / 12) + 0.05)


def overfitting(epoch: float) -> float:
    return float(np.exp(-epoch / 8) + 0.2 + 0.03 * max(0, epoch - 15) + 0.002 * (-1) ** int(epoch))


def healthy(epoch: int) -> float:
    return float(np.exp(-epoch / 12) + 0.1 + 0.002 * (-1) ** int(epoch))


def paired(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def batches_and_epochs(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for batch in range(25):
            writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch * 25 + batch)
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch * 25 + 24)


def by_name(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalar("lr", 0.1, epoch)
        writer.add_scalar("train_loss", train(epoch), epoch)
        writer.add_scalar("val_loss", overfitting(epoch), epoch)


def sub_runs(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalars("loss", {"train": train(epoch), "val": overfitting(epoch)}, epoch)


def declared(writer: Any) -> None:
    writer.declare_pair("loss", train="objective", val="held out")
    for epoch in range(EPOCHS):
        writer.add_scalar("objective", train(epoch), epoch)
        writer.add_scalar("held out", overfitting(epoch), epoch)


def declared_at_last(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalar("objective", train(epoch), epoch)
        writer.add_scalar("held out", overfitting(epoch), epoch)
    writer.declare_pair("loss", train="objective", val="held out")


def batches_under_an_epoch_number(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for part in (0.9, 1.1):
            writer.add_paired_scalars("loss", train=train(epoch) * part, global_step=epoch, walltime=float(epoch))
        for part in (0.5, 1.5):
            writer.add_paired_scalars("loss", val=overfitting(epoch) * part, global_step=epoch, walltime=float(epoch))


def resumed(writer: Any) -> None:
    for epoch in [*range(30), *range(10, EPOCHS)]:
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def started_again(writer: Any) -> None:
    for epoch in [*range(10), *range(EPOCHS)]:
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def train_starts_again_in_every_epoch(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for batch in range(5):
            writer.add_paired_scalars("loss", train=train(epoch), global_step=batch, walltime=epoch * 10.0 + batch)
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=epoch * 10.0 + 5)


def asked_in_between(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for part in (0.9, 1.0, 1.1):
            writer.add_paired_scalars("loss", train=train(epoch) * part, global_step=epoch, walltime=float(epoch))
            if epoch > 3:
                writer.diagnose("loss")
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=float(epoch))


def train_after_validation(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=float(epoch))
        writer.diagnose("loss")
        writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch, walltime=float(epoch))


def with_gaps(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch, walltime=float(epoch))
        if epoch % 3 == 0:
            value = float("nan") if epoch == 9 else overfitting(epoch)
            writer.add_paired_scalars("loss", val=value, global_step=epoch, walltime=float(epoch))


USES: list[Log] = [
    paired,
    batches_and_epochs,
    by_name,
    sub_runs,
    declared,
    declared_at_last,
    batches_under_an_epoch_number,
    resumed,
    started_again,
    train_starts_again_in_every_epoch,
    asked_in_between,
    train_after_validation,
    with_gaps,
]


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
@pytest.mark.filterwarnings("ignore:.*nan at step 9:tb_losshealth.writer.notices.LossHealthWarning")
def test_diagnoses_as_the_viewer_does(tmp_path: Path, use: Log) -> None:
    with SummaryWriter(tmp_path) as writer:
        use(writer)
        live = writer.diagnose("loss")
        assert live == writer.diagnose()
        writer.flush()
        (report,) = scan(tmp_path)
    # Event files hold values as float32: the figures differ in the eighth digit, the answer does not.
    assert live.verdict == report.diagnosis.verdict == Verdict.OVERFITTING
    assert live.onset is not None
    assert report.diagnosis.onset is not None
    assert live.onset.step == report.diagnosis.onset.step
    assert live.onset.confirmed_step == report.diagnosis.onset.confirmed_step
    assert (live.best_step, live.flags, live.evaluations, live.train_points) == (
        report.diagnosis.best_step,
        report.diagnosis.flags,
        report.diagnosis.evaluations,
        report.diagnosis.train_points,
    )
    assert live.best_value == pytest.approx(report.diagnosis.best_value)


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
    sessions = {tag: split_trainings(*cut) if cut else [] for tag, cut in columns.items()}
    found = match_trainings(sessions["train"], sessions["val"])
    expected = judge(live.pair, found[-1], of=len(found))
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


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
@pytest.mark.filterwarnings("ignore:.*nan at step 9:tb_losshealth.writer.notices.LossHealthWarning")
def test_alarms_and_stops(tmp_path: Path, use: Log) -> None:
    alarms: list[tuple[str, Diagnosis]] = []
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: alarms.append((name, diagnosis)))
        assert not writer.should_stop("loss")
        use(writer)
        assert writer.should_stop("loss")
        assert writer.should_stop()
    if use is declared_at_last:
        return  # nobody was watching while it happened
    assert len(alarms) == (2 if use is resumed else 1), "once in each attempt"
    for name, diagnosis in alarms:
        assert name == "loss"
        assert diagnosis.verdict == Verdict.OVERFITTING


def test_alarm_comes_when_the_monitor_confirms(tmp_path: Path) -> None:
    monitor = LossMonitor()
    expected = None
    alarmed = []
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: alarmed.append(diagnosis.evaluations - 1))
        for epoch in range(EPOCHS):
            writer.add_paired_scalars(
                "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
            )
            monitor.add_train(epoch, train(epoch))
            monitor.add_val(epoch, overfitting(epoch))
            if monitor.state == "confirmed" and expected is None:
                expected = epoch
            assert writer.should_stop("loss") == (monitor.state == "confirmed")
    assert alarmed == [expected]


def test_healthy_trainings_are_left_alone(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: pytest.fail("an alarm"))
        for epoch in range(EPOCHS):
            writer.add_paired_scalars(
                "loss", train=train(epoch), val=healthy(epoch), global_step=epoch, walltime=float(epoch)
            )
        assert not writer.should_stop()


def test_higher_is_better(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for epoch in range(EPOCHS):
            writer.add_paired_scalars(
                "accuracy", train=1 - train(epoch), val=1 - overfitting(epoch), global_step=epoch, mode="max"
            )
        diagnosis = writer.diagnose("accuracy")
        assert diagnosis.mode == "max"
        assert diagnosis.verdict == Verdict.OVERFITTING
        assert writer.should_stop("accuracy")
        assert not writer.should_stop(), "without a name, losses decide"
        writer.flush()
        (report,) = scan(tmp_path)
    assert report.pair.mode == "max"
    assert report.pair.source == "declared"


def test_the_third_split(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for epoch in range(6):
            writer.add_paired_scalars("loss", train=1.0, val=2.0, global_step=epoch, walltime=float(epoch))
        writer.add_paired_scalars("loss", test=3.0, global_step=5)
        writer.add_paired_scalars("loss", train=1.0, global_step=6)
    (report,) = scan(tmp_path)
    assert report.test is not None
    assert report.test.values.tolist() == [3.0]


def test_a_better_partner_replaces_the_first(tmp_path: Path) -> None:
    # Lightning logs its epoch values after the steps: epoch belongs with epoch.
    with SummaryWriter(tmp_path) as writer:
        for epoch in range(EPOCHS):
            for batch in range(20):
                writer.add_scalar("train_loss_step", 5.0, epoch * 20 + batch)
            writer.add_scalar("val_loss", overfitting(epoch), epoch * 20 + 19)
            if epoch > 3:
                writer.add_scalar("train_loss_epoch", train(epoch), epoch * 20 + 19)
        writer.diagnose()
        writer.flush()
        (report,) = scan(tmp_path)
        live = writer.diagnose()
        assert report.pair.train.tag == "train_loss_epoch"
        assert live.train_points == report.diagnosis.train_points == EPOCHS - 4


def test_asking_wrongly(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(LookupError, match="so far nothing was logged"):
            writer.diagnose()
        for epoch in range(4):
            writer.add_paired_scalars("loss", train=1.0, val=1.0, global_step=epoch, walltime=float(epoch))
            writer.add_paired_scalars("err", train=1.0, val=1.0, global_step=epoch, walltime=float(epoch))
        with pytest.raises(LookupError, match="name the pair to judge: so far there are 'loss', 'err'"):
            writer.diagnose()
        with pytest.raises(LookupError, match="no pair 'los': so far there are 'loss', 'err'"):
            writer.diagnose("los")
        with pytest.warns(LossHealthWarning, match="should_stop: there is no pair 'los'"):
            assert not writer.should_stop("los")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert not writer.should_stop("los"), "said once"
        with pytest.raises(TypeError, match="on_onset takes a function"):
            writer.on_onset("stop")


def test_what_a_callback_raises_comes_out(tmp_path: Path, read_scalars: Reader) -> None:
    class Stop(Exception):
        pass

    def stop(name: str, diagnosis: Diagnosis) -> None:
        raise Stop

    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(stop)
        with pytest.raises(Stop):
            paired(writer)
        assert writer.should_stop()
    assert read_scalars(tmp_path)[-1][0] == "loss/val"


def test_a_callback_may_log(tmp_path: Path, read_scalars: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: writer.add_scalar("alarm", 1.0, diagnosis.best_step))
        paired(writer)
    assert [tag for tag, _, _ in read_scalars(tmp_path)].count("alarm") == 1


def test_judging_that_fails_is_warned_of_once_and_the_training_goes_on(
    tmp_path: Path, read_scalars: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(live_pair, "split_trainings", broken)
    with SummaryWriter(tmp_path) as writer, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        paired(writer)
        assert not writer.should_stop("loss")
    (warning,) = warned
    assert warning.category is LossHealthWarning
    assert "stopped judging this training, which goes on" in str(warning.message)
    assert "ZeroDivisionError: a bug" in str(warning.message)
    assert len(read_scalars(tmp_path)) == 2 * EPOCHS


def verdicts(folder: Path, read_events: Reader) -> list[tuple[str, int, str]]:
    return [
        (value.tag, event.step, value.tensor.string_val[0].decode())
        for event in read_events(folder)
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "text"
    ]


def test_the_run_keeps_its_verdict(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        paired(writer)
        expected = writer.diagnose("loss")
    ((tag, step, text),) = verdicts(tmp_path, read_events)
    assert (tag, step) == ("losshealth/loss/text_summary", EPOCHS - 1)
    assert text.startswith("**overfitting**")
    assert expected.reason in text
    assert f"Best checkpoint: step {expected.best_step} " in text


def test_the_verdict_is_written_again_only_if_it_changed(tmp_path: Path, read_events: Reader) -> None:
    writer = SummaryWriter(tmp_path)
    paired(writer)
    writer.close()
    writer.add_text("note", "logged after close, as torch allows", 1)
    writer.close()
    assert len(verdicts(tmp_path, read_events)) == 2
    writer.add_paired_scalars("loss", train=0.0, val=9.0, global_step=EPOCHS)
    writer.close()
    assert len(verdicts(tmp_path, read_events)) == 3


def test_pairs_that_nobody_asked_about_leave_the_log_as_it_was(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path / "silent") as writer:
        by_name(writer)
    assert verdicts(tmp_path / "silent", read_events) == []
    with SummaryWriter(tmp_path / "asked") as writer:
        by_name(writer)
        writer.should_stop()
    assert len(verdicts(tmp_path / "asked", read_events)) == 1


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


def test_an_alarm_rests_on_whole_evaluations(tmp_path: Path) -> None:
    alarms: list[Diagnosis] = []
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: alarms.append(diagnosis))
        batches_under_an_epoch_number(writer)
    (alarm,) = alarms
    # Its parts are half and one and a half of it.
    assert alarm.best_value == pytest.approx(min(overfitting(epoch) for epoch in range(alarm.evaluations)))


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


def test_beside_a_declared_pair_those_known_by_name_alone_stay_silent(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        by_name(writer)
        for epoch in range(EPOCHS):
            writer.add_paired_scalars("objective", train=train(epoch), val=healthy(epoch), global_step=epoch)
    assert [tag for tag, _, _ in verdicts(tmp_path, read_events)] == ["losshealth/objective/text_summary"]


@pytest.mark.parametrize("name", [["loss"], 3, b"loss"], ids=repr)
def test_a_name_that_is_no_text_is_refused_and_judging_goes_on(tmp_path: Path, name: Any) -> None:
    with SummaryWriter(tmp_path) as writer:
        paired(writer)
        with pytest.raises(TypeError, match="asked for by its name, such as 'loss', not by"):
            writer.should_stop(name)
        with pytest.raises(TypeError, match="asked for by its name, such as 'loss', not by"):
            writer.diagnose(name)
        assert writer.should_stop("loss")


def test_a_declared_metric_that_is_no_loss_is_none_before_its_first_value_either() -> None:
    pairs = LivePairs()
    pairs.declare(DeclaredPair(".", "error", "min", TagRef(".", "fit_mae"), TagRef(".", "check_mae")))
    assert not pairs.by_name()["error"].pair.is_loss
