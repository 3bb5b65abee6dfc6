"""Exits, forks and ranks, each in real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tb_losshealth import SummaryWriter

Reader = Callable[[Path], list[Any]]

FIVE = """
import os, sys
from tb_losshealth import SummaryWriter
folder = sys.argv[1]
writer = SummaryWriter(folder)
for step in range(5):
    writer.add_scalar("a", 1.0, step)
"""


def run(script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise RuntimeError('the training broke')", 1),
        ("del writer", 0),
        ("writer._get_file_writer().close()", 0),
        ("import threading; threading.Thread(target=sys.exit).start()", 0),
    ],
)
def test_nothing_is_lost_without_close(tmp_path: Path, read_scalars: Reader, ending: str, code: int) -> None:
    done = run(FIVE + ending, tmp_path)
    assert done.returncode == code, done.stderr
    assert [step for _, step, _ in read_scalars(tmp_path)] == [0, 1, 2, 3, 4]


LOCAL_VARIABLE = """
import os, sys, threading
from tb_losshealth import SummaryWriter
def train(folder):
    writer = SummaryWriter(folder)
    for step in range(5):
        writer.add_paired_scalars("loss", train=1.0, val=1.0, global_step=step)
train(sys.argv[1])
files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
for _ in range(5):
    train(sys.argv[1])
assert len(os.listdir("/proc/self/fd")) == files
assert threading.active_count() == threads
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's list of open files")
def test_a_writer_that_is_forgotten_keeps_its_verdict_and_no_file(tmp_path: Path, read_events: Reader) -> None:
    done = run(LOCAL_VARIABLE, tmp_path)
    assert done.returncode == 0, done.stderr
    tags = [value.tag for event in read_events(tmp_path) for value in event.summary.value]
    assert tags.count("losshealth/loss/text_summary") == 6


def test_the_error_of_the_training_is_the_one_seen(tmp_path: Path) -> None:
    script = FIVE + "with writer:\n    writer._get_file_writer().close()\n    raise RuntimeError('the training broke')"
    done = run(script, tmp_path)
    assert done.stderr.rstrip().endswith("RuntimeError: the training broke")
    assert "During handling" not in done.stderr


def test_a_validation_value_is_on_disk_with_all_before_it_when_the_process_is_killed(
    tmp_path: Path, read_scalars: Reader
) -> None:
    script = """
import os, signal, sys
from tb_losshealth import SummaryWriter
writer = SummaryWriter(sys.argv[1], max_queue=1000)
for step in range(100):
    writer.add_paired_scalars("loss", train=1.0, global_step=step)
writer.add_paired_scalars("loss", val=1.0, global_step=99)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run(script, tmp_path).returncode == -signal.SIGKILL
    assert [tag for tag, _, _ in read_scalars(tmp_path)] == ["loss/train"] * 100 + ["loss/val"]


def test_train_values_reach_the_disk_without_a_flush(tmp_path: Path, read_scalars: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(100):
            writer.add_scalar("loss/train", 1.0, step)
        deadline = time.monotonic() + 20
        while len(read_scalars(tmp_path)) < 100 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(read_scalars(tmp_path)) == 100


def test_sigterm_is_a_normal_exit_if_asked_for(tmp_path: Path, read_scalars: Reader) -> None:
    script = FIVE.replace("(folder)", "(folder, exit_on_sigterm=True)") + "os.kill(os.getpid(), 15)"
    assert run(script, tmp_path).returncode == 143
    assert len(read_scalars(tmp_path)) == 5


def test_sigterm_is_left_alone_otherwise(tmp_path: Path) -> None:
    assert run(FIVE + "os.kill(os.getpid(), 15)", tmp_path).returncode == -signal.SIGTERM


def test_sigterm_that_is_handled_already_is_an_error(tmp_path: Path) -> None:
    script = "import signal\nsignal.signal(signal.SIGTERM, lambda *_: None)\n" + FIVE.replace(
        "(folder)", "(folder, exit_on_sigterm=True)"
    )
    done = run(script, tmp_path)
    assert "SIGTERM is handled already" in done.stderr
    assert list(tmp_path.iterdir()) == []


FORK = """
import multiprocessing, os, sys
import torch
from tb_losshealth import SummaryWriter
writer = SummaryWriter(sys.argv[1])
for step in range(3):
    writer.add_paired_scalars("loss", train=1.0, val=2.0, global_step=step)
def child():
    for step in range(100, 150):
        writer.add_scalar("child", 1.0, step)
    writer.flush()
"""


@pytest.mark.parametrize(
    "ending",
    [
        "process = multiprocessing.get_context('fork').Process(target=child); process.start(); process.join()",
        # A child that leaves by itself, with and without a word to the writer.
        "if os.fork() == 0: child(); writer.close(); os._exit(0)\nos.wait()",
        "if os.fork() == 0: child(); sys.exit()\nos.wait()",
    ],
)
def test_a_forked_child_does_not_hang_and_nothing_is_written_twice(
    tmp_path: Path, read_scalars: Reader, ending: str
) -> None:
    done = run(FORK + ending + "\nwriter.add_scalar('after', 1.0, 200)", tmp_path)
    assert done.returncode == 0, done.stderr
    scalars = read_scalars(tmp_path)
    assert len(scalars) == len(set(scalars)) == 3 * 2 + 50 + 1
    assert {tag for tag, _, _ in scalars} == {"loss/train", "loss/val", "child", "after"}


def test_a_child_that_logs_writes_no_verdict_of_its_parents(tmp_path: Path, read_events: Reader) -> None:
    done = run(FORK + "if os.fork() == 0: child(); sys.exit()\nos.wait()", tmp_path)
    assert done.returncode == 0, done.stderr
    tags = [value.tag for event in read_events(tmp_path) for value in event.summary.value]
    assert "child" in tags
    assert tags.count("losshealth/loss/text_summary") == 1


def test_a_child_judges_the_pairs_that_its_parent_declared(tmp_path: Path) -> None:
    script = """
writer.declare_pair("loss", train="a", val="b")
if os.fork() == 0:
    for step in range(7):
        writer.add_scalar("a", 1.0, step)
        writer.add_scalar("b", 1.0, step)
    assert writer.diagnose("loss").evaluations == 7
    sys.exit()
assert os.wait()[1] == 0
"""
    done = run(FORK + script, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_child_that_logs_nothing_writes_nothing(tmp_path: Path) -> None:
    done = run(FORK + "if os.fork() == 0: sys.exit()\nos.wait()", tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) == 1


def test_a_child_of_multiprocessing_loses_nothing_without_flush(tmp_path: Path, read_scalars: Reader) -> None:
    script = FORK.replace("    writer.flush()\n", "")
    script += "process = multiprocessing.get_context('fork').Process(target=child); process.start(); process.join()"
    assert run(script, tmp_path).returncode == 0
    assert sum(tag == "child" for tag, _, _ in read_scalars(tmp_path)) == 50


DISTRIBUTED = """
import sys
import torch.distributed as dist
import torch.multiprocessing as mp
from tb_losshealth import SummaryWriter

def work(rank, folder, port, rank_zero_only, before):
    if before:
        writer = SummaryWriter(folder, rank_zero_only=rank_zero_only)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    if not before:
        writer = SummaryWriter(folder, rank_zero_only=rank_zero_only)
    for step in range(3):
        writer.add_paired_scalars("loss", train=1.0, val=2.0, global_step=step)
    writer.add_scalars("more", {"a": 1.0}, 1)
    writer.add_hparams({"lr": 1.0}, {"hp": 2.0}, run_name="trial")
    writer.add_text("text", "a")
    writer.file_writer.flush()
    assert writer.diagnose("loss").evaluations == 3
    assert writer.get_logdir() == writer._get_file_writer().get_logdir() == folder
    dist.barrier()
    dist.destroy_process_group()
    writer.close()

if __name__ == "__main__":
    folder, port, rank_zero_only, before = sys.argv[1:]
    mp.spawn(work, (folder, port, rank_zero_only == "True", before == "True"), nprocs=2)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("rank_zero_only", "before"), [(True, False), (True, True), (False, False)])
def test_only_rank_0_writes(tmp_path: Path, read_scalars: Reader, rank_zero_only: bool, before: bool) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = tmp_path / "script.py"
    script.write_text(DISTRIBUTED)
    folder = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(port), str(rank_zero_only), str(before)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    ranks = 1 if rank_zero_only else 2
    assert len(read_scalars(folder)) == 6 * ranks
    assert len(read_scalars(folder / "more_a")) == ranks
    assert len(read_scalars(folder / "trial")) == ranks


@pytest.mark.parametrize(
    ("environment", "writes"),
    [
        ({"RANK": "1", "WORLD_SIZE": "2"}, False),
        ({"RANK": "0", "WORLD_SIZE": "2"}, True),
        ({"RANK": "1"}, True),  # no launcher of torch's: somebody else's variable
        ({"RANK": "first", "WORLD_SIZE": "2"}, True),
    ],
)
def test_what_a_launcher_announced(tmp_path: Path, environment: dict[str, str], writes: bool) -> None:
    done = run(FIVE, tmp_path / "runs", **environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs").exists() is writes
