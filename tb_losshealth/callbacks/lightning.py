"""Lightning: a TensorBoardLogger with our writer, and a callback that alarms and can stop the training."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import torch

from tb_losshealth.callbacks.early_stopping import EarlyStopping, StoppingCallback
from tb_losshealth.callbacks.mean_loss import MeanLoss
from tb_losshealth.callbacks.optional_import import optional_import
from tb_losshealth.live.warn_once import WarnOnce
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

# Lightning is published under two names, whose classes do not work together: use the name in the training code.
_NAMES = ("lightning.pytorch", "pytorch_lightning")
_IN_USE = [name for name in _NAMES if name in sys.modules]
_INSTALLED = [name for name in _NAMES if find_spec(name.partition(".")[0]) is not None]
_NAME = (*_IN_USE, *_INSTALLED, *_NAMES)[0]
_callbacks: Any = optional_import(f"{_NAME}.callbacks", extra="lightning")
_loggers: Any = optional_import(f"{_NAME}.loggers", extra="lightning")
_logger_tools: Any = optional_import(f"{_NAME}.loggers.logger", extra="lightning")


class LossHealthLogger(_loggers.TensorBoardLogger):  # type: ignore[misc]
    """A `TensorBoardLogger` whose `experiment` is a `tb_losshealth.SummaryWriter`.

    It takes the arguments of TensorBoardLogger and passes further keywords to SummaryWriter. The names given to
    `self.log`, such as `train_loss` and `val_loss`, make the pairs; `logger.experiment.diagnose()` judges them.
    """

    @property
    @_logger_tools.rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> SummaryWriter:
        """The writer, created on first use; a dummy on ranks other than 0."""
        if self._experiment is None:
            if self.root_dir:
                self._fs.makedirs(self.root_dir, exist_ok=True)
            self._experiment: SummaryWriter | None = SummaryWriter(log_dir=self.log_dir, **self._kwargs)
        return self._experiment

    def finalize(self, status: str) -> None:
        """Closes the log."""
        with WarnOnce().if_fails("close the log"):
            super().finalize(status)


class LossHealthCallback(StoppingCallback, _callbacks.Callback):  # type: ignore[misc]
    """Judges train and validation loss: alarms when overfitting is confirmed, can stop, and has the best step.

    EarlyStopping waits for `patience` evaluations without a new best. This callback waits until validation has
    turned for the worse beyond its noise. It needs no logger.

    `StoppingCallback` describes what all callbacks take.

    Args:
        monitor: name of the validation metric in `self.log`.
        train_monitor: name of the train metric in `self.log`; if None, the loss that `training_step` returns,
            averaged over the batches since the last evaluation.

    Attributes:
        best_step: `trainer.global_step` of the evaluation whose checkpoint to keep; None before the first.
        stopped_epoch: epoch at which it stopped the training; 0 if it did not.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        train_monitor: str | None = None,
        mode: str = "auto",
        stop: bool = False,
        patience: int = 0,
        on_onset: Callable[[Diagnosis], object] | None = None,
    ) -> None:
        super().__init__()
        self.train_monitor = train_monitor
        self.stop = stop
        self.stopped_epoch = 0
        self._early_stopping = EarlyStopping(monitor, mode, patience, on_onset)
        self._loss = MeanLoss()

    @property
    def state_key(self) -> str:
        """The key in a checkpoint; callbacks for different metrics have different keys."""
        return f"{type(self).__qualname__}{{'monitor': {self.monitor!r}}}"

    def state_dict(self) -> dict[str, Any]:
        """Returns what a checkpoint keeps."""
        return {**self._early_stopping.state_dict(), "stopped_epoch": self.stopped_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self._early_stopping.load_state_dict(state_dict)
        self.stopped_epoch = state_dict["stopped_epoch"]

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Adds the loss to the sum on its device."""
        loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
        if self.train_monitor is None and isinstance(loss, torch.Tensor):
            # Lightning divides the loss by the number of batches whose gradients it accumulates.
            self._loss.add(loss * trainer.accumulate_grad_batches)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Judges, unless the train metric of this epoch comes later."""
        if not self._waits_for_train(trainer):
            self._judge(trainer)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Judges, if the train metric of this epoch has just been computed."""
        if self._waits_for_train(trainer):
            self._judge(trainer)

    def _waits_for_train(self, trainer: Any) -> bool:
        once_an_epoch = trainer.val_check_interval == 1.0 and trainer.check_val_every_n_epoch == 1
        return self.train_monitor is not None and once_an_epoch

    def _judge(self, trainer: Any) -> None:
        if trainer.sanity_checking or trainer.fast_dev_run or trainer.state.fn != "fit":
            return
        metrics = trainer.callback_metrics
        val = self._early_stopping.value_in(metrics)
        if val is None:
            return
        step, train = trainer.global_step, self._train_value(metrics)
        monitor = self.train_monitor
        name = "the loss that training_step returns" if monitor is None else f"train_monitor={monitor!r}"
        stop = self._early_stopping.evaluate(step, train, val, train_name=name, available=metrics)
        if self.stop and trainer.strategy.reduce_boolean_decision(stop, all=False) and not trainer.should_stop:
            trainer.should_stop = True
            self.stopped_epoch = trainer.current_epoch

    def _train_value(self, metrics: Any) -> float | None:
        if self.train_monitor is None:
            return self._loss.take()
        return float(metrics[self.train_monitor]) if self.train_monitor in metrics else None
