"""PyTorch-Ignite: a TensorboardLogger with our writer, and a handler that alarms and can stop the trainer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from tb_losshealth.callbacks.early_stopping import EarlyStopping, StoppingCallback
from tb_losshealth.callbacks.mean_loss import MeanLoss
from tb_losshealth.callbacks.optional_import import optional_import
from tb_losshealth.writer.summary_writer import SummaryWriter

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

_engine: Any = optional_import("ignite.engine", extra="ignite")
_handlers: Any = optional_import("ignite.handlers", extra="ignite")
_mixins: Any = optional_import("ignite.base", extra="ignite")


class LossHealthLogger(_handlers.TensorboardLogger):  # type: ignore[misc]
    """A `TensorboardLogger` whose `writer` is a `tb_losshealth.SummaryWriter`. It takes the writer's arguments.

    The tags given to `attach_output_handler`, such as "training" and "validation", make the pairs.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.writer = SummaryWriter(*args, **kwargs)


class LossHealthHandler(StoppingCallback, _mixins.Serializable):  # type: ignore[misc]
    """Alarms when overfitting is confirmed, can stop the trainer, and has the best step.

    Attach it to the evaluator of the validation set, as you attach EarlyStopping::

        handler = LossHealthHandler(trainer, "nll", stop=True)
        validator.add_event_handler(Events.COMPLETED, handler)

    `StoppingCallback` describes what all callbacks take.

    Args:
        trainer: the engine that trains.
        monitor: name of the metric in the evaluator's `state.metrics`.
        train_score: returns the train metric for the trainer; if None, the loss that the trainer's update function
            returns (alone, or as "loss" in a dict), averaged over the iterations since the last evaluation.
        writer: a LossHealthLogger or SummaryWriter to log the pair to.
        global_step_transform: returns the step for (trainer, event); if None, the trainer's iteration.

    Raises:
        TypeError: `trainer` is no engine; `writer` has no `add_paired_scalars`.

    Attributes:
        stopped_step: step at which it stopped the trainer; 0 if it did not.
    """

    _state_dict_all_req_keys = ("evaluations", "stopped_step")

    def __init__(
        self,
        trainer: Any,
        monitor: str = "loss",
        train_score: Callable[[Any], float] | None = None,
        mode: str = "auto",
        stop: bool = False,
        patience: int = 0,
        on_onset: Callable[[Diagnosis], object] | None = None,
        writer: Any = None,
        global_step_transform: Callable[[Any, Any], int] | None = None,
    ) -> None:
        if not isinstance(trainer, _engine.Engine):
            raise TypeError(f"trainer must be an ignite Engine, not {trainer!r}.")
        if writer is not None and not callable(getattr(writer, "add_paired_scalars", None)):
            raise TypeError(f"writer must be a LossHealthLogger or a tb_losshealth.SummaryWriter, not {writer!r}.")
        self.trainer = trainer
        self.train_score = train_score
        self.stop = stop
        self.stopped_step = 0
        self.writer = writer
        self._global_step = global_step_transform or (lambda engine, event: engine.state.iteration)
        self._early_stopping = EarlyStopping(monitor, mode, patience, on_onset)
        self._loss = MeanLoss()
        if train_score is None:
            trainer.add_event_handler(_engine.Events.ITERATION_COMPLETED, self._add_loss)

    def __call__(self, engine: Any) -> None:
        """Judges the evaluation that `engine` has just completed."""
        val = self._early_stopping.value_in(engine.state.metrics)
        if val is None:
            return
        step = self._global_step(self.trainer, _engine.Events.ITERATION_COMPLETED)
        train = self._train_value()
        if self.writer is not None:
            with self._early_stopping.warn_once.if_fails("log the pair"):
                mode = self._early_stopping.mode
                self.writer.add_paired_scalars(self.monitor, train=train, val=val, global_step=step, mode=mode)
        returned = [type(self.trainer.state.output).__name__]
        name = "a value of train_score"
        if self.train_score is None:
            name = "the loss that the trainer's update function returns"
        stop = self._early_stopping.evaluate(step, train, val, train_name=name, available=returned)
        if stop and self.stop:
            self.stopped_step = self.stopped_step or step
            self.trainer.terminate()

    def state_dict(self) -> OrderedDict[str, Any]:
        """Returns what a checkpoint keeps."""
        return OrderedDict(**self._early_stopping.state_dict(), stopped_step=self.stopped_step)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Goes on from a checkpoint."""
        super().load_state_dict(state_dict)
        self._early_stopping.load_state_dict(state_dict)
        self.stopped_step = state_dict["stopped_step"]

    def _train_value(self) -> float | None:
        if self.train_score is None:
            return self._loss.take()
        train = None
        with self._early_stopping.warn_once.if_fails("get the train metric from train_score"):
            train = float(self.train_score(self.trainer))
        return train

    def _add_loss(self, engine: Any) -> None:
        output = engine.state.output
        loss = output.get("loss") if isinstance(output, Mapping) else output
        if isinstance(loss, float | int) or (isinstance(loss, torch.Tensor) and loss.numel() == 1):
            self._loss.add(loss)
