from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from tb_losshealth import SummaryWriter, Verdict, scan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("lightning") is None, reason="lightning is not installed"),
    pytest.mark.filterwarnings("ignore"),  # Lightning's own, about workers and intervals
]


@pytest.fixture
def train(tmp_path: Path, overfitting_task: Any) -> Callable[..., Any]:
    """Trains a LightningModule on data that it can only learn by heart."""
    pl = import_module("lightning.pytorch")

    class Module(pl.LightningModule):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.net = overfitting_task.model()

        def training_step(self, batch: Any, batch_idx: int) -> Any:
            loss = overfitting_task.loss(self.net(batch[0]), batch[1])
            self.log("train_loss", loss, on_step=False, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, batch_idx: int) -> None:
            self.log("val_loss", overfitting_task.loss(self.net(batch[0]), batch[1]))

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=1e-2)

    def run(callbacks: list[Any], logger: Any = False, epochs: int = 60, **arguments: Any) -> Any:
        trainer = pl.Trainer(
            max_epochs=epochs,
            accelerator="cpu",
            default_root_dir=tmp_path,
            callbacks=callbacks,
            logger=logger,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
            **arguments,
        )
        trainer.fit(Module(), overfitting_task.batches("train"), overfitting_task.batches("val"))
        return trainer

    return run


def test_the_logger_is_a_tensorboard_logger_with_our_writer(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthLogger

    logger = LossHealthLogger(tmp_path / "logs", name="digits", version=3)
    assert isinstance(logger, import_module("lightning.pytorch.loggers").TensorBoardLogger)
    train([], logger=logger)
    assert isinstance(logger.experiment, SummaryWriter)
    assert logger.experiment.diagnose().verdict == Verdict.OVERFITTING
    (report,) = scan(tmp_path / "logs")
    assert report.pair.run == "digits/version_3"
    assert (report.pair.train.tag, report.pair.val.tag) == ("train_loss", "val_loss")
    assert report.diagnosis.verdict == Verdict.OVERFITTING


def test_a_log_that_cannot_be_closed_does_not_end_the_training(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthLogger
    from tb_losshealth.live.warn_once import LossHealthWarning

    class Broken(LossHealthLogger):
        def finalize(self, status: str) -> None:
            self.experiment._get_file_writer().close()
            super().finalize(status)

    with pytest.warns(LossHealthWarning, match="could not close the log, and the training goes on: OSError"):
        trainer = train([], logger=Broken(tmp_path), epochs=2)
    assert trainer.current_epoch == 2


def test_the_callback_stops_alarms_and_knows_the_best_step(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback

    alarms: list[Any] = []
    callback = LossHealthCallback("val_loss", stop=True, on_onset=alarms.append)
    trainer = train([callback])
    assert 0 < callback.stopped_epoch < 59
    assert trainer.current_epoch == callback.stopped_epoch + 1
    assert [alarm.verdict for alarm in alarms] == [Verdict.OVERFITTING]
    assert callback.best_step is not None
    assert 0 < callback.best_step < trainer.global_step
    assert callback.diagnosis is not None
    assert callback.diagnosis.evaluations == callback.stopped_epoch + 1


@pytest.mark.parametrize("train_monitor", [None, "train_loss"])
def test_the_callback_sees_the_train_loss_of_the_same_epoch(train: Callable[..., Any], train_monitor: str) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback

    expected: list[float] = []

    class Record(import_module("lightning.pytorch.callbacks").Callback):  # type: ignore[misc]
        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            expected.append(float(trainer.callback_metrics["train_loss"]))

    callback = LossHealthCallback("val_loss", train_monitor)
    train([Record(), callback], epochs=4)
    seen = [value for _, value, _ in callback.state_dict()["evaluations"]]
    assert seen == pytest.approx(expected, rel=1e-5)


def test_patience_and_no_wish_to_stop(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback

    at_once, later = LossHealthCallback(stop=True), LossHealthCallback(stop=True, patience=4)
    train([at_once])
    train([later])
    assert later.stopped_epoch == at_once.stopped_epoch + 4
    watcher = LossHealthCallback()
    trainer = train([watcher], epochs=at_once.stopped_epoch + 5)
    assert trainer.current_epoch == at_once.stopped_epoch + 5
    assert watcher.stopped_epoch == 0


def test_gradient_accumulation_does_not_change_the_loss(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback

    losses = []
    for batches in (1, 2):
        callback = LossHealthCallback()
        train([callback], epochs=1, accumulate_grad_batches=batches)
        losses.append(callback.state_dict()["evaluations"][0][1])
    assert losses[1] == pytest.approx(losses[0], rel=0.2)


def test_a_checkpoint_keeps_what_was_seen(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback

    callback = LossHealthCallback(stop=True)
    train([callback])
    alarms: list[Any] = []
    again = LossHealthCallback(on_onset=alarms.append)
    again.load_state_dict(callback.state_dict())
    assert again.diagnosis == callback.diagnosis
    assert again.stopped_epoch == callback.stopped_epoch
    assert alarms == []
    assert again.state_key == callback.state_key != LossHealthCallback("val_acc").state_key


def test_a_train_metric_that_never_comes_is_said_once(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback
    from tb_losshealth.live.warn_once import LossHealthWarning

    with pytest.warns(LossHealthWarning, match="looked for train_monitor='loss',.* there is .*'val_loss'") as warned:
        train([LossHealthCallback(train_monitor="loss")], epochs=5)
    assert len([one for one in warned if one.category is LossHealthWarning]) == 1


def test_a_metric_that_is_not_there_is_said(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.lightning import LossHealthCallback
    from tb_losshealth.live.warn_once import LossHealthWarning

    with pytest.warns(LossHealthWarning, match="monitors 'valid_loss', which is not among.*'val_loss'"):
        train([LossHealthCallback("valid_loss", stop=True)], epochs=2)
