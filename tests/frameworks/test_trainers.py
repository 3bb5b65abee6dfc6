"""Pairs in what frameworks log by themselves, each trained for a few steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

pytestmark = pytest.mark.slow
Found = Callable[[Path], dict[tuple[str, str], str]]
Points = tuple[torch.Tensor, torch.Tensor]


def test_lightning(logdir: Path, found: Found, points: Points) -> None:
    lightning = pytest.importorskip("lightning")

    class Line(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(3, 1)

        def _loss(self, batch: list[torch.Tensor]) -> torch.Tensor:
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def training_step(self, batch: list[torch.Tensor], number: int) -> torch.Tensor:
            loss = self._loss(batch)
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: list[torch.Tensor], number: int, dataloader_idx: int = 0) -> None:
            self.log("val_loss", self._loss(batch))

        def test_step(self, batch: list[torch.Tensor], number: int) -> None:
            self.log("test_loss", self._loss(batch))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = DataLoader(TensorDataset(*points), batch_size=16)
    logger = pytest.importorskip("lightning.pytorch.loggers").TensorBoardLogger(logdir, name="")
    monitor = pytest.importorskip("lightning.pytorch.callbacks").LearningRateMonitor()
    quiet: dict[str, Any] = {
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "log_every_n_steps": 2,
        "accelerator": "cpu",
    }
    trainer = lightning.Trainer(max_epochs=3, logger=logger, callbacks=[monitor], **quiet)
    model = Line()
    trainer.fit(model, loader, [loader, loader])
    trainer.test(model, loader, verbose=False)
    run = "version_0"
    assert found(logdir) == {
        (run, "loss (dataloader_idx_0)"): "train_loss_epoch ~ val_loss/dataloader_idx_0",
        (run, "loss (dataloader_idx_1)"): "train_loss_epoch ~ val_loss/dataloader_idx_1",
    }


def test_transformers(logdir: Path, found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(logdir / "hf"))

    config = transformers.BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, num_labels=2
    )
    examples = [{"input_ids": [2 + n % 17, 3 + n % 5, 4], "labels": n % 2} for n in range(48)]
    arguments = transformers.TrainingArguments(
        output_dir=str(logdir.parent / "out"),
        eval_strategy="epoch",
        save_strategy="no",
        logging_steps=2,
        num_train_epochs=3,
        per_device_train_batch_size=8,
        report_to=["tensorboard"],
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = transformers.Trainer(
        model=transformers.BertForSequenceClassification(config),
        args=arguments,
        train_dataset=examples,
        eval_dataset={"same": examples[:8], "other": examples[8:16]},
        compute_metrics=lambda prediction: {"accuracy": float((prediction.predictions.argmax(1) == 0).mean())},
    )
    trainer.train()
    pairs = found(logdir)
    assert {name: curves for (_, name), curves in pairs.items()} == {
        "loss (same)": "train/loss ~ eval/same_loss",
        "loss (other)": "train/loss ~ eval/other_loss",
    }


def test_ignite(logdir: Path, found: Found, points: Points) -> None:
    engine = pytest.importorskip("ignite.engine")
    metrics = pytest.importorskip("ignite.metrics")
    logger = pytest.importorskip("ignite.handlers.tensorboard_logger")

    model = torch.nn.Linear(3, 1)
    criterion = torch.nn.MSELoss()
    loader = DataLoader(TensorDataset(*points), batch_size=16)
    trainer = engine.create_supervised_trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), criterion)
    evaluators = {
        tag: engine.create_supervised_evaluator(
            model, {"mse": metrics.Loss(criterion), "mae": metrics.MeanAbsoluteError()}
        )
        for tag in ("training", "validation")
    }
    with logger.TensorboardLogger(log_dir=str(logdir)) as log:
        log.attach_output_handler(
            trainer,
            engine.Events.ITERATION_COMPLETED,
            tag="training",
            output_transform=lambda loss: {"batchloss": loss},
        )
        for tag, evaluator in evaluators.items():
            trainer.add_event_handler(engine.Events.EPOCH_COMPLETED, lambda _, e=evaluator: e.run(loader))
            log.attach_output_handler(
                evaluator,
                engine.Events.EPOCH_COMPLETED,
                tag=tag,
                metric_names="all",
                global_step_transform=logger.global_step_from_engine(trainer),
            )
        trainer.run(loader, max_epochs=3)
    assert found(logdir) == {
        (".", "mse"): "training/mse ~ validation/mse",
        (".", "mae"): "training/mae ~ validation/mae",
    }


def test_accelerate(logdir: Path, found: Found, points: Points) -> None:
    accelerate = pytest.importorskip("accelerate")

    accelerator = accelerate.Accelerator(cpu=True, log_with="tensorboard", project_dir=str(logdir))
    accelerator.init_trackers("line", config={"lr": 0.1})
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(TensorDataset(*points), batch_size=16))
    for epoch in range(4):
        total = 0.0
        for x, y in loader:
            loss = torch.nn.functional.mse_loss(model(x), y)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            total += float(loss.detach())
        values = {"train_loss": total / len(loader), "eval_loss": float(loss.detach()), "accuracy": 0.5, "epoch": epoch}
        accelerator.log(values, step=epoch)
    accelerator.end_training()
    assert found(logdir) == {("line", "loss"): "train_loss ~ eval_loss"}


def test_skorch(logdir: Path, found: Found, points: Points) -> None:
    skorch = pytest.importorskip("skorch")
    from torch.utils.tensorboard import SummaryWriter

    callback = pytest.importorskip("skorch.callbacks").TensorBoard(SummaryWriter(str(logdir)))
    x, y = points
    net = skorch.NeuralNetRegressor(torch.nn.Linear(3, 1), max_epochs=4, lr=0.1, callbacks=[callback], verbose=0)
    net.fit(x.numpy(), y.numpy())
    assert found(logdir) == {(".", "loss"): "Loss/train_loss ~ Loss/valid_loss"}


def test_a_loop_by_hand_with_a_writer_for_each_split(logdir: Path, found: Found, points: Points) -> None:
    from torch.utils.tensorboard import SummaryWriter

    data = TensorDataset(*points)
    train, val = random_split(data, [0.8, 0.2])
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with SummaryWriter(str(logdir / "a_train")) as log_train, SummaryWriter(str(logdir / "a_val")) as log_val:
        step = 0
        for _ in range(4):
            for x, y in DataLoader(train, batch_size=16):
                loss = torch.nn.functional.mse_loss(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                log_train.add_scalar("loss", loss.item(), step)
                step += 1
            with torch.no_grad():
                x, y = val[:]
                log_val.add_scalar("loss", torch.nn.functional.mse_loss(model(x), y).item(), step)
    assert found(logdir) == {("a", "loss"): "a_train:loss ~ a_val:loss"}
