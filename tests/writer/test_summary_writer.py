from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch.utils.tensorboard
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from tb_losshealth import SummaryWriter


def scalars(folder: Path) -> list[tuple[str, int, float]]:
    """Every scalar of every event file in the folder, in write order."""
    found = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        for event in EventFileLoader(str(path)).Load():
            found += [(v.tag, event.step, v.tensor.float_val[0]) for v in event.summary.value if v.tensor.float_val]
    return found


def test_is_torchs_writer(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        assert isinstance(writer, torch.utils.tensorboard.SummaryWriter)


def test_paired_scalars_share_one_run(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_paired_scalars("loss", train=0.5, val=0.75, global_step=3)
        writer.add_paired_scalars("loss", train=0.25, global_step=4)
    assert scalars(tmp_path) == [("loss/train", 3, 0.5), ("loss/val", 3, 0.75), ("loss/train", 4, 0.25)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"name": "loss"}, "nothing to log"),
        ({"name": "", "train": 1.0}, "not empty"),
        ({"name": 3, "train": 1.0}, "not empty"),
        ({"name": "loss", "train": 1.0, "mode": "lower"}, "'min'"),
    ],
)
def test_paired_scalars_refuse(tmp_path: Path, arguments: dict[str, object], complaint: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=complaint):
        writer.add_paired_scalars(**arguments)
    assert scalars(tmp_path) == []


@pytest.mark.parametrize("ending", ["", "sys.exit(3)", "raise RuntimeError"])
def test_nothing_is_lost_without_close(tmp_path: Path, ending: str) -> None:
    script = f"""
import sys
from tb_losshealth import SummaryWriter
writer = SummaryWriter({str(tmp_path)!r})
for step in range(5):
    writer.add_scalar("loss", 1.0, step)
{ending}
"""
    subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert len(scalars(tmp_path)) == 5
