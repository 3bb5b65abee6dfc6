"""Run one reader on a logdir: `python -m benchmarks.reading.readers NAME LOGDIR`."""

from __future__ import annotations

import importlib
import json
import logging
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class Reading(NamedTuple):
    """The cost of reading a logdir.

    Attributes:
        seconds: wall time from opening the first file to having all series in memory, without imports.
        scalars: number of (step, value, wall time) read.
        memory: bytes by which this process grew, or that the server holds.
    """

    seconds: float
    scalars: int
    memory: int


def resident(process: str = "self") -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def ours(logdir: str, check_bodies: bool = False) -> Reading:
    from tb_losshealth.logs.event_files.logdir import Logdir

    before = resident()
    start = time.perf_counter()
    log = Logdir(logdir, check_bodies=check_bodies)
    log.refresh()
    count = sum(len(tag.series) for run in log.runs.values() for tag in run.tags.values())
    return Reading(time.perf_counter() - start, count, resident() - before)


def ours_checked(logdir: str) -> Reading:
    return ours(logdir, check_bodies=True)


def event_accumulator(logdir: str) -> Reading:
    from tensorboard.backend.event_processing.event_accumulator import (
        STORE_EVERYTHING_SIZE_GUIDANCE,
        EventAccumulator,
    )

    before = resident()
    start = time.perf_counter()
    read = [EventAccumulator(str(path.parent), STORE_EVERYTHING_SIZE_GUIDANCE).Reload() for path in files(logdir)]
    count = sum(len(run.Scalars(tag)) for run in read for tag in run.Tags()["scalars"])
    return Reading(time.perf_counter() - start, count, resident() - before)


def tbparse(logdir: str) -> Reading:
    summary_reader = importlib.import_module("tbparse").SummaryReader
    before = resident()
    start = time.perf_counter()
    frame = summary_reader(logdir, extra_columns={"dir_name", "wall_time"}).scalars
    return Reading(time.perf_counter() - start, len(frame), resident() - before)


def from_string(logdir: str) -> Reading:
    """The fastest loop over events in plain Python."""
    from tensorboard.compat.proto.event_pb2 import Event

    before = resident()
    start = time.perf_counter()
    runs: list[dict[str, list[tuple[int, float, float]]]] = []
    for path in files(logdir):
        tags: dict[str, list[tuple[int, float, float]]] = {}
        for body in bodies(path.read_bytes()):
            event = Event.FromString(body)
            for value in event.summary.value:
                tags.setdefault(value.tag, []).append((event.step, value.simple_value, event.wall_time))
        runs.append(tags)
    count = sum(len(rows) for tags in runs for rows in tags.values())
    return Reading(time.perf_counter() - start, count, resident() - before)


def bodies(data: bytes) -> Iterator[bytes]:
    position = 0
    unpack = struct.Struct("<Q").unpack_from
    while position < len(data):
        (length,) = unpack(data, position)
        yield data[position + 12 : position + 12 + length]
        position += 16 + length


def files(logdir: str) -> list[Path]:
    return sorted(Path(logdir).glob("*/*tfevents*"))


def rustboard_load(logdir: str) -> Reading:
    return rustboard(logdir, hand_over=False)


def rustboard_all(logdir: str) -> Reading:
    return rustboard(logdir, hand_over=True)


def rustboard(logdir: str, hand_over: bool) -> Reading:
    """TensorBoard's data server, set to keep every point; with `hand_over`, until all points are in this process."""
    from tensorboard import context
    from tensorboard.data import provider, server_ingester
    from tensorboard.util import grpc_util

    runs = [path.parent.name for path in files(logdir)]
    binary = server_ingester.get_server_binary()
    start = time.perf_counter()
    ingester = server_ingester.SubprocessServerDataIngester(
        binary,
        logdir,
        reload_interval=5,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin={"scalars": 0},
    )
    ingester.start()
    data, ctx = ingester.data_provider, context.RequestContext()
    last = 0
    while True:
        listed = data.list_scalars(ctx, experiment_id="", plugin_name="scalars")
        steps = [series.max_step for tags in listed.values() for series in tags.values()]
        if len(listed) == len(runs) and min(steps) == max(steps) == last and len(steps) == 2 * len(runs):
            break
        last = max(steps, default=0)
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    count = 0
    if hand_over:
        kept = []
        for first in range(0, len(runs), 100):  # a message has at most 256 MB
            chosen = provider.RunTagFilter(runs=runs[first : first + 100])
            kept.append(
                data.read_scalars(ctx, experiment_id="", plugin_name="scalars", downsample=10**9, run_tag_filter=chosen)
            )
        count = sum(len(rows) for part in kept for tags in part.values() for rows in tags.values())
        seconds = time.perf_counter() - start
    server = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[0]
    return Reading(seconds, count, resident(server))


READERS: dict[str, Callable[[str], Reading]] = {
    "tb_losshealth": ours,
    "tb_losshealth, bodies checked": ours_checked,
    "RustBoard, load": rustboard_load,
    "RustBoard, load and hand over": rustboard_all,
    "loop of Event.FromString": from_string,
    "EventAccumulator": event_accumulator,
    "tbparse": tbparse,
}

if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(READERS[sys.argv[1]](sys.argv[2])))
