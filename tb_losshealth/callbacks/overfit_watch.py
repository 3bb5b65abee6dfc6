"""What the callbacks of all frameworks share: one pair, an alarm at the onset, and when to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch

from tb_losshealth.live.live_diagnosis import Watch
from tb_losshealth.live.warn_once import Once, not_ending_the_training
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pairs import Mode, TagRef
from tb_losshealth.pairing.tag_names import read
from tb_losshealth.writer import processes

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

# Without this many train values in a row from the start, there is most likely nothing that could give one.
EVALUATIONS_WITHOUT_TRAIN = 3

_TRAIN, _VAL = TagRef(".", "train"), TagRef(".", "val")


def mode_of(monitor: str, mode: str) -> Mode:
    """Which way is better: as `mode` says or, for "auto", as the metric's name does.

    Raises:
        ValueError: `mode` is none of "auto", "min", "max"; or "auto" and the name does not tell.
    """
    if mode == "min":
        return "min"
    if mode == "max":
        return "max"
    if mode != "auto":
        raise ValueError(f"mode must be 'auto', 'min' or 'max', not {mode!r}.")
    named = read(monitor).mode
    if named is None:
        raise ValueError(f"monitor={monitor!r} does not tell whether lower is better: pass mode='min' or mode='max'.")
    return named


class OverfitWatch:
    """Judges one pair as a framework's callback sees it: train and validation at every evaluation.

    It warns when overfitting is confirmed.
    """

    def __init__(
        self, monitor: str, mode: str = "auto", patience: int = 0, on_onset: Callable[[Diagnosis], object] | None = None
    ) -> None:
        """Starts with nothing seen.

        Args:
            monitor: name of the validation metric.
            mode: "min" where lower is better, "max" where higher is, "auto" to go by the name.
            patience: evaluations that overfitting must go on for, once confirmed, before training should stop.
            on_onset: called with the diagnosis when overfitting is confirmed.

        Raises:
            ValueError: see `mode_of`; or a patience below 0.
            TypeError: `on_onset` cannot be called.
        """
        if patience < 0:
            raise ValueError(f"patience must be 0 or more evaluations, not {patience!r}.")
        if on_onset is not None and not callable(on_onset):
            raise TypeError(f"on_onset takes a function of the diagnosis, not {on_onset!r}.")
        self.monitor = monitor
        self.patience = patience
        self.mode = mode_of(monitor, mode)
        self._on_onset = on_onset
        self._once = Once()
        self._resuming = False
        self._forget()

    def _forget(self) -> None:
        self._confirmed_for = 0
        self._seen: list[tuple[int, float | None, float]] = []
        self._watch = Watch()
        self._watch.declare(DeclaredPair(".", self.monitor, self.mode, _TRAIN, _VAL))
        self._watch.on_onset(self._sound)

    def evaluated(
        self, step: int, train: float | None, val: float, *, train_name: str = "", available: Iterable[str] = ()
    ) -> bool:
        """Takes one evaluation. Warns, once, where no train value ever comes: nothing can overfit without.

        Args:
            step: of the training.
            train: the train metric since the last evaluation; None where there was none.
            val: the validation metric.
            train_name: what `train` was looked for as, for the warning.
            available: what there was instead, likewise.

        Returns:
            Whether the training should stop.
        """
        self._seen.append((step, train, val))
        if not self._resuming and len(self._seen) >= EVALUATIONS_WITHOUT_TRAIN:
            self._check_train(train_name, available)
        wall = time.time()
        if train is not None and not math.isnan(train):
            self._watch.observe(".", "train", step, train, wall)
        self._watch.observe(".", "val", step, val, wall)
        if self._watch.should_stop(self.monitor):
            self._confirmed_for += 1
        else:
            self._confirmed_for = 0
        return self._confirmed_for > self.patience

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The judgement of all evaluations; None before the first."""
        return self._watch.diagnose(self.monitor) if self._seen else None

    def may_fail(self, what: str) -> AbstractContextManager[None]:
        """Turns what fails inside into one warning that says `what` could not be done."""
        return not_ending_the_training(self._once, what)

    def missing(self, available: list[str]) -> None:
        """Warns, once, that the monitored metric is not there."""
        self._once.warn(
            "missing",
            f"Loss Health watches {self.monitor!r}, which is not among the metrics so far: "
            f"{', '.join(map(repr, available)) or 'there are none'}. Pass monitor= one that is.",
        )

    def _check_train(self, train_name: str, available: Iterable[str]) -> None:
        if all(train is None for _, train, _ in self._seen):
            self._once.warn(
                "no train value",
                f"Loss Health sees no train metric: it looked for {train_name}, of which {len(self._seen)} evaluations "
                f"of {self.monitor!r} had none; there is {', '.join(map(repr, available)) or 'nothing'}. Overfitting "
                "is told by train and validation together: without, no alarm can sound and nothing is stopped.",
            )

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must keep, as plain numbers."""
        return {"evaluations": [list(evaluation) for evaluation in self._seen]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a checkpoint, without sounding its alarms again."""
        self._forget()
        self._resuming = True
        for step, train, val in state["evaluations"]:
            self.evaluated(step, train, val)
        self._resuming = False

    def _sound(self, name: str, diagnosis: Diagnosis) -> None:
        if self._resuming:
            return
        if processes.rank() == 0:
            self._once.warn(f"onset {len(self._seen)}", f"{name} shows overfitting. {diagnosis.reason}")
        if self._on_onset is not None:
            self._on_onset(diagnosis)


class MeanLoss:
    """Mean of a train loss since it was last taken, added up where it lies: no device waits for it."""

    def __init__(self) -> None:
        """Starts with no batch."""
        self._sum: Any = 0.0
        self._batches = 0

    def add(self, loss: Any) -> None:
        """Adds the loss of a batch: a number or a tensor."""
        self._sum = self._sum + (loss.detach().float() if isinstance(loss, torch.Tensor) else float(loss))
        self._batches += 1

    def take(self) -> float | None:
        """Returns the mean and starts over; None without a batch."""
        mean = float(self._sum) / self._batches if self._batches else None
        self._sum, self._batches = 0.0, 0
        return mean


class Watching:
    """What a callback shows of its watch.

    Attributes:
        monitor: the validation metric.
        diagnosis: the judgement of all evaluations so far; None before the first.
        best_step: the step of the evaluation whose checkpoint to keep; None before the first.
    """

    _watch: OverfitWatch

    @property
    def monitor(self) -> str:
        """The validation metric."""
        return self._watch.monitor

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The judgement of all evaluations so far."""
        return self._watch.diagnosis

    @property
    def best_step(self) -> int | None:
        """The step of the evaluation whose checkpoint to keep."""
        return None if (diagnosis := self._watch.diagnosis) is None else diagnosis.best_step
