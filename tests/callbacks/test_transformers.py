from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from tb_losshealth import SummaryWriter, Verdict, scan
from tb_losshealth.live.warn_once import LossHealthWarning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("transformers") is None, reason="transformers is not installed"),
    pytest.mark.skipif(find_spec("accelerate") is None, reason="accelerate is not installed"),
]


@pytest.fixture
def train(tmp_path: Path, overfitting_task: Any) -> Callable[..., Any]:
    """Trains with HF's Trainer on data that a model can only learn by heart."""
    transformers = import_module("transformers")

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.net = overfitting_task.model()

        def forward(self, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
            outputs = self.net(inputs)
            return {"loss": overfitting_task.loss(outputs, labels), "logits": outputs}

    def rows(split: str) -> list[dict[str, torch.Tensor]]:
        return [{"inputs": x, "labels": y} for x, y in zip(*getattr(overfitting_task, split), strict=True)]

    def run(
        callback: Any, epochs: int = 60, resume: str | None = None, sets: tuple[str, ...] = (), **arguments: Any
    ) -> Any:
        trainer = transformers.Trainer(
            model=Model(),
            args=transformers.TrainingArguments(
                output_dir=str(tmp_path / "out"),
                num_train_epochs=epochs,
                per_device_train_batch_size=16,
                per_device_eval_batch_size=256,
                learning_rate=1e-2,
                lr_scheduler_type="constant",
                eval_strategy="epoch",
                logging_strategy="epoch",
                report_to="none",
                disable_tqdm=True,
                use_cpu=True,
                **{"save_strategy": "no", **arguments},
            ),
            train_dataset=rows("train"),
            eval_dataset={name: rows("val") for name in sets} if sets else rows("val"),
            callbacks=[callback],
        )
        trainer.train(resume_from_checkpoint=resume)
        return trainer

    return run


def test_it_logs_stops_alarms_and_knows_the_best_step(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    alarms: list[Any] = []
    callback = LossHealthCallback(SummaryWriter(tmp_path / "logs"), stop=True, on_onset=alarms.append)
    assert isinstance(callback, import_module("transformers.integrations").TensorBoardCallback)
    with pytest.warns(LossHealthWarning, match="eval_loss shows overfitting. Validation"):
        trainer = train(callback)
    assert 0 < callback.stopped_step == trainer.state.global_step < 60 * 3
    assert [alarm.verdict for alarm in alarms] == [Verdict.OVERFITTING]
    assert callback.diagnosis is not None
    assert callback.best_step is not None
    assert callback.best_step == callback.diagnosis.best_step < callback.stopped_step
    (report,) = scan(tmp_path / "logs")
    assert (report.pair.train.tag, report.pair.val.tag) == ("train/loss", "eval/loss")
    assert report.diagnosis.best_step == callback.best_step
    assert report.diagnosis.verdict == Verdict.OVERFITTING


@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_it_makes_a_writer_of_ours_where_transformers_would(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    callback = LossHealthCallback(monitor="loss")
    trainer = train(callback)
    assert callback.stopped_step == 0
    assert trainer.state.epoch == 60
    (report,) = scan(tmp_path / "out")
    assert report.diagnosis.verdict == Verdict.OVERFITTING
    assert report.diagnosis.evaluations == 60


@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_it_goes_on_from_a_checkpoint(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    first = LossHealthCallback()
    train(first, epochs=4, save_strategy="epoch")
    again = LossHealthCallback()
    train(again, epochs=5, resume=str(tmp_path / "out" / "checkpoint-12"))
    assert first.diagnosis is not None
    assert again.diagnosis is not None
    assert (first.diagnosis.evaluations, again.diagnosis.evaluations) == (4, 5)
    assert again.diagnosis.train_points == 5


def test_a_log_that_cannot_be_closed_does_not_end_the_training(tmp_path: Path, train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    class Broken(LossHealthCallback):
        def on_train_end(self, *args: Any, **kwargs: Any) -> None:
            writer: Any = self.tb_writer
            writer._get_file_writer().close()
            super().on_train_end(*args, **kwargs)

    with pytest.warns(LossHealthWarning, match="could not close the log, and the training goes on: OSError"):
        trainer = train(Broken(SummaryWriter(tmp_path)), epochs=2)
    assert trainer.state.epoch == 2


def test_an_evaluation_after_the_training_does_not_count(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    callback = LossHealthCallback()
    trainer = train(callback, epochs=3)
    before = callback.diagnosis
    trainer.evaluate()
    assert callback.diagnosis == before is not None
    assert len(callback._early_stopping.state_dict()["evaluations"]) == 3


def test_a_monitor_that_any_of_several_validation_sets_has_is_there(
    train: Callable[..., Any], recwarn: pytest.WarningsRecorder
) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    callback = LossHealthCallback(monitor="eval_second_loss")
    train(callback, epochs=3, sets=("first", "second", "third"))
    assert callback.diagnosis is not None
    assert callback.diagnosis.evaluations == 3
    assert [str(one.message) for one in recwarn if one.category is LossHealthWarning] == []


def test_a_train_metric_that_never_comes_is_said(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    with pytest.warns(LossHealthWarning, match="looked for train_monitor='los'.* there is .*'eval_loss'.*'loss'"):
        train(LossHealthCallback(train_monitor="los"), epochs=4)


def test_a_metric_that_is_not_there_is_said(train: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.transformers import LossHealthCallback

    with pytest.warns(LossHealthWarning, match="monitors 'eval_accuracy', which is not among.*'eval_loss'"):
        train(LossHealthCallback(monitor="accuracy", stop=True), epochs=2)
