"""Following real writers while they write, are killed, and get in each other's way."""

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.run import Tag
from tests.logs.event_files.conftest import scalar

WRITER = """
import sys, time
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

step = int(sys.argv[2])
writer = EventFileWriter(sys.argv[1], max_queue_size=5, flush_secs=1)
while True:
    for tag, factor in (("loss/train", 1), ("loss/val", 2)):
        value = Summary.Value(tag=tag, simple_value=factor * step)
        writer.add_event(Event(step=step, wall_time=step / 8, summary=Summary(value=[value])))
    if step % 97 == 0:
        writer.flush()
        time.sleep(0.002)
    step += 1
"""


def check(tag: Tag, factor: int) -> int:
    """Checks that nothing is missing or wrong from step 0 on; returns the number of steps."""
    (training,) = tag.trainings
    count = len(training.series)
    assert training.series.steps.tolist() == list(range(count))
    assert training.series.values.tolist() == [factor * step for step in range(count)]
    assert training.series.wall_times.tolist() == [step / 8 for step in range(count)]
    return count


def test_a_writer_that_is_killed_and_resumed_is_followed(tmp_path: Path) -> None:
    generator = random.Random(0)
    logdir = Logdir(str(tmp_path))
    counts = [0]
    for _ in range(3):
        resumed_at = counts[-1] // 2
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(resumed_at)])
        try:
            deadline = time.monotonic() + 60
            length = counts[-1] + generator.randrange(1, 2000)
            while counts[-1] < length and time.monotonic() < deadline:
                assert process.poll() is None
                logdir.refresh()
                for run in logdir.runs.values():
                    lengths = [check(tag, factor) for factor, tag in enumerate(run.tags.values(), 1)]
                    counts.append(min(lengths, default=0))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        logdir.refresh()
        assert logdir.problems == ()
    assert counts[-1] >= length
    again = Logdir(str(tmp_path))
    again.refresh()
    for name, tag in logdir.runs["."].tags.items():
        other = again.runs["."].tags[name]
        assert [training.series.steps.tolist() for training in other.trainings] == [tag.series.steps.tolist()]
        assert len(other.trainings[0].resumed_at) == 2


def test_a_record_that_arrives_byte_by_byte(tmp_path: Path) -> None:
    logdir = Logdir(str(tmp_path))
    data = b"".join(scalar(step, step) for step in range(6))
    size = len(scalar(0, 0))
    with (tmp_path / "events.out.tfevents.1").open("wb", buffering=0) as file:
        for position in range(len(data)):
            file.write(data[position : position + 1])
            logdir.refresh()
            assert logdir.problems == ()
            tag = logdir.runs["."].tags.get("loss/train")
            assert (tag.count if tag else 0) == _whole(position + 1, data, size)


def _whole(length: int, data: bytes, first: int) -> int:
    """How many records are whole; those after step 0 name their step in two more bytes."""
    return 0 if length < first else 1 + (length - first) // ((len(data) - first) // 5)


def test_other_threads_see_only_whole_states(tmp_path: Path) -> None:
    logdir = Logdir(str(tmp_path))
    done = threading.Event()

    def watch() -> int:
        seen = 0
        while not done.is_set():
            for run in logdir.runs.values():
                for tag in run.tags.values():
                    count = len(tag.series)
                    assert tag.series.steps.tolist() == list(range(count))
                    assert tag.series.values.tolist() == list(range(count))
                    assert count >= seen
                    seen = count
        return seen

    with ThreadPoolExecutor(2) as pool, (tmp_path / "events.out.tfevents.1").open("wb", buffering=0) as file:
        watchers = [pool.submit(watch) for _ in range(2)]
        try:
            for step in range(0, 600, 3):
                file.write(b"".join(scalar(step + k, step + k) for k in range(3)))
                logdir.refresh()
        finally:
            done.set()
    assert all(watcher.result() <= 600 for watcher in watchers)


def test_two_writers_in_one_folder_are_two_trainings(tmp_path: Path) -> None:
    writers = [EventFileWriter(str(tmp_path), flush_secs=1000) for _ in range(2)]
    logdir = Logdir(str(tmp_path))
    generator = random.Random(1)
    written = [0, 0]
    for _ in range(600):
        which = generator.randrange(2)
        step = written[which]
        value = Summary.Value(tag="loss", simple_value=100_000 * which + step)
        writers[which].add_event(Event(step=step, wall_time=1e9 + step, summary=Summary(value=[value])))
        written[which] += 1
        if generator.random() < 0.1:
            writers[which].flush()
            logdir.refresh()
            _check_two(logdir, written)
    for writer in writers:
        writer.close()
    logdir.refresh()
    _check_two(logdir, written)
    assert logdir.runs["."].tags["loss"].count == sum(written)


def _check_two(logdir: Logdir, written: list[int]) -> None:
    tags = logdir.runs["."].tags
    for training in tags["loss"].trainings if tags else []:
        values = training.series.values.tolist()
        which = int(values[0] // 100_000)
        assert values == [100_000 * which + step for step in range(len(values))]
        assert training.series.steps.tolist() == list(range(len(values)))
        assert len(values) <= written[which]
        assert (training.resumed_at, training.averaged) == ((), False)
