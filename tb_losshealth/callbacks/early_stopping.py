"""Early stopping at confirmed overfitting, for the callbacks of all frameworks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tb_losshealth.live.live_diagnosis import LiveDiagnosis
from tb_losshealth.live.rank import rank
from tb_losshealth.live.warn_once import WarnOnce
from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pairs import Mode, TagRef
from tb_losshealth.pairing.tag_names import read

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis

EVALUATIONS_WITHOUT_TRAIN = 3
"""If the first evaluations, as many as this, have no train value, later ones will most likely have none either."""

_TRAIN, _VAL = TagRef(".", "train"), TagRef(".", "val")


def mode_of(monitor: str, mode: str) -> Mode:
    """Returns "min" or "max" as given; for "auto" the direction that the metric's name shows, "min" if lower is better.

    Raises:
        ValueError: `mode` is none of the three; or it is "auto" and the name does not show the direction.
    """
    if mode in ("min", "max"):
        return cast(Mode, mode)
    if mode != "auto":
        raise ValueError(f"mode must be 'auto', 'min' or 'max', not {mode!r}.")
    named = read(monitor).mode
    if named is None:
        raise ValueError(f"monitor={monitor!r} does not show whether lower is better: pass mode='min' or mode='max'.")
    return named


class EarlyStopping:
    """Judges train and validation at every evaluation, warns at confirmed overfitting, and decides when to stop.

    Args:
        monitor: name of the validation metric.
        mode: "min" if lower is better, "max" if higher is better, "auto" to decide by the name.
        patience: evaluations that overfitting must go on for, once confirmed, before the training should stop.
        on_onset: called with the diagnosis when overfitting is confirmed.

    Raises:
        ValueError: an unknown mode, "auto" for a name that does not show the direction, or a patience below 0.
        TypeError: `on_onset` cannot be called.
    """

    def __init__(
        self, monitor: str, mode: str = "auto", patience: int = 0, on_onset: Callable[[Diagnosis], object] | None = None
    ) -> None:
        if patience < 0:
            raise ValueError(f"patience must be 0 or more evaluations, not {patience!r}.")
        if on_onset is not None and not callable(on_onset):
            raise TypeError(f"on_onset takes a function of the diagnosis, not {on_onset!r}.")
        self.monitor = monitor
        self.patience = patience
        self.mode = mode_of(monitor, mode)
        self._on_onset = on_onset
        self.warn_once = WarnOnce()
        self._resuming = False
        self.reset()

    def reset(self) -> None:
        """Forgets all evaluations."""
        self._confirmed_for = 0
        self._evaluations: list[tuple[int, float | None, float]] = []
        self._live = LiveDiagnosis()
        self._live.declare(DeclaredPair(".", self.monitor, self.mode, _TRAIN, _VAL))
        self._live.on_onset(self._alarm)

    def value_in(self, metrics: Mapping[str, Any]) -> float | None:
        """Returns the monitored metric. Warns once if it is not there, and returns None."""
        if self.monitor in metrics:
            return float(metrics[self.monitor])
        self.warn_missing(metrics)
        return None

    def evaluate(
        self, step: int, train: float | None, val: float, *, train_name: str = "", available: Iterable[str] = ()
    ) -> bool:
        """Takes one evaluation. Warns once if no train value ever comes: overfitting needs both.

        Args:
            step: step of the training.
            train: train metric since the last evaluation; None if there is none.
            val: validation metric.
            train_name: where `train` should come from, for the warning.
            available: names of what there is instead, for the warning.

        Returns:
            Whether the training should stop.
        """
        self._evaluations.append((step, train, val))
        if not self._resuming and len(self._evaluations) >= EVALUATIONS_WITHOUT_TRAIN:
            self._check_train(train_name, available)
        wall = time.time()
        if train is not None and not math.isnan(train):
            self._live.observe(".", "train", step, train, wall)
        self._live.observe(".", "val", step, val, wall)
        if self._live.should_stop(self.monitor):
            self._confirmed_for += 1
        else:
            self._confirmed_for = 0
        return self._confirmed_for > self.patience

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis of all evaluations so far; None before the first."""
        return self._live.diagnose(self.monitor) if self._evaluations else None

    def warn_missing(self, available: Iterable[str]) -> None:
        """Warns once that the monitored metric is not among `available`."""
        self.warn_once(
            "missing",
            f"Loss Health monitors {self.monitor!r}, which is not among the metrics so far: "
            f"{_listed(available) or 'there are none'}. Pass the name of one of them as monitor=.",
        )

    def _check_train(self, train_name: str, available: Iterable[str]) -> None:
        if all(train is None for _, train, _ in self._evaluations):
            self.warn_once(
                "no train value",
                f"Loss Health finds no train metric: it looked for {train_name}, and {len(self._evaluations)} "
                f"evaluations of {self.monitor!r} had none; there is {_listed(available) or 'nothing'}. Without a "
                "train metric it cannot confirm overfitting, so it neither alarms nor stops.",
            )

    def state_dict(self) -> dict[str, Any]:
        """Returns what a checkpoint must keep, as plain numbers."""
        return {"evaluations": [list(evaluation) for evaluation in self._evaluations]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a checkpoint, without repeating its alarms."""
        self.reset()
        self._resuming = True
        for step, train, val in state["evaluations"]:
            self.evaluate(step, train, val)
        self._resuming = False

    def _alarm(self, name: str, diagnosis: Diagnosis) -> None:
        if self._resuming:
            return
        if rank() == 0:
            self.warn_once(f"onset {len(self._evaluations)}", f"{name} shows overfitting. {diagnosis.reason}")
        if self._on_onset is not None:
            self._on_onset(diagnosis)


class StoppingCallback:
    """What the callbacks of all frameworks have in common.

    Args:
        monitor: name of the validation metric.
        mode: "min" if lower is better, "max" if higher is better, "auto" to decide by the metric's name.
        stop: whether to stop the training when overfitting is confirmed.
        patience: evaluations that overfitting must go on for before the training is stopped.
        on_onset: called with the diagnosis when overfitting is confirmed, in every process.

    Raises:
        ValueError: an unknown mode, "auto" for a name that does not show the direction, or a patience below 0.
        TypeError: `on_onset` cannot be called.
    """

    stop: bool
    _early_stopping: EarlyStopping

    @property
    def monitor(self) -> str:
        """Name of the validation metric."""
        return self._early_stopping.monitor

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis of all evaluations so far; None before the first."""
        return self._early_stopping.diagnosis

    @property
    def best_step(self) -> int | None:
        """Step of the evaluation whose checkpoint to keep; None before the first."""
        diagnosis = self.diagnosis
        return None if diagnosis is None else diagnosis.best_step


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
