"""What SummaryWriter adds to torch's: pairs, and answers to bad input and bad luck."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch.utils.tensorboard

import tb_losshealth
from tb_losshealth import SummaryWriter, scan
from tb_losshealth.pairing.declarations import TAG, decode_declarations
from tb_losshealth.writer import local_record_writer

Reader = Callable[[Path], list[Any]]


def declarations(folder: Path, read_events: Reader) -> list[Any]:
    return [
        decode_declarations(".", value.tensor.string_val[0])
        for event in read_events(folder)
        for value in event.summary.value
        if value.tag == TAG
    ]


def test_importing_the_package_does_not_import_torch() -> None:
    script = "import sys, tb_losshealth; print('torch' in sys.modules, 'tensorboard' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert "SummaryWriter" in dir(tb_losshealth)


def test_is_torchs_writer(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        assert isinstance(writer, torch.utils.tensorboard.SummaryWriter)


def test_paired_scalars_share_one_run(tmp_path: Path, read_scalars: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_paired_scalars("loss", train=0.5, val=0.75, global_step=3)
        writer.add_paired_scalars("loss", train=0.25, global_step=4)
        writer.add_paired_scalars("loss", test=torch.tensor(2.0), global_step=4)
    assert read_scalars(tmp_path) == [
        ("loss/train", 3, 0.5),
        ("loss/val", 3, 0.75),
        ("loss/train", 4, 0.25),
        ("loss/test", 4, 2.0),
    ]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_pairs_are_declared_once_and_again_when_they_change(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(5):
            writer.add_paired_scalars("loss", train=0.5, val=0.75, global_step=step)
            writer.declare_pair("other", train="a", val="b", mode="max")
        writer.add_paired_scalars("loss", test=0.5, global_step=5)
        writer.add_paired_scalars("loss", train=0.5, global_step=5)
    first, second, third = declarations(tmp_path, read_events)
    assert [pair.name for pair in first] == ["loss"]
    assert [(pair.name, pair.mode, pair.train.tag, pair.val.tag) for pair in second] == [
        ("loss", "min", "loss/train", "loss/val"),
        ("other", "max", "a", "b"),
    ]
    assert third[0].test.tag == "loss/test"
    assert third[1:] == second[1:]


def test_tags_of_any_name_are_a_pair_for_the_viewer(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.declare_pair("objective", train="ä <b>", val="ß 'x'")
        for step in range(5):
            writer.add_scalar("ä <b>", 1.0, step)
            writer.add_scalar("ß 'x'", 2.0, step)
    (report,) = scan(tmp_path)
    assert report.pair.source == "declared"
    assert (report.pair.name, report.pair.train.tag, report.pair.val.tag) == ("objective", "ä <b>", "ß 'x'")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"name": "loss"}, "got nothing to log: pass train=, val= or test="),
        ({"name": "", "train": 1.0}, "name of a pair must be a text that is not empty"),
        ({"name": "/", "train": 1.0}, "name of a pair must be a text that is not empty"),
        ({"name": 3, "train": 1.0}, "name of a pair must be a text that is not empty"),
        ({"name": "loss", "train": 1.0, "mode": "lower"}, "mode must be 'min'"),
        ({"name": "\udc00", "train": 1.0}, "name of a pair must be a text that can be written as UTF-8"),
    ],
)
def test_add_paired_scalars_refuses(
    tmp_path: Path, read_scalars: Reader, arguments: dict[str, Any], complaint: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=complaint):
        writer.add_paired_scalars(**arguments)
    assert read_scalars(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"train": "", "val": "b"}, "train of a pair must be"),
        ({"train": "a", "val": None}, "val of a pair must be"),
        ({"train": "a", "val": "b", "test": ""}, "test of a pair must be"),
        ({"train": "a", "val": "a"}, "both 'a': a pair needs two tags"),
        ({"train": "a", "val": "b", "mode": None}, "mode must be"),
        ({"train": "a", "val": "b\ud800"}, "val of a pair must be a text that can be written as UTF-8"),
        ({"train": "a", "val": "b", "test": "a"}, "test of 'loss' is 'a', as is its train"),
        ({"train": "a", "val": "b", "test": "b"}, "test of 'loss' is 'b', as is its val"),
    ],
)
def test_declare_pair_refuses(tmp_path: Path, read_events: Reader, arguments: dict[str, Any], complaint: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=complaint):
        writer.declare_pair("loss", **arguments)
    assert declarations(tmp_path, read_events) == []


def test_a_value_that_is_none_is_a_value_left_out(tmp_path: Path, read_scalars: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_paired_scalars("loss", train=1.0, val=None, global_step=1)
    assert read_scalars(tmp_path) == [("loss/train", 1, 1.0)]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_to(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match="give it a log_dir that you may write to") as error:
        SummaryWriter(tmp_path / place)
    assert isinstance(error.value, (FileExistsError, NotADirectoryError))
    assert error.value.filename == str(tmp_path / place)


def test_a_folder_deleted_while_training_is_made_again_with_its_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(local_record_writer, "CHECK_SECONDS", 0.0)
    with SummaryWriter(tmp_path / "run") as writer:
        writer.declare_pair("objective", train="a", val="b")
        for step in range(10):
            writer.add_scalar("a", 1.0, step)
            writer.add_scalar("b", 1.0, step)
            if step == 4:
                shutil.rmtree(tmp_path / "run")
    (report,) = scan(tmp_path)
    assert report.pair.name == "objective"
    assert report.val.steps.tolist() == [5, 6, 7, 8, 9]
    assert [record.levelno for record in caplog.records if "was deleted" in record.getMessage()] == [logging.WARNING]


FULL_DISK = """
import resource, signal, sys
from tb_losshealth import SummaryWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = SummaryWriter(sys.argv[1])
for step in range(1000):
    if step == 10:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))
    writer.add_paired_scalars("loss", train=1.0, val=1.0, global_step=step)
print("trained to the end")
"""


def test_a_full_disk_does_not_end_the_training_and_what_was_lost_is_said(tmp_path: Path, read_scalars: Reader) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "trained to the end\n"
    assert done.stderr.count("Cannot write to") == 1
    assert "events could not be written and are lost; make room there" in done.stderr
    steps = [step for tag, step, _ in read_scalars(tmp_path) if tag == "loss/train"]
    assert steps == list(range(len(steps)))
    assert len(steps) >= 10


def test_the_mode_once_given_holds(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_paired_scalars("accuracy", train=0.5, global_step=1, mode="max")
        writer.add_paired_scalars("accuracy", val=0.5, global_step=1)
    ((pair,),) = declarations(tmp_path, read_events)
    assert pair.mode == "max"


def test_a_validation_value_waits_for_all_before_it_to_be_on_disk(
    tmp_path: Path, read_scalars: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = local_record_writer.LocalRecordWriter.write

    def write_slowly(records: local_record_writer.LocalRecordWriter, data: bytes) -> None:
        time.sleep(0.005)
        write(records, data)

    monkeypatch.setattr(local_record_writer.LocalRecordWriter, "write", write_slowly)
    with SummaryWriter(tmp_path, max_queue=1000) as writer:
        for step in range(20):
            writer.add_paired_scalars("loss", train=1.0, global_step=step)
        writer.add_paired_scalars("loss", val=1.0, global_step=19)
        assert len(read_scalars(tmp_path)) == 21


def test_the_files_of_sub_runs_are_kept_open_too(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalars("loss", {"train": 1.0, "val": 1.0}, 1)
        assert sorted(writer._record_writers) == sorted(writer.all_writers)
        assert all(
            isinstance(records, local_record_writer.LocalRecordWriter) for records in writer._record_writers.values()
        )
