"""Write large logs quickly: runs share a few files by hard links; one run grows while the page shows it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

NAME = "events.out.tfevents.1700000000.host"
START = 1.7e9
"""Wall time of the first event."""
SECONDS_A_STEP = 0.0512
"""Time between steps: wall times have many digits, as those of real logs do."""
VARIANTS = 8
"""Different files; the runs share them."""
LONG = (1_000_000, 10_000)
"""Train and validation points of the long run."""


@dataclass(frozen=True)
class Shape:
    """The size of a log.

    Attributes:
        runs: number of run folders.
        pairs: losses with train and validation per run.
        train: train points per loss.
        evaluations: validation points per loss.
    """

    runs: int
    pairs: int
    train: int
    evaluations: int

    def __str__(self) -> str:
        points = self.train + self.evaluations
        return f"{self.runs:,} runs x {self.pairs} pair{'s' * (self.pairs > 1)} x {points:,} points"


@dataclass
class Log:
    """A log folder.

    Attributes:
        folder: the logdir of TensorBoard.
        shape: the size of all runs but the long one and the growing one.
    """

    folder: Path
    shape: Shape
    _steps: count[int] = field(default_factory=count)

    def grow(self) -> None:
        """Log one more train and validation value to the growing run."""
        step = self.shape.train + next(self._steps)
        with (self.folder / "growing" / NAME).open("ab") as file:
            writer = RecordWriter(file)
            for tag in ("loss/train", "loss/val"):
                _log(writer, step, tag, 1.0)


def make_log(root: Path, shape: Shape) -> Log:
    """Write many runs that share a few files, a long run, and a growing run."""
    root.mkdir()
    variants = [root / f"variant{seed}" for seed in range(VARIANTS)]
    for seed, path in enumerate(variants):
        write_run(path, seed, shape.pairs, shape.train, shape.evaluations)
    folder = root / "runs"
    for number in range(shape.runs):
        run = folder / f"lr{number % 50}" / f"seed{number // 50}"
        run.mkdir(parents=True)
        os.link(variants[number % VARIANTS], run / NAME)
    for name in ("long", "growing"):
        (folder / name).mkdir()
    write_run(folder / "long" / NAME, 1, 1, *LONG)
    write_run(folder / "growing" / NAME, 1, 1, shape.train, shape.evaluations)
    return Log(folder, shape)


def write_run(path: Path, seed: int, pairs: int, train: int, evaluations: int) -> None:
    """Write an event file of some losses; in every second one, validation turns."""
    rng = np.random.default_rng(seed)
    done = np.arange(train) / train
    falling = 2 * np.exp(-4 * done) + 0.1
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for pair in range(pairs):
            name = f"head{pair}_loss" if pair else "loss"
            turned = 1.5 * np.maximum(done - 0.4, 0) * ((seed + pair) % 2)
            noisy = falling + rng.normal(0, 0.02, (2, train))
            for step in range(train):
                _log(writer, step, f"{name}/train", noisy[0, step])
                if step % (train // evaluations) == 0:
                    _log(writer, step, f"{name}/val", noisy[1, step] + turned[step])


def _log(writer: RecordWriter, step: int, tag: str, value: float) -> None:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    writer.write(Event(wall_time=START + SECONDS_A_STEP * step, step=step, summary=summary).SerializeToString())
