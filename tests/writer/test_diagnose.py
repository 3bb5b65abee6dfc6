"""What `SummaryWriter.diagnose` answers is what the viewer shows afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_losshealth import SummaryWriter, Verdict, scan
from tests.live.loss_curves import EPOCHS, overfitting, train
from tests.writer.logging_styles import LOGGING_STYLES, Log


@pytest.mark.parametrize("use", LOGGING_STYLES, ids=lambda use: use.__name__)
@pytest.mark.filterwarnings("ignore:.*nan at step 9:tb_losshealth.live.warn_once.LossHealthWarning")
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
