"""Cost per run of `tb-losshealth report`, `check` and `export`, and the cost of 100,000 runs.

python benchmarks/many_runs.py [RUNS]

Each run is an event file of 1,000 train and 100 validation losses. `export` is also measured on 10 million points in 20
runs. On a machine that others use too, compare processor seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TARGET = 100_000
"""Runs for which the cost is extrapolated."""
VARIANTS = 8
"""Different files; the runs are copies of them."""
TRAIN_POINTS, EVALUATIONS = 1_000, 100
"""Points per run."""
LONG_POINTS = 10_000_000
"""Points that `export` streams in the second table, in `LONG_RUNS` runs."""
LONG_RUNS = 20


def write_log(path: Path, seed: int, points: int, evaluations: int) -> None:
    """Write an event file with a falling train loss; with an odd seed, validation turns."""
    rng = np.random.default_rng(seed)
    every = points // evaluations if evaluations else points + 1
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for step in range(points):
            train = 2 * np.exp(-4 * step / points) + rng.normal(0, 0.02)
            values = [Summary.Value(tag="loss/train", simple_value=train)]
            if (step + 1) % every == 0:
                turned = 1.5 * max(step / points - 0.4, 0) if seed % 2 else 0
                val = 2 * np.exp(-4 * step / points) + turned + rng.normal(0, 0.03)
                values.append(Summary.Value(tag="loss/val", simple_value=val))
            for value in values:
                event = Event(wall_time=1.7e9 + step, step=step, summary=Summary(value=[value]))
                writer.write(event.SerializeToString())


def make_runs(root: Path, runs: int) -> int:
    """Write many runs; return their size in bytes."""
    variants = [root / f"variant{seed}" for seed in range(VARIANTS)]
    for seed, path in enumerate(variants):
        write_log(path, seed, TRAIN_POINTS, EVALUATIONS)
    for number in range(runs):
        folder = root / "runs" / f"lr{number % 100}" / f"seed{number // 100}"
        folder.mkdir(parents=True)
        shutil.copyfile(variants[number % VARIANTS], folder / "events.out.tfevents.1.host")
    return variants[0].stat().st_size * runs


class Cost(NamedTuple):
    """The cost of a command with all its processes.

    Attributes:
        clock: wall time in seconds.
        processors: processor time in seconds.
        memory: MB of the largest process.
    """

    clock: float
    processors: float
    memory: float


def measure(*arguments: str) -> Cost:
    """Run `tb-losshealth` with these arguments."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "tb_losshealth", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3)


def main() -> None:
    """Print the tables."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        many_runs(root, runs)
        long_runs(root)


def many_runs(root: Path, runs: int) -> None:
    """Print the cost per run."""
    size = make_runs(root, runs)
    shutil.copytree(root / "runs" / "lr0" / "seed0", root / "few" / "exp")
    start = measure("report", str(root / "few"), "--csv")
    points = TRAIN_POINTS + EVALUATIONS
    print(f"{runs:,} runs of {points:,} points, {size / 1e6:,.0f} MB; starting takes {start.processors:.2f} s")
    print(f"{'command':<26}{'s':>8}{'processor s':>13}{'ms/run':>10}{'MB':>8}{f'{TARGET:,} runs':>24}")
    for arguments in (
        ["report", "--csv"],
        ["report", "--csv", "-j", "2"],
        ["report", "--json"],
        ["check", "--fail-on", "unstable"],
        ["export"],
    ):
        cost = measure(*arguments, str(root / "runs"), "-q")
        each = (cost.processors - start.processors) / runs
        minutes = f"{(start.processors + each * TARGET) / 60:.1f} processor minutes"
        figures = f"{cost.clock:>8.1f}{cost.processors:>13.1f}{1e3 * each:>10.2f}{cost.memory:>8.0f}{minutes:>24}"
        print(f"{' '.join(arguments):<26}{figures}", flush=True)


def long_runs(root: Path) -> None:
    """Print the cost of exporting many points."""
    name = "events.out.tfevents.1.host"
    for number in range(LONG_RUNS):
        (root / "long" / f"exp{number}").mkdir(parents=True)
        if number == 0:
            write_log(root / "long" / "exp0" / name, 0, LONG_POINTS // LONG_RUNS, 0)
        else:
            shutil.copyfile(root / "long" / "exp0" / name, root / "long" / f"exp{number}" / name)
    print(f"\n{LONG_POINTS:,} points in {LONG_RUNS} runs")
    print(f"{'command':<26}{'s':>8}{'processor s':>13}{'MB':>8}")
    for form in ("csv", "json", "parquet"):
        cost = measure("export", str(root / "long"), "-q", "-o", str(root / f"x.{form}"))
        print(f"{f'export -o x.{form}':<26}{cost.clock:>8.1f}{cost.processors:>13.1f}{cost.memory:>8.0f}", flush=True)
        (root / f"x.{form}").unlink()


if __name__ == "__main__":
    main()
