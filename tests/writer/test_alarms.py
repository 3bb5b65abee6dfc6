"""Alarms and stops while the training runs, and what happens where they are asked for wrongly or fail."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tb_losshealth import Diagnosis, LossMonitor, SummaryWriter, Verdict
from tb_losshealth.live import live_pair
from tb_losshealth.live.warn_once import LossHealthWarning
from tests.live.loss_curves import EPOCHS, healthy, overfitting, train
from tests.writer.logging_styles import (
    LOGGING_STYLES,
    Log,
    batches_under_an_epoch_number,
    declared_at_last,
    paired,
    resumed,
)

Reader = Callable[[Path], list[Any]]


@pytest.mark.parametrize("use", LOGGING_STYLES, ids=lambda use: use.__name__)
@pytest.mark.filterwarnings("ignore:.*nan at step 9:tb_losshealth.live.warn_once.LossHealthWarning")
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


def test_an_alarm_rests_on_whole_evaluations(tmp_path: Path) -> None:
    alarms: list[Diagnosis] = []
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: alarms.append(diagnosis))
        batches_under_an_epoch_number(writer)
    (alarm,) = alarms
    # Its parts are half and one and a half of it.
    assert alarm.best_value == pytest.approx(min(overfitting(epoch) for epoch in range(alarm.evaluations)))


def test_healthy_trainings_are_left_alone(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.on_onset(lambda name, diagnosis: pytest.fail("an alarm"))
        for epoch in range(EPOCHS):
            writer.add_paired_scalars(
                "loss", train=train(epoch), val=healthy(epoch), global_step=epoch, walltime=float(epoch)
            )
        assert not writer.should_stop()


def test_asking_wrongly(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(LookupError, match="so far no pair was logged"):
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


@pytest.mark.parametrize("name", [["loss"], 3, b"loss"], ids=repr)
def test_a_name_that_is_no_text_is_refused_and_judging_goes_on(tmp_path: Path, name: Any) -> None:
    with SummaryWriter(tmp_path) as writer:
        paired(writer)
        with pytest.raises(TypeError, match="name must be the name of a pair, such as 'loss', not"):
            writer.should_stop(name)
        with pytest.raises(TypeError, match="name must be the name of a pair, such as 'loss', not"):
            writer.diagnose(name)
        assert writer.should_stop("loss")


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
