from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_losshealth import Verdict, scan
from tb_losshealth.live.warn_once import LossHealthWarning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("keras") is None, reason="keras is not installed"),
]


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch, overfitting_task: Any) -> Callable[..., Any]:
    """Fits a Keras model, on the torch backend, to data that it can only learn by heart."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = import_module("keras")
    assert keras.backend.backend() == "torch"

    def run(callback: Any, epochs: int = 60) -> Any:
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(1e-2), "mse", metrics=["mae"])
        train, val = (tuple(part.numpy() for part in data) for data in (overfitting_task.train, overfitting_task.val))
        return model.fit(*train, validation_data=val, batch_size=16, epochs=epochs, verbose=0, callbacks=[callback])

    return run


def test_it_logs_stops_alarms_and_knows_the_best_epoch(
    tmp_path: Path, fit: Callable[..., Any], overfitting_task: Any
) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    alarms: list[Any] = []
    callback = LossHealthCallback(tmp_path, stop=True, restore_best_weights=True, on_onset=alarms.append)
    with pytest.warns(LossHealthWarning, match="val_loss shows overfitting. Validation"):
        history = fit(callback)
    assert len(history.epoch) == callback.stopped_epoch + 1 < 60
    assert [alarm.verdict for alarm in alarms] == [Verdict.OVERFITTING]
    assert callback.best_step == int(np.argmin(history.history["val_loss"])) < callback.stopped_epoch
    reports = {report.pair.name: report for report in scan(tmp_path)}
    assert sorted(reports) == ["loss", "mae"]
    loss = reports["loss"]
    assert (loss.pair.run, loss.pair.train.tag, loss.pair.val.tag) == (".", "loss/train", "loss/val")
    assert loss.pair.source == "declared"
    assert loss.train.values.tolist() == pytest.approx(history.history["loss"], rel=1e-5)
    assert loss.val.values.tolist() == pytest.approx(history.history["val_loss"], rel=1e-5)
    assert loss.diagnosis.best_step == callback.best_step
    inputs, labels = overfitting_task.val
    restored, _ = history.model.evaluate(inputs.numpy(), labels.numpy(), batch_size=256, verbose=0)
    assert restored == pytest.approx(min(history.history["val_loss"]), rel=1e-4)


@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_without_a_log_and_without_stopping(tmp_path: Path, fit: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    callback = LossHealthCallback(None)
    assert len(fit(callback).epoch) == 60
    assert callback.stopped_epoch == 0
    assert callback.diagnosis is not None
    assert callback.diagnosis.verdict == Verdict.OVERFITTING
    fit(callback, epochs=2)
    assert callback.diagnosis.evaluations == 2, "each fit is a training of its own"


def test_a_log_that_cannot_be_closed_costs_neither_the_training_nor_its_best_weights(
    tmp_path: Path, fit: Callable[..., Any], overfitting_task: Any
) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    class Broken(LossHealthCallback):
        def on_train_end(self, logs: Any = None) -> None:
            assert self._writer is not None
            self._writer._get_file_writer().close()
            super().on_train_end(logs)

    with pytest.warns(LossHealthWarning, match="could not close the log, and the training goes on: OSError"):
        history = fit(Broken(tmp_path, restore_best_weights=True))
    inputs, labels = overfitting_task.val
    restored, _ = history.model.evaluate(inputs.numpy(), labels.numpy(), batch_size=256, verbose=0)
    assert restored == pytest.approx(min(history.history["val_loss"]), rel=1e-4)


def test_a_metric_that_is_not_there_is_said(fit: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    with pytest.warns(LossHealthWarning, match="monitors 'val_acc', which is not among.*'val_mae'"):
        fit(LossHealthCallback(None, monitor="val_acc"), epochs=2)


def test_a_monitor_without_a_train_metric_is_said(fit: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    with pytest.warns(LossHealthWarning, match="no train metric: it looked for the part of monitor= after 'val_'"):
        fit(LossHealthCallback(None, monitor="loss"), epochs=4)


def test_a_mode_that_cannot_be_told(fit: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.keras import LossHealthCallback

    with pytest.raises(ValueError, match="does not show whether lower is better: pass mode='min' or mode='max'"):
        LossHealthCallback(None, monitor="val_quux")
    with pytest.raises(ValueError, match="mode must be 'auto', 'min' or 'max', not 'up'"):
        LossHealthCallback(None, mode="up")
    with pytest.raises(ValueError, match="patience must be 0 or more"):
        LossHealthCallback(None, patience=-1)
