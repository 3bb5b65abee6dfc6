"""The record file beneath torch's FileWriter: on a full disk, in a deleted folder, read by TensorBoard's own reader."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard.writer import FileWriter

from tb_losshealth.writer import local_record_writer
from tb_losshealth.writer.local_record_writer import LocalRecordWriter, encode_record, keep_open

Reader = Callable[[Path], list[Any]]


class Bytes:
    """What TensorBoard's RecordWriter writes to."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data


def scalar(step: int) -> Any:
    return Summary(value=[Summary.Value(tag="loss", simple_value=float(step))])


def record(step: int) -> bytes:
    return bytes(Event(step=step, summary=scalar(step)).SerializeToString())


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 300])
def test_same_bytes_as_tensorboard(data: bytes) -> None:
    theirs = Bytes()
    RecordWriter(theirs).write(data)
    assert encode_record(data) == theirs.written


def test_takes_its_place_beneath_torchs_file_writer(tmp_path: Path, read_scalars: Reader) -> None:
    file_writer = FileWriter(str(tmp_path))
    records = keep_open(file_writer)
    assert records is not None
    for step in range(100):
        file_writer.add_summary(scalar(step), step)
    file_writer.flush()
    assert [step for _, step, _ in read_scalars(tmp_path)] == list(range(100))
    file_writer.close()
    assert records.closed


def test_leaves_other_destinations_alone() -> None:
    assert keep_open(FileWriter("memory://runs/one")) is None
    assert keep_open(object()) is None


def test_a_record_is_in_the_file_when_write_returns(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.touch()
    records = LocalRecordWriter(str(path))
    records.write(b"one")
    assert path.read_bytes() == encode_record(b"one")
    records.close()


@pytest.mark.parametrize("delete_parents", [False, True])
def test_a_deleted_file_is_started_again(
    tmp_path: Path,
    read_scalars: Reader,
    read_events: Reader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    delete_parents: bool,
) -> None:
    monkeypatch.setattr(local_record_writer, "CHECK_SECONDS", 0.0)
    folder = tmp_path / "runs" / "one"
    file_writer = FileWriter(str(folder))
    records = keep_open(file_writer)
    assert records is not None
    file_writer.add_summary(scalar(0), 0)
    file_writer.flush()
    shutil.rmtree(folder.parent if delete_parents else folder)
    for step in range(1, 4):
        file_writer.add_summary(scalar(step), step)
    file_writer.close()
    assert [step for _, step, _ in read_scalars(folder)] == [1, 2, 3]
    assert read_events(folder)[0].file_version == "brain.Event:2"
    assert records.restarts == 1
    assert [entry.getMessage() for entry in caplog.records if "deleted" in entry.getMessage()]


def test_a_folder_that_cannot_be_made_again_costs_nothing_once_it_can(
    tmp_path: Path, read_scalars: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_record_writer, "CHECK_SECONDS", 0.0)
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "events.out.tfevents.0").touch()
    records = LocalRecordWriter(str(folder / "events.out.tfevents.0"))
    shutil.rmtree(folder)
    folder.write_text("a file where the folder was")
    records.write(record(1))
    records.write(record(2))
    folder.unlink()
    records.write(record(3))
    records.close()
    assert [step for _, step, _ in read_scalars(folder)] == [1, 2, 3]


# A limit on the size of files is a disk that is full: the write is cut off in the middle, then refused.
FULL_DISK = """
import resource, signal, sys
from tb_losshealth.writer import local_record_writer
from tb_losshealth.writer.local_record_writer import LocalRecordWriter, encode_record

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = sys.argv[1]
open(path, "wb").close()
records = LocalRecordWriter(path)
one = encode_record(bytes(100))
limit(len(one) * 5 + 50)
for _ in range(20):
    records.write(bytes(100))
assert open(path, "rb").read() == one * 5, "a record was cut in two"
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)


def test_a_full_disk_holds_events_back_until_there_is_room(tmp_path: Path) -> None:
    script = FULL_DISK + "limit(10**6)\nrecords.flush()\nassert open(path, 'rb').read() == one * 20\nrecords.close()"
    done = run(script, str(tmp_path / "events"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Cannot write to") == 1


def test_a_disk_that_stays_full_is_said_at_close_with_the_loss(tmp_path: Path) -> None:
    done = run(FULL_DISK + "records.close()", str(tmp_path / "events"))
    assert done.returncode == 0, done.stderr
    assert "15 events could not be written and are lost; make room there" in done.stderr


FULL_MEMORY = """
local_record_writer.MAX_BACKLOG_BYTES = 5000
for _ in range(100):
    records.write(bytes(100))
"""


def test_what_waits_in_memory_is_bounded_and_the_rest_is_counted(tmp_path: Path) -> None:
    done = run(FULL_DISK + FULL_MEMORY + "records.close()", str(tmp_path / "events"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("43 events wait in memory, and no more fit") == 1
    assert "115 events could not be written and are lost; make room there" in done.stderr


def test_a_disk_that_was_full_for_long_takes_events_again(tmp_path: Path) -> None:
    recovery = "limit(10**6)\nrecords.flush()\nrecords.write(bytes(100))\nrecords.close()\n"
    check = "assert open(path, 'rb').read() == one * (5 + 43 + 1)"
    done = run(FULL_DISK + FULL_MEMORY + recovery + check, str(tmp_path / "events"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("takes events again; 72 events were lost in between") == 1
    assert "could not be written" not in done.stderr
