"""For Lightning: a logger that is a TensorBoardLogger, and a callback that alarms and can stop."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import torch

from tb_losshealth.callbacks.frameworks import framework
from tb_losshealth.callbacks.overfit_watch import MeanLoss, OverfitWatch, Watching
from tb_losshealth.live.warn_once import Once, not_ending_the_training
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

# The same code is published under two names, whose classes do not know each other: follow the training code.
_NAMES = ("lightning.pytorch", "pytorch_lightning")
_IN_USE = [name for name in _NAMES if name in sys.modules]
_INSTALLED = [name for name in _NAMES if find_spec(name.partition(".")[0]) is not None]
_NAME = (*_IN_USE, *_INSTALLED, *_NAMES)[0]
_callbacks: Any = framework(f"{_NAME}.callbacks", extra="lightning")
_loggers: Any = framework(f"{_NAME}.loggers", extra="lightning")
_logger_tools: Any = framework(f"{_NAME}.loggers.logger", extra="lightning")


class LossHealthLogger(_loggers.TensorBoardLogger):  # type: ignore[misc]
    """A `TensorBoardLogger` whose `experiment` is a `tb_losshealth.SummaryWriter`.

    It takes the arguments of TensorBoardLogger; further keywords go to SummaryWriter. Losses are paired by the names
    given to `self.log`, such as `train_loss` and `val_loss`; `logger.experiment.diagnose()` judges them.
    """

    @property
    @_logger_tools.rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> SummaryWriter:
        """The writer, made on first use; a dummy on ranks other than 0."""
        if self._experiment is None:
            if self.root_dir:
                self._fs.makedirs(self.root_dir, exist_ok=True)
            self._experiment: SummaryWriter | None = SummaryWriter(log_dir=self.log_dir, **self._kwargs)
        return self._experiment

    def finalize(self, status: str) -> None:
        """Closes the log."""
        with not_ending_the_training(Once(), "close the log"):
            super().finalize(status)


class LossHealthCallback(Watching, _callbacks.Callback):  # type: ignore[misc]
    """Watches train and validation loss: alarms when overfitting is confirmed, stops if asked to, knows the best step.

    Where EarlyStopping waits for `patience` evaluations without a new best, this one waits until validation has
    turned for the worse beyond its noise. It needs no logger.

    Attributes:
        best_step: `trainer.global_step` of the evaluation whose checkpoint to keep; None before the first.
        stopped_epoch: the epoch at which it stopped the training; 0 if it did not.
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
        """Starts with nothing seen.

        Args:
            monitor: the validation metric, as passed to `self.log`.
            train_monitor: the train metric, likewise; if None, the loss that `training_step` returns, averaged over
                the batches since the last evaluation.
            mode: "min", "max", or "auto" to go by the metric's name.
            stop: whether to stop the training when overfitting is confirmed.
            patience: evaluations that overfitting must go on for before the training is stopped.
            on_onset: called with the diagnosis when overfitting is confirmed, on every rank.

        Raises:
            ValueError: a mode that does not exist or cannot be told, or a patience below 0.
        """
        super().__init__()
        self.train_monitor = train_monitor
        self.stop = stop
        self.stopped_epoch = 0
        self._watch = OverfitWatch(monitor, mode, patience, on_onset)
        self._loss = MeanLoss()

    @property
    def state_key(self) -> str:
        """Keeps callbacks for several metrics apart in a checkpoint."""
        return f"{type(self).__qualname__}{{'monitor': {self.monitor!r}}}"

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {**self._watch.state_dict(), "stopped_epoch": self.stopped_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self._watch.load_state_dict(state_dict)
        self.stopped_epoch = state_dict["stopped_epoch"]

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Adds up the loss, on its device."""
        loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
        if self.train_monitor is None and isinstance(loss, torch.Tensor):
            # Lightning hands it over divided by the batches whose gradients it accumulates.
            self._loss.add(loss * trainer.accumulate_grad_batches)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Judges, unless the train metric is yet to come."""
        if not self._waits_for_train(trainer):
            self._judge(trainer)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Judges, where the train metric of this epoch has just been computed."""
        if self._waits_for_train(trainer):
            self._judge(trainer)

    def _waits_for_train(self, trainer: Any) -> bool:
        once_an_epoch = trainer.val_check_interval == 1.0 and trainer.check_val_every_n_epoch == 1
        return self.train_monitor is not None and once_an_epoch

    def _judge(self, trainer: Any) -> None:
        if trainer.sanity_checking or trainer.fast_dev_run or trainer.state.fn != "fit":
            return
        metrics = trainer.callback_metrics
        if self.monitor not in metrics:
            self._watch.missing(list(metrics))
            return
        name = self.train_monitor
        stop = self._watch.evaluated(
            trainer.global_step,
            self._train_value(metrics),
            float(metrics[self.monitor]),
            train_name="the loss that training_step returns" if name is None else f"train_monitor={name!r}",
            available=metrics,
        )
        if self.stop and trainer.strategy.reduce_boolean_decision(stop, all=False) and not trainer.should_stop:
            trainer.should_stop = True
            self.stopped_epoch = trainer.current_epoch

    def _train_value(self, metrics: Any) -> float | None:
        if self.train_monitor is None:
            return self._loss.take()
        return float(metrics[self.train_monitor]) if self.train_monitor in metrics else None
