"""A log of many runs in every layout that pairs over runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_losshealth.pairing.declarations import DeclaredPair, declaration_summary, encode_declarations
from tb_losshealth.pairing.pairs import TagRef


@pytest.fixture
def many_runs(logdir: Path, write_run, overfitting, converged) -> Path:
    """Some forty runs."""
    for number in range(20):
        write_run(f"sweep/lr{number}", overfitting if number % 3 else converged)
    for number in range(5):
        write_run(f"keras{number}/train", {"epoch_loss": overfitting["loss/train"]})
        write_run(f"keras{number}/validation", {"epoch_loss": overfitting["loss/val"]})
    write_run("scalars", {"lr": [(0, 0.1), (1, 0.1)]})
    write_run("scalars/loss_train", {"loss": converged["loss/train"]})
    write_run("scalars/loss_val", {"loss": converged["loss/val"]})
    write_run("declared/here", {"alpha": overfitting["loss/train"]})
    write_run("elsewhere/there", {"beta": overfitting["loss/val"]})
    pair = DeclaredPair(
        "declared/here", "far", "min", TagRef("declared/here", "alpha"), TagRef("elsewhere/there", "beta")
    )
    writer = EventFileWriter(str(logdir / "declared" / "here"), filename_suffix=".declared")
    writer.add_event(Event(wall_time=1.0, step=0, summary=declaration_summary(encode_declarations([pair]))))
    writer.close()
    (logdir / "table").mkdir()
    rows = "".join(f"{epoch},{1 / epoch},{1 / epoch + 0.1}\n" for epoch in range(1, 20))
    (logdir / "table" / "metrics.csv").write_text("epoch,train_loss,val_loss\n" + rows)
    return logdir
