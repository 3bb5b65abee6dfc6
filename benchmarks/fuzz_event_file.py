"""Fuzzing: read event files with random damage. No exception, no hang, bounded memory, no intact data lost.

    python benchmarks/fuzz_event_file.py --files 1000000

Each file is a small valid one after one to eight mutations: flipped bits; bytes overwritten, removed, repeated, moved
or inserted; a cut end; headers with a wrong length but a valid checksum, alone or in rows. It is read in one go or as
it grows. Everything before the first mutated byte must be read exactly as it was.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import struct
import sys
import time
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_losshealth.logs.event_files.decoding.checksum import masked_crc32c
from tb_losshealth.logs.event_files.event_file import EventFile, EventReader

MEMORY_BOUND = 64 << 20
"""Bytes by which reading may grow the process."""
BATCH = 1000
"""Files between two checks of time and memory."""
HANG_SECONDS = 60
"""Time after which a batch counts as hung; it takes less than a second."""
INTERESTING = [0, 1, 7, 15, 16, 127, 128, 255, 2**15, 2**16, 2**31 - 1, 2**31, 2**32, 2**40, 2**63, 2**64 - 1]


@dataclass(frozen=True)
class Base:
    """A valid file.

    Attributes:
        data: its bytes.
        ends: offset of the end of each record.
        counts: for each record, the number of rows by tag up to its end.
        rows: all rows by tag.
    """

    data: bytes
    ends: list[int]
    counts: list[dict[str, int]]
    rows: dict[str, NDArray[np.int64]]


def header(length: int) -> bytes:
    packed = struct.pack("<Q", length)
    return packed + struct.pack("<I", masked_crc32c(packed))


def record(event: Event) -> bytes:
    body: bytes = event.SerializeToString()
    return header(len(body)) + body + struct.pack("<I", masked_crc32c(body))


def scalar(step: int, **values: float) -> Event:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
    return Event(step=step, wall_time=1.7e9 + step, summary=summary)


def tensor(step: int, tag: str, plugin: str, proto: TensorProto) -> Event:
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
    summary = Summary(value=[Summary.Value(tag=tag, tensor=proto, metadata=metadata)])
    return Event(step=step, wall_time=1.7e9 + step, summary=summary)


def as_base(events: list[Event]) -> Base:
    records = [record(event) for event in [Event(wall_time=1.7e9, file_version="brain.Event:2"), *events]]
    ends = np.cumsum([len(data) for data in records]).tolist()
    whole = read(b"".join(records), [], EventReader())
    counts = []
    for end in ends:
        file = read(b"".join(records)[:end], [], EventReader())
        counts.append({tag: len(columns) for tag, columns in file.contents.columns.items()})
    return Base(b"".join(records), ends, counts, {tag: bits(whole, tag) for tag in whole.contents.columns})


def bases() -> list[Base]:
    alike = [scalar(step, **{"loss/train": 1 / (step + 1)}) for step in range(118, 138)]
    cycle = [scalar(step // 2, **{("loss/train", "loss/val")[step % 2]: step / 7}) for step in range(36)]
    mixed: list[Event] = []
    for step in range(2):
        image = Summary.Value(tag="image", image=Summary.Image(encoded_image_string=bytes(range(200))))
        histogram = Summary.Value(tag="weights", histo=HistogramProto(num=3, bucket=[1.0] * 9))
        mixed += [
            scalar(step, a=1.0, b=2.0),
            Event(step=step, summary=Summary(value=[image, histogram])),
            tensor(step, "double", "scalars", TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[step / 3])),
            tensor(step, "half", "scalars", TensorProto(dtype=types_pb2.DT_HALF, half_val=[0x3C00])),
            tensor(step, "words", "text", TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"words"])),
            tensor(step, "pairs", "losshealth", TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"{}"])),
            Event(step=step, session_log=SessionLog(status=SessionLog.START)),
        ]
    return [as_base(events) for events in ([], alike, cycle, mixed, mixed + alike)]


def bits(file: EventFile, tag: str) -> NDArray[np.int64]:
    part = file.contents.columns[tag].part()
    return np.stack([part.steps, part.values.view(np.int64), part.wall_times.view(np.int64)])


def read(data: bytes, cuts: list[int], reader: EventReader) -> EventFile:
    file = EventFile("fuzz", reader)
    for cut in cuts:
        file.read(io.BytesIO(data[:cut]))
    file.read(io.BytesIO(data))
    return file


def mutate(data: bytearray, source: random.Random, others: list[Base]) -> int:
    """Mutate a file in place; return how many bytes at its beginning are unchanged."""
    size = len(data)
    place = source.randrange(size + 1)
    length = min(source.choice([1, 4, 12, 40, 200]), size - place)
    kind = source.randrange(10)
    if kind == 0 and place < size:
        data[place] ^= 1 << source.randrange(8)
    elif kind == 1:
        data[place : place + length] = source.randbytes(length)
    elif kind == 2:
        del data[place : place + length]
    elif kind == 3:
        data[place:place] = data[place : place + length]
    elif kind == 4:
        other = source.choice(others).data
        start = source.randrange(len(other))
        data[place:place] = other[start : start + 100]
    elif kind == 5:
        del data[place:]
    elif kind == 6:
        data[place : place + 8] = struct.pack("<Q", source.choice(INTERESTING))
    elif kind == 7:
        data[place : place + 12] = header(source.choice(INTERESTING) + source.randrange(3) & (1 << 64) - 1)
    elif kind == 8:
        data[place : place + length] = bytes(length)
    elif kind == 9:
        row = header(source.choice([20, 24, 100, 600, 2000])) * source.choice([2, 20, 200])
        data[place:place] = header(source.choice([5000, 2**30, 2**40])) + row
    return place


def check(base: Base, intact: int, file: EventFile) -> None:
    index = bisect_right(base.ends, intact)
    for tag, count in base.counts[index - 1].items() if index else ():
        found = bits(file, tag)[:, :count]
        if not np.array_equal(found, base.rows[tag][:, :count]):
            raise AssertionError(f"rows of {tag!r} before the damage were not read as they were")
    offsets = [problem.offset for problem in file.problems]
    if len(set(offsets)) != len(offsets):
        raise AssertionError("a problem is reported twice")


def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def fuzz(files: int, seed: int) -> int:
    """Read `files` damaged files; return the largest growth of the process in bytes."""
    source = random.Random(seed)
    sound = bases()
    readers = [
        EventReader(window=window, check_bodies=check_bodies)
        for window in (1 << 9, 1 << 12, 1 << 16)
        for check_bodies in (False, True)
    ]
    grown, before = 0, 0
    started = time.perf_counter()
    for index in range(files):
        if index % BATCH == 0:
            faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
            before = before or (resident() if index else 0)
            grown = max(grown, resident() - before) if before else 0
            if grown > MEMORY_BOUND:
                raise MemoryError(f"{grown} bytes more than at the start, after {index} files")
            if index % (100 * BATCH) == 0 and index:
                rate = index / (time.perf_counter() - started)
                print(f"{index:>9} files, {rate:.0f} a second, {grown >> 20} MiB grown", flush=True)
        base = source.choice(sound)
        data = bytearray(base.data)
        intact = min(mutate(data, source, sound) for _ in range(source.choice([1, 1, 2, 8])))
        cuts = sorted(source.randrange(len(data) + 1) for _ in range(source.choice([0, 0, 1, 3])))
        whole = bytes(data)
        try:
            check(base, intact, read(whole, cuts, source.choice(readers)))
        except Exception:
            print(f"file {index} of seed {seed}: {whole!r} read at {cuts}", file=sys.stderr)
            raise
    faulthandler.cancel_dump_traceback_later()
    return grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    grown = fuzz(arguments.files, arguments.seed)
    seconds = time.perf_counter() - started
    print(f"{arguments.files} damaged files read in {seconds:.0f} s; the process grew by {grown / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
