"""Experiment trackers hook into torch's FileWriter; they see what they saw."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("mlflow") is None, reason="mlflow-skinny is not installed"),
]

SCRIPT = """
import os, sys
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow, mlflow.pytorch

mlflow.set_tracking_uri("file://" + sys.argv[1] + "/mlruns")
mlflow.pytorch.autolog(log_every_n_step=1)

if sys.argv[2] == "torch":
    from torch.utils.tensorboard import SummaryWriter
else:
    from tb_losshealth import SummaryWriter

with mlflow.start_run() as run:
    with SummaryWriter(sys.argv[1] + "/runs") as writer:
        for step in range(1, 6):
            writer.add_scalar("loss/train", 1 / step, step)
            writer.add_scalar("loss/val", 2 / step, step)
            writer.add_scalars("both", {"a": step, "b": -step}, step)
        writer.add_hparams({"lr": 0.1}, {"hp_loss": 0.5}, run_name="trial")
        if sys.argv[2] == "paired":
            writer.add_paired_scalars("paired", train=1.0, val=2.0, global_step=1)
    from mlflow.utils.autologging_utils.metrics_queue import flush_metrics_queue
    flush_metrics_queue()

client = mlflow.MlflowClient()
data = client.get_run(run.info.run_id).data
for name in sorted(data.metrics):
    print(name, [(m.step, round(m.value, 6)) for m in client.get_metric_history(run.info.run_id, name)])
print(sorted(data.params.items()))
"""


def seen_by_mlflow(folder: Path, writer: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), writer], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_mlflow_sees_every_scalar(tmp_path: Path) -> None:
    expected = seen_by_mlflow(tmp_path / "torch", "torch")
    assert any(line.startswith("loss/val [(1, 2.0), (2, 1.0)") for line in expected)
    assert seen_by_mlflow(tmp_path / "ours", "ours") == expected
    paired = seen_by_mlflow(tmp_path / "paired", "paired")
    assert [line for line in paired if line not in expected] == ["paired/train [(1, 1.0)]", "paired/val [(1, 2.0)]"]
