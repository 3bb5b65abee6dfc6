"""Pairs in what bare writers write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

pytestmark = pytest.mark.slow
Found = Callable[[Path], dict[tuple[str, str], str]]


def log_by_hand(writer: Any) -> None:
    for epoch in range(8):
        writer.add_scalar("Loss/train", 1 / (epoch + 1), epoch)
        writer.add_scalar("Loss/val", 1.1 / (epoch + 1), epoch)
        writer.add_scalar("lr", 0.1, epoch)
        writer.add_scalars("Accuracy/top 1", {"train": epoch / 8, "validation": epoch / 9, "test": epoch / 10}, epoch)
        writer.add_scalars("parts", {"kl": 0.1 * epoch, "rec": 0.2 * epoch}, epoch)
    writer.close()


def test_torch(logdir: Path, found: Found) -> None:
    from torch.utils.tensorboard import SummaryWriter

    log_by_hand(SummaryWriter(str(logdir / "exp 1")))
    top1 = "exp 1/Accuracy_top 1"
    assert found(logdir) == {
        ("exp 1", "loss"): "Loss/train ~ Loss/val",
        ("exp 1", "accuracy/top 1"): f"{top1}_train:Accuracy/top 1 ~ {top1}_validation:Accuracy/top 1",
    }


def test_tensorboardx(logdir: Path, found: Found) -> None:
    tensorboardX = pytest.importorskip("tensorboardX")

    log_by_hand(tensorboardX.SummaryWriter(str(logdir / "exp 1")))
    top1 = "exp 1/Accuracy/top 1"
    assert found(logdir) == {
        ("exp 1", "loss"): "Loss/train ~ Loss/val",
        ("exp 1", "accuracy/top_1"): f"{top1}/train:Accuracy/top_1 ~ {top1}/validation:Accuracy/top_1",
    }


def test_hparams_of_torch_are_no_curves(logdir: Path, found: Found) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(logdir / "exp")) as writer:
        writer.add_hparams({"lr": 0.1}, {"hparam/train_loss": 0.3, "hparam/val_loss": 0.4})
    assert found(logdir) == {}


def test_the_format_of_keras(logdir: Path, found: Found) -> None:
    """Keras' callback needs TensorFlow; this writes what it writes: tensors in two runs, evaluations on two axes."""
    for split, lag in (("train", 1.0), ("validation", 1.1)):
        writer = EventFileWriter(str(logdir / "fit" / split))
        for epoch in range(5):
            values = {"epoch_loss": lag / (epoch + 1), "epoch_mae": lag / (epoch + 2), "epoch_my_score": epoch / lag}
            if split == "train":
                values["epoch_learning_rate"] = 0.1
            for tag, value in values.items():
                writer.add_event(Event(step=epoch, wall_time=1e9 + epoch, summary=scalar_pb(tag, value)))
            if split == "validation":
                summary = scalar_pb("evaluation_loss_vs_iterations", values["epoch_loss"])
                writer.add_event(Event(step=100 * (epoch + 1), wall_time=1e9 + epoch, summary=summary))
        writer.close()
    both = "fit/train:epoch_{0} ~ fit/validation:epoch_{0}"
    assert found(logdir) == {
        ("fit", "loss"): both.format("loss"),
        ("fit", "mae"): both.format("mae"),
        ("fit", "my_score"): both.format("my_score"),
    }
