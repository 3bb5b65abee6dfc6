"""For Hugging Face's Trainer: its TensorBoardCallback, which also alarms and can stop."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tb_losshealth.callbacks.frameworks import framework
from tb_losshealth.callbacks.overfit_watch import OverfitWatch, Watching
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

_integrations: Any = framework("transformers.integrations", extra="transformers")


class LossHealthCallback(Watching, _integrations.TensorBoardCallback):  # type: ignore[misc]
    """Logs to TensorBoard, alarms when overfitting is confirmed, stops if asked to, knows the best step.

    It takes the place of the TensorBoardCallback: pass `report_to="none"` to TrainingArguments, or all is logged
    twice. Train and validation loss are `train/loss` and `eval/loss` there.

    Attributes:
        best_step: the step of the checkpoint to keep (`checkpoint-<best_step>`); None before the first evaluation.
        stopped_step: the step at which it stopped the training; 0 if it did not.
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
        """Starts with nothing seen.

        Args:
            tb_writer: the writer to log to; a `tb_losshealth.SummaryWriter` where TensorBoardCallback would make one,
                if None.
            monitor: the validation metric, as in `metric_for_best_model`, with or without "eval_".
            train_monitor: the train metric, as the Trainer logs it.
            mode: "min", "max", or "auto" to go by the metric's name.
            stop: whether to stop the training when overfitting is confirmed.
            patience: evaluations that overfitting must go on for before the training is stopped.
            on_onset: called with the diagnosis when overfitting is confirmed, in every process.

        Raises:
            ValueError: a mode that does not exist or cannot be told, or a patience below 0.
        """
        super().__init__(tb_writer)
        self._SummaryWriter = SummaryWriter
        self.train_monitor = train_monitor
        self.stop = stop
        self.stopped_step = 0
        name = monitor if monitor.startswith("eval_") else f"eval_{monitor}"
        self._watch = OverfitWatch(name, mode, patience, on_onset)
        self._train_values: list[float] = []
        self._training = False
        self._round: tuple[int, set[str]] = (0, set())

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Starts anew, or goes on from what the checkpoint holds."""
        super().on_train_begin(args, state, control, **kwargs)
        self._train_values, self.stopped_step = [], 0
        self._training, self._round = True, (state.global_step, set())
        seen = []
        for logs in state.log_history:
            self._note_train(logs)
            if self.monitor in logs:
                seen.append([logs["step"], self._train_value(), logs[self.monitor]])
        self._watch.load_state_dict({"evaluations": seen})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Logs, and notes the train metric."""
        super().on_log(args, state, control, logs=logs, **kwargs)
        self._note_train(logs or {})

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        """Judges, unless somebody evaluates before or after the training."""
        if not self._training:
            return
        metrics = metrics or {}
        self._note_round(state.global_step, metrics)
        if self.monitor not in metrics:
            return
        stop = self._watch.evaluated(
            state.global_step,
            self._train_value(),
            float(metrics[self.monitor]),
            train_name=f"train_monitor={self.train_monitor!r} in what the Trainer logs (see logging_steps)",
            available=sorted({name for logs in state.log_history for name in logs}),
        )
        if self.stop and stop:
            control.should_training_stop = True
            self.stopped_step = self.stopped_step or state.global_step

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Closes the log."""
        self._end_round()
        self._training = False
        with self._watch.may_fail("close the log"):
            super().on_train_end(args, state, control, **kwargs)
        self.tb_writer = None

    def _note_round(self, step: int, metrics: Any) -> None:
        """Several validation sets are evaluated one after the other at one step: any of them may have the monitor."""
        if step != self._round[0]:
            self._end_round()
            self._round = (step, set())
        self._round[1].update(metrics)

    def _end_round(self) -> None:
        names = self._round[1]
        if names and self.monitor not in names:
            self._watch.missing(sorted(names))

    def _note_train(self, logs: Any) -> None:
        if self.train_monitor in logs:
            self._train_values.append(float(logs[self.train_monitor]))

    def _train_value(self) -> float | None:
        value = statistics.median(self._train_values) if self._train_values else None
        self._train_values = []
        return value
