from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tb_losshealth import SummaryWriter, Verdict, scan
from tb_losshealth.live.warn_once import LossHealthWarning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ignite") is None, reason="pytorch-ignite is not installed"),
]


@pytest.fixture
def engines(overfitting_task: Any) -> Callable[..., Any]:
    """Makes a trainer and an evaluator that runs after each epoch, on data that can only be learnt by heart."""
    engine, metrics = import_module("ignite.engine"), import_module("ignite.metrics")

    def make(output: Callable[[Any], Any] = lambda loss: loss.item()) -> Any:
        torch.manual_seed(0)
        model = overfitting_task.model()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

        def update(trainer: Any, batch: Any) -> Any:
            optimizer.zero_grad()
            loss = overfitting_task.loss(model(batch[0]), batch[1])
            loss.backward()
            optimizer.step()
            return output(loss)

        trainer = engine.Engine(update)
        validator = engine.create_supervised_evaluator(model, metrics={"loss": metrics.Loss(overfitting_task.loss)})
        trainer.add_event_handler(
            engine.Events.EPOCH_COMPLETED, lambda _: validator.run(overfitting_task.batches("val"))
        )
        return SimpleNamespace(
            trainer=trainer,
            validator=validator,
            completed=engine.Events.COMPLETED,
            run=lambda epochs=60: trainer.run(overfitting_task.batches("train"), max_epochs=epochs),
        )

    return make


def test_the_logger_is_a_tensorboard_logger_with_our_writer(tmp_path: Path, engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthLogger

    handlers, events = import_module("ignite.handlers"), import_module("ignite.engine").Events
    made = engines()
    with LossHealthLogger(tmp_path) as logger:
        assert isinstance(logger, handlers.TensorboardLogger)
        assert isinstance(logger.writer, SummaryWriter)
        logger.attach_output_handler(
            made.trainer, events.EPOCH_COMPLETED, tag="training", output_transform=lambda loss: {"loss": loss}
        )
        logger.attach_output_handler(
            made.validator,
            events.COMPLETED,
            tag="validation",
            metric_names="all",
            global_step_transform=handlers.global_step_from_engine(made.trainer, events.EPOCH_COMPLETED),
        )
        made.run()
        assert logger.diagnose("loss").verdict == Verdict.OVERFITTING
    (report,) = scan(tmp_path)
    assert (report.pair.train.tag, report.pair.val.tag) == ("training/loss", "validation/loss")
    assert report.diagnosis.verdict == Verdict.OVERFITTING


def test_the_handler_logs_stops_alarms_and_knows_the_best_step(tmp_path: Path, engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    alarms: list[Any] = []
    made = engines()
    with SummaryWriter(tmp_path) as writer:
        handler = LossHealthHandler(made.trainer, stop=True, on_onset=alarms.append, writer=writer)
        made.validator.add_event_handler(made.completed, handler)
        with pytest.warns(LossHealthWarning, match="loss shows overfitting. Validation"):
            state = made.run()
    assert 0 < handler.stopped_step == state.iteration < 60 * 3
    assert [alarm.verdict for alarm in alarms] == [Verdict.OVERFITTING]
    assert handler.best_step is not None
    assert 0 < handler.best_step < handler.stopped_step
    (report,) = scan(tmp_path)
    assert (report.pair.train.tag, report.pair.val.tag, report.pair.source) == ("loss/train", "loss/val", "declared")
    assert report.diagnosis.best_step == handler.best_step


@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_where_the_train_loss_comes_from(engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    seen = []
    outputs: list[Callable[[Any], Any]] = [lambda loss: loss.item(), lambda loss: {"loss": loss}, lambda loss: loss]
    for output in outputs:
        made = engines(output)
        handler = LossHealthHandler(made.trainer)
        made.validator.add_event_handler(made.completed, handler)
        made.run(2)
        seen.append([train for _, train, _ in handler.state_dict()["evaluations"]])
    assert seen[0] == pytest.approx(seen[1])
    assert seen[0] == pytest.approx(seen[2])
    assert seen[0][1] < seen[0][0]

    made = engines(lambda loss: "nothing to read")
    handler = LossHealthHandler(made.trainer, train_score=lambda trainer: trainer.state.epoch)
    made.validator.add_event_handler(made.completed, handler)
    made.run(2)
    assert [train for _, train, _ in handler.state_dict()["evaluations"]] == [1.0, 2.0]


@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_a_checkpoint_keeps_what_was_seen(tmp_path: Path, engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    events, handlers = import_module("ignite.engine").Events, import_module("ignite.handlers")
    made = engines()
    handler = LossHealthHandler(
        made.trainer, global_step_transform=lambda engine, event: engine.state.epoch, patience=2, stop=True
    )
    made.validator.add_event_handler(made.completed, handler)
    made.trainer.add_event_handler(
        events.COMPLETED | events.TERMINATE,
        handlers.Checkpoint({"handler": handler}, handlers.DiskSaver(tmp_path, require_empty=False)),
    )
    made.run()
    again = LossHealthHandler(made.trainer)
    (saved, *_) = sorted(tmp_path.iterdir())
    handlers.Checkpoint.load_objects({"handler": again}, torch.load(saved))
    assert again.diagnosis == handler.diagnosis
    assert again.stopped_step == handler.stopped_step == made.trainer.state.epoch
    with pytest.raises(ValueError, match="'evaluations' is absent"):
        again.load_state_dict({})


def test_a_train_loss_that_never_comes_is_said_once(engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    made = engines(lambda loss: "nothing to read")
    made.validator.add_event_handler(made.completed, LossHealthHandler(made.trainer))
    with pytest.warns(LossHealthWarning, match="no train metric: .*update function returns.* there is 'str'") as w:
        made.run(5)
    assert len(w) == 1


def test_what_fails_beside_the_training_does_not_end_it(tmp_path: Path, engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    def score(trainer: Any) -> float:
        raise KeyError("nll")

    made = engines()
    writer = SummaryWriter(tmp_path)
    writer._get_file_writer().close()
    handler = LossHealthHandler(made.trainer, train_score=score, writer=writer)
    made.validator.add_event_handler(made.completed, handler)
    with pytest.warns(LossHealthWarning) as warned:
        state = made.run(5)
    assert state.epoch == 5
    assert [str(one.message).partition(",")[0] for one in warned if one.category is LossHealthWarning] == [
        "Loss Health could not get the train metric from train_score",
        "Loss Health could not log the pair",
        "Loss Health finds no train metric: it looked for a value of train_score",
    ]
    assert handler.diagnosis is not None
    assert handler.diagnosis.evaluations == 5
    with pytest.raises(OSError, match="closed"):
        writer.close()


def test_what_is_wrong_is_said(engines: Callable[..., Any]) -> None:
    from tb_losshealth.callbacks.ignite import LossHealthHandler

    with pytest.raises(TypeError, match="trainer must be an ignite Engine, not 'trainer'"):
        LossHealthHandler("trainer")
    made = engines()
    with pytest.raises(TypeError, match="writer must be a LossHealthLogger or a"):
        LossHealthHandler(made.trainer, writer="w")
    made.validator.add_event_handler(made.completed, LossHealthHandler(made.trainer, "nll"))
    with pytest.warns(LossHealthWarning, match="monitors 'nll', which is not among.*'loss'"):
        made.run(1)
