"""Hugging Face's Trainer: its TensorBoardCallback, which also alarms and can stop the training."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tb_losshealth.callbacks.early_stopping import EarlyStopping, StoppingCallback
from tb_losshealth.callbacks.optional_import import optional_import
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

_integrations: Any = optional_import("transformers.integrations", extra="transformers")


class LossHealthCallback(StoppingCallback, _integrations.TensorBoardCallback):  # type: ignore[misc]
    """Logs to TensorBoard, alarms when overfitting is confirmed, can stop, and has the best step.

    It replaces the TensorBoardCallback: pass `report_to="none"` to TrainingArguments, or everything is logged twice.
    In the log, train and validation loss are `train/loss` and `eval/loss`. `StoppingCallback` describes what
    all callbacks take.

    Args:
        tb_writer: writer to log to; None for a `tb_losshealth.SummaryWriter` in the folder of TensorBoardCallback.
        monitor: name of the validation metric, with or without "eval_", as in `metric_for_best_model`.
        train_monitor: name of the train metric in the Trainer's logs.

    Attributes:
        best_step: step of the checkpoint to keep (`checkpoint-<best_step>`); None before the first evaluation.
        stopped_step: step at which it stopped the training; 0 if it did not.
    """

    def __init__(
        self,
        tb_writer: Any = None,
        monitor: str = "eval_loss",
        train_monitor: str = "loss",
        mode: str = "auto",
        stop: bool = False,
        patience: int = 0,
        on_onset: Callable[[Diagnosis], object] | None = None,
    ) -> None:
        super().__init__(tb_writer)
        self._SummaryWriter = SummaryWriter
        self.train_monitor = train_monitor
        self.stop = stop
        self.stopped_step = 0
        name = monitor if monitor.startswith("eval_") else f"eval_{monitor}"
        self._early_stopping = EarlyStopping(name, mode, patience, on_onset)
        self._train_values: list[float] = []
        self._training = False
        self._round: tuple[int, set[str]] = (0, set())

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Starts without evaluations, or goes on from the history in the checkpoint."""
        super().on_train_begin(args, state, control, **kwargs)
        self._train_values, self.stopped_step = [], 0
        self._training, self._round = True, (state.global_step, set())
        evaluations = []
        for logs in state.log_history:
            self._keep_train(logs)
            if self.monitor in logs:
                evaluations.append([logs["step"], self._train_value(), logs[self.monitor]])
        self._early_stopping.load_state_dict({"evaluations": evaluations})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Logs, and keeps the train metric."""
        super().on_log(args, state, control, logs=logs, **kwargs)
        self._keep_train(logs or {})

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        """Judges an evaluation during the training; others do not count."""
        if not self._training:
            return
        metrics = metrics or {}
        self._note_round(state.global_step, metrics)
        if self.monitor not in metrics:
            return
        step, train, val = state.global_step, self._train_value(), float(metrics[self.monitor])
        train_name = f"train_monitor={self.train_monitor!r} in what the Trainer logs (see logging_steps)"
        logged = sorted({name for logs in state.log_history for name in logs})
        stop = self._early_stopping.evaluate(step, train, val, train_name=train_name, available=logged)
        if self.stop and stop:
            control.should_training_stop = True
            self.stopped_step = self.stopped_step or state.global_step

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Closes the log."""
        self._end_round()
        self._training = False
        with self._early_stopping.warn_once.if_fails("close the log"):
            super().on_train_end(args, state, control, **kwargs)
        self.tb_writer = None

    def _note_round(self, step: int, metrics: Any) -> None:
        """Notes the metrics at one step: with several validation sets, any of them may bring the monitored metric."""
        if step != self._round[0]:
            self._end_round()
            self._round = (step, set())
        self._round[1].update(metrics)

    def _end_round(self) -> None:
        names = self._round[1]
        if names and self.monitor not in names:
            self._early_stopping.warn_missing(sorted(names))

    def _keep_train(self, logs: Any) -> None:
        if self.train_monitor in logs:
            self._train_values.append(float(logs[self.train_monitor]))

    def _train_value(self) -> float | None:
        value = statistics.median(self._train_values) if self._train_values else None
        self._train_values = []
        return value
