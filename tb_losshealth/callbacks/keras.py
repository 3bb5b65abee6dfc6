"""Keras 3: a callback that logs train and validation into one run, alarms, and can stop the training."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tb_losshealth.callbacks.early_stopping import EarlyStopping, StoppingCallback
from tb_losshealth.callbacks.optional_import import optional_import
from tb_losshealth.pairing.tag_names import read
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

_callbacks: Any = optional_import("keras.callbacks", extra="keras")


class LossHealthCallback(StoppingCallback, _callbacks.Callback):  # type: ignore[misc]
    """Logs every metric of `fit`, alarms when overfitting is confirmed, can stop, and has the best epoch.

    It writes `loss/train` and `loss/val` into one run; `keras.callbacks.TensorBoard` writes them into two. PyTorch
    writes the log with every backend of Keras. `StoppingCallback` describes what all callbacks take.

    Args:
        log_dir: folder to log to; None to log nothing.
        monitor: name of the validation metric; the name without "val_" is its train metric.
        verbose: 1 to print a line when the training is stopped.
        restore_best_weights: whether to give the model the weights of the best epoch after the training.

    Attributes:
        best_step: epoch, counted from 0, whose weights to keep; None before the first.
        stopped_epoch: epoch at which it stopped the training; 0 if it did not.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = "logs",
        monitor: str = "val_loss",
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = False,
        stop: bool = False,
        on_onset: Callable[[Diagnosis], object] | None = None,
    ) -> None:
        super().__init__()
        self.log_dir = log_dir
        self.verbose = verbose
        self.restore_best_weights = restore_best_weights
        self.stop = stop
        self.stopped_epoch = 0
        self._early_stopping = EarlyStopping(monitor, mode, patience, on_onset)
        self._writer: SummaryWriter | None = None
        self._best_weights: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets an earlier training and opens the log."""
        self._early_stopping.reset()
        self.stopped_epoch, self._best_weights = 0, None
        if self.log_dir is not None:
            self._writer = SummaryWriter(os.fspath(self.log_dir))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Logs and judges one epoch."""
        logs = {name: float(value) for name, value in (logs or {}).items()}
        if self._writer is not None:
            self._log(self._writer, epoch, logs)
        val = self._early_stopping.value_in(logs)
        if val is None:
            return
        train, train_name = None, "the part of monitor= after 'val_'"
        if self.monitor.startswith("val_"):
            name = self.monitor.removeprefix("val_")
            train, train_name = logs.get(name), f"the metric {name!r}"
        stop = self._early_stopping.evaluate(epoch, train, val, train_name=train_name, available=logs)
        if self.restore_best_weights and self.best_step == epoch:
            self._best_weights = self.model.get_weights()
        if self.stop and stop and not self.model.stop_training:
            self.model.stop_training = True
            self.stopped_epoch = epoch
            if self.verbose:
                print(f"Epoch {epoch + 1}: stopped, {self.monitor} shows overfitting")

    def on_train_end(self, logs: Any = None) -> None:
        """Restores the best weights, if wanted, and closes the log."""
        if self._best_weights is not None:
            self.model.set_weights(self._best_weights)
        if self._writer is not None:
            with self._early_stopping.warn_once.if_fails("close the log"):
                self._writer.close()
            self._writer = None

    def _log(self, writer: SummaryWriter, epoch: int, logs: dict[str, float]) -> None:
        for name, value in logs.items():
            if name.startswith("val_") and name.removeprefix("val_") in logs:
                continue
            if f"val_{name}" in logs:
                mode = read(name).mode or "min"
                writer.add_paired_scalars(name, train=value, val=logs[f"val_{name}"], global_step=epoch, mode=mode)
            else:
                writer.add_scalar(name, value, epoch)
