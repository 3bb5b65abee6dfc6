"""One overfitting training, logged in each of the ways that training code logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.live.loss_curves import EPOCHS, overfitting, train

Log = Callable[[Any], None]


def paired(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def batches_and_epochs(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for batch in range(25):
            writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch * 25 + batch)
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch * 25 + 24)


def by_name(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalar("lr", 0.1, epoch)
        writer.add_scalar("train_loss", train(epoch), epoch)
        writer.add_scalar("val_loss", overfitting(epoch), epoch)


def sub_runs(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalars("loss", {"train": train(epoch), "val": overfitting(epoch)}, epoch)


def declared(writer: Any) -> None:
    writer.declare_pair("loss", train="objective", val="held out")
    for epoch in range(EPOCHS):
        writer.add_scalar("objective", train(epoch), epoch)
        writer.add_scalar("held out", overfitting(epoch), epoch)


def declared_at_last(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_scalar("objective", train(epoch), epoch)
        writer.add_scalar("held out", overfitting(epoch), epoch)
    writer.declare_pair("loss", train="objective", val="held out")


def batches_under_an_epoch_number(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for part in (0.9, 1.1):
            writer.add_paired_scalars("loss", train=train(epoch) * part, global_step=epoch, walltime=float(epoch))
        for part in (0.5, 1.5):
            writer.add_paired_scalars("loss", val=overfitting(epoch) * part, global_step=epoch, walltime=float(epoch))


def resumed(writer: Any) -> None:
    for epoch in [*range(30), *range(10, EPOCHS)]:
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def started_again(writer: Any) -> None:
    for epoch in [*range(10), *range(EPOCHS)]:
        writer.add_paired_scalars(
            "loss", train=train(epoch), val=overfitting(epoch), global_step=epoch, walltime=float(epoch)
        )


def train_starts_again_in_every_epoch(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for batch in range(5):
            writer.add_paired_scalars("loss", train=train(epoch), global_step=batch, walltime=epoch * 10.0 + batch)
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=epoch * 10.0 + 5)


def asked_in_between(writer: Any) -> None:
    for epoch in range(EPOCHS):
        for part in (0.9, 1.0, 1.1):
            writer.add_paired_scalars("loss", train=train(epoch) * part, global_step=epoch, walltime=float(epoch))
            if epoch > 3:
                writer.diagnose("loss")
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=float(epoch))


def train_after_validation(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars("loss", val=overfitting(epoch), global_step=epoch, walltime=float(epoch))
        writer.diagnose("loss")
        writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch, walltime=float(epoch))


def with_gaps(writer: Any) -> None:
    for epoch in range(EPOCHS):
        writer.add_paired_scalars("loss", train=train(epoch), global_step=epoch, walltime=float(epoch))
        if epoch % 3 == 0:
            value = float("nan") if epoch == 9 else overfitting(epoch)
            writer.add_paired_scalars("loss", val=value, global_step=epoch, walltime=float(epoch))


LOGGING_STYLES: list[Log] = [
    paired,
    batches_and_epochs,
    by_name,
    sub_runs,
    declared,
    declared_at_last,
    batches_under_an_epoch_number,
    resumed,
    started_again,
    train_starts_again_in_every_epoch,
    asked_in_between,
    train_after_validation,
    with_gaps,
]
