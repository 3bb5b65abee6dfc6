"""Cost of logging a scalar: tb_losshealth beside torch and tensorboardX, measured in turns.

python benchmarks/writer.py [--scalars 20000] [--rounds 7]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from torch.utils.tensorboard import SummaryWriter as TorchWriter

from tb_losshealth import SummaryWriter
from tb_losshealth.live.live_pairs import LivePairs

EVALUATE_EVERY = 100
"""Steps per evaluation."""


def plain(writer: Any, scalars: int) -> None:
    for step in range(scalars):
        writer.add_scalar("learning rate", 0.1, step)


def by_name(writer: Any, scalars: int) -> None:
    for step in range(scalars):
        writer.add_scalar("loss/train", 1 / (step + 1), step)
        if step % EVALUATE_EVERY == EVALUATE_EVERY - 1:
            writer.add_scalar("loss/val", 1 / (step + 1) + step / scalars, step)


def paired(writer: Any, scalars: int) -> None:
    for step in range(scalars):
        writer.add_paired_scalars("loss", train=1 / (step + 1), global_step=step)
        if step % EVALUATE_EVERY == EVALUATE_EVERY - 1:
            writer.add_paired_scalars("loss", val=1 / (step + 1) + step / scalars, global_step=step)
            writer.should_stop("loss")


def diagnosed(writer: Any, scalars: int) -> None:
    for step in range(scalars):
        writer.add_paired_scalars("loss", train=1 / (step + 1), global_step=step)
        if step % EVALUATE_EVERY == EVALUATE_EVERY - 1:
            writer.add_paired_scalars("loss", val=1 / (step + 1) + step / scalars, global_step=step)
            writer.diagnose("loss")


def microseconds(make: Callable[[str], Any], use: Callable[[Any, int], None], scalars: int) -> tuple[float, float]:
    """Microseconds per step from the first call until everything is on disk: wall time and processor time."""
    with tempfile.TemporaryDirectory() as folder:
        writer = make(folder)
        start, cpu_start = time.perf_counter(), time.process_time()
        use(writer, scalars)
        writer.flush()
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        writer.close()
    return seconds / scalars * 1e6, cpu_seconds / scalars * 1e6


def monitor_bytes(steps: int) -> int:
    """Bytes that live judging of one pair holds after `steps` steps."""
    tracemalloc.start()
    pairs = LivePairs()
    for step in range(steps):
        pairs.observe(".", "loss/train", step, 1 / (step + 1), 0.0)
        if step % EVALUATE_EVERY == EVALUATE_EVERY - 1:
            pairs.observe(".", "loss/val", step, 1 / (step + 1), 0.0)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scalars", type=int, default=20_000, help="steps per measurement (default 20000)")
    parser.add_argument("--rounds", type=int, default=7, help="measurements per writer, taken in turns (default 7)")
    parser.add_argument(
        "--memory-steps", type=int, default=200_000, help="steps of the memory measurement (default 200000)"
    )
    arguments = parser.parse_args()

    rows: list[tuple[str, Callable[[str], Any], Callable[[Any, int], None]]] = [
        ("torch: add_scalar", TorchWriter, plain),
        ("tb_losshealth: add_scalar", SummaryWriter, plain),
        (f"torch: train, val every {EVALUATE_EVERY}", TorchWriter, by_name),
        (f"tb_losshealth: train, val every {EVALUATE_EVERY}, judged live", SummaryWriter, by_name),
        ("tb_losshealth: add_paired_scalars, should_stop", SummaryWriter, paired),
        ("tb_losshealth: add_paired_scalars, diagnose", SummaryWriter, diagnosed),
    ]
    if find_spec("tensorboardX") is None:
        print("tensorboardX is not installed and left out")
    else:
        rows.insert(1, ("tensorboardX: add_scalar", import_module("tensorboardX").SummaryWriter, plain))
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in rows}
    for _ in range(arguments.rounds):
        for name, make, use in rows:
            times[name].append(microseconds(make, use, arguments.scalars))
    medians = {
        name: [statistics.median(column) for column in zip(*measured, strict=True)] for name, measured in times.items()
    }
    base = medians["torch: add_scalar"]
    print(f"{os.cpu_count()} cores, {arguments.scalars} steps, median of {arguments.rounds} rounds\n")
    print(f"{'':48}{'us/step':>10}{'x torch':>9}{'us of CPU':>11}{'x torch':>9}")
    for name, (clock, cpu) in medians.items():
        print(f"{name:48}{clock:10.1f}{clock / base[0]:9.2f}{cpu:11.1f}{cpu / base[1]:9.2f}")
    held = monitor_bytes(arguments.memory_steps)
    print(f"\njudging one pair live for {arguments.memory_steps:,} steps holds {held:,} B")


if __name__ == "__main__":
    main()
