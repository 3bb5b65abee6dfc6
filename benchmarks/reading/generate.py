"""Write large logdirs quickly: one file is encoded properly, the others are copies with other values."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tb_losshealth.logs.event_files.decoding.checksum import contribution, crc32c, mask_many, masked_crc32c

NAME = "events.out.tfevents.1700000000.host.1.0"
START = 1_700_000_000.0
STEPS_A_SECOND = 20.0


def event(step: int, tag: str, value: float) -> bytes:
    """Body of the record that `add_scalar` writes."""
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    body: bytes = Event(step=step, wall_time=START + step / STEPS_A_SECOND, summary=summary).SerializeToString()
    return body


def record(body: bytes) -> bytes:
    length = struct.pack("<Q", len(body))
    return length + struct.pack("<I", masked_crc32c(length)) + body + struct.pack("<I", masked_crc32c(body))


class Template:
    """The file of one run, and the positions of its values and checksums.

    Args:
        train: number of values of `loss/train`, one per step.
        val: number of values of `loss/val`, evenly spread.
    """

    def __init__(self, train: int, val: int) -> None:
        evaluations = {(k + 1) * train // val - 1 for k in range(val)}
        order: list[tuple[str, int]] = []
        for step in range(train):
            order.append(("loss/train", step))
            if step in evaluations:
                order.append(("loss/val", step))
        bodies = [event(step, tag, 0.0) for tag, step in order]
        first = record(Event(wall_time=START, file_version="brain.Event:2").SerializeToString())
        records = [record(body) for body in bodies]
        ends = len(first) + np.cumsum([len(data) for data in records])
        self.data = np.frombuffer(first + b"".join(records), dtype=np.uint8)
        self.steps = np.array([step for _, step in order])
        self.is_val = np.array([tag == "loss/val" for tag, _ in order])
        self._checksums_at = ends - 4
        self._values_at = ends - 8  # the value is the last field
        self._zero_crcs = np.array([crc32c(body) for body in bodies], dtype=np.uint32)

    def __len__(self) -> int:
        return len(self.steps)

    def with_values(self, values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bytes:
        """The bytes of the file with these values [len(self)] and valid checksums."""
        data = self.data.copy()
        crcs = self._zero_crcs.copy()
        for byte, column in enumerate(values.astype("<f4").view(np.uint8).reshape(-1, 4).T):
            data[self._values_at + byte] = column
            crcs ^= contribution(3 - byte)[column]
        for byte, column in enumerate(mask_many(crcs).astype("<u4").view(np.uint8).reshape(-1, 4).T):
            data[self._checksums_at + byte] = column
        return bytes(data)


def write_logdir(root: Path, runs: int, train: int, val: int) -> int:
    """Write runs, each overfitting more than the one before; return the number of events with a scalar."""
    template = Template(train, val)
    noise = np.random.default_rng(0)
    x = template.steps / max(train, 1)
    for run in range(runs):
        falling = np.exp(-4 * x) + 0.1
        values = np.where(template.is_val, falling + 0.5 * run / runs * np.maximum(x - 0.4, 0), falling)
        values += 0.02 * noise.standard_normal(len(values))
        folder = root / f"run{run:04}"
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(template.with_values(values.astype(np.float32)))
    return runs * len(template)
