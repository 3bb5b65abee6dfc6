"""A logdir on disk, as it grows, shrinks and changes under the reader."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing import io_wrapper
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.run import Changes, Progress, Tag
from tests.logs.event_files.conftest import Row, header, record, scalar, start, version

NAME = "events.out.tfevents.1700000000.host.1.0"
NEXT_NAME = "events.out.tfevents.1700000001.host.2.0"


def write(folder: Path, *steps: int, name: str = NAME, tag: str = "loss", value: float = 0.5) -> Path:
    """Writes or appends to an event file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("ab") as file:
        file.write(b"".join(scalar(step, value, tag) for step in steps))
    return path


def curve(tag: Tag) -> list[Row]:
    series = tag.series
    return list(zip(series.steps.tolist(), series.values.tolist(), series.wall_times.tolist(), strict=True))


def steps(logdir: Logdir, run: str, tag: str = "loss") -> list[int]:
    return list(logdir.runs[run].tags[tag].series.steps)


def changed(*runs: str) -> Changes:
    return Changes(frozenset(runs), frozenset())


def test_runs_are_named_by_their_folders(tmp_path: Path) -> None:
    names = [".", "a", "a/b", "with space", "<script>alert(1)</script>", 'quo"te', "tab\there", "ünïcode", "a/b/c/d"]
    for name in names:
        write(tmp_path / name, 0)
    logdir = Logdir(str(tmp_path))
    assert logdir.refresh() == changed(*names)
    assert sorted(logdir.runs) == sorted(names)
    assert all(logdir.runs[name].name == name for name in names)
    assert {os.path.relpath(path, tmp_path) for path in io_wrapper.GetLogdirSubdirectories(str(tmp_path))} == set(names)


def test_a_name_that_is_no_text_becomes_one(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    Path(os.fsdecode(folder), NAME).write_bytes(scalar(0, 1.0))
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    (name,) = logdir.runs
    assert name.encode() == "caf\ufffd".encode()


def test_reads_what_was_appended_and_keeps_what_it_handed_out(tmp_path: Path) -> None:
    logdir = Logdir(str(tmp_path))
    write(tmp_path / "a", 0, 1)
    write(tmp_path / "b", 0)
    assert logdir.refresh() == changed("a", "b")
    runs, series = logdir.runs, logdir.runs["a"].tags["loss"].series
    write(tmp_path / "a", 2)
    assert logdir.refresh() == changed("a")
    assert steps(logdir, "a") == [0, 1, 2]
    assert runs["a"].tags["loss"].series is series
    assert series.steps.tolist() == [0, 1]
    assert logdir.runs["b"] is runs["b"]
    assert logdir.refresh() == Changes()


def test_an_append_keeps_what_was_computed_for_other_tags(tmp_path: Path) -> None:
    write(tmp_path, 0, 0, tag="val")
    write(tmp_path, 0, tag="train")
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    before = logdir.runs["."].tags
    write(tmp_path, 1, tag="train")
    logdir.refresh()
    after = logdir.runs["."].tags
    assert after["val"] is before["val"]
    assert after["train"] is not before["train"]


def test_an_append_without_scalars_changes_no_run(tmp_path: Path) -> None:
    path = write(tmp_path, 0)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    with path.open("ab") as file:
        file.write(version() + scalar(1, 0.5)[:20])
    assert logdir.refresh() == Changes()


def test_a_run_without_scalars_is_a_run(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(version())
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / NAME).touch()
    logdir = Logdir(str(tmp_path))
    assert logdir.refresh() == changed(".", "empty")
    assert [dict(run.tags) for run in logdir.runs.values()] == [{}, {}]
    assert logdir.problems == ()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(scalar(0, 1.0))
    (tmp_path / "tfevents").mkdir()
    os.mkfifo(tmp_path / "a.tfevents")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "b.tfevents"))
        logdir = Logdir(str(tmp_path))
        assert logdir.refresh() == Changes()
    assert logdir.problems == ()


def test_new_files_and_folders_are_found(tmp_path: Path) -> None:
    write(tmp_path / "a", 0)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    write(tmp_path / "a", 5, name=NEXT_NAME)
    write(tmp_path / "b" / "c", 0)
    assert logdir.refresh() == changed("a", "b/c")
    assert steps(logdir, "a") == [0, 5]


def test_deleted_files_and_folders_are_forgotten(tmp_path: Path) -> None:
    write(tmp_path / "a", 0)
    second = write(tmp_path / "a", 5, name=NEXT_NAME)
    only = write(tmp_path / "b", 0)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    second.unlink()
    only.unlink()
    assert logdir.refresh() == Changes(frozenset({"a"}), frozenset({"b"}))
    assert steps(logdir, "a") == [0]
    assert list(logdir.runs) == ["a"]
    write(tmp_path / "b", 7)
    assert logdir.refresh() == changed("b")
    assert steps(logdir, "b") == [7]


def test_a_logdir_that_is_missing_comes_and_goes(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    logdir = Logdir(str(root))
    for _ in range(2):
        assert logdir.refresh() == Changes()
        assert [(problem.path, problem.reason) for problem in logdir.problems] == [
            (str(root), "there is no such folder")
        ]
        path = write(root, 0)
        assert logdir.refresh() == changed(".")
        assert logdir.problems == ()
        path.unlink()
        root.rmdir()
        assert logdir.refresh() == Changes(frozenset(), frozenset({"."}))


def test_no_logdir_has_no_runs() -> None:
    logdir = Logdir("")
    assert logdir.refresh() == Changes()
    assert (dict(logdir.runs), logdir.problems) == ({}, ())


@pytest.mark.parametrize("replacement", [(0,), (0, 1, 2), (5, 6, 7), (0, 1, 2, 3, 4, 5)])
def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path, replacement: tuple[int, ...]) -> None:
    path = write(tmp_path, 0, 1, 2)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    other = write(tmp_path / "elsewhere", *replacement, name="other", value=0.25)
    os.replace(other, path)
    assert logdir.refresh() == changed(".")
    assert curve(logdir.runs["."].tags["loss"]) == [(step, 0.25, 1_700_000_000.25 + step) for step in replacement]


@pytest.mark.parametrize("replacement", [(0,), (5, 6, 7), (0, 1, 2, 3, 4, 5)])
def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path, replacement: tuple[int, ...]) -> None:
    path = write(tmp_path, 0, 1, 2)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    path.write_bytes(b"".join(scalar(step, 0.25) for step in replacement))
    later = path.stat().st_mtime + 1  # as if the clock of the file system had ticked
    os.utime(path, (later, later))
    assert logdir.refresh() == changed(".")
    assert steps(logdir, ".", "loss/train") == list(replacement)
    assert list(logdir.runs["."].tags) == ["loss/train"]


def test_a_file_that_shrank_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path, 0, 1, 2)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    os.truncate(path, len(scalar(0, 0.5, "loss")) + 7)
    assert logdir.refresh() == changed(".")
    assert steps(logdir, ".") == [0]
    assert logdir.problems == ()


def test_files_of_a_run_follow_each_other_by_name(tmp_path: Path) -> None:
    write(tmp_path, 5, 6, name="events.out.tfevents.1700000000.host.1.10", value=0.25)
    write(tmp_path, 0, 1, 2, 3, 4, 5, name="events.out.tfevents.1700000000.host.1.9")
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    (training,) = logdir.runs["."].tags["loss"].trainings
    assert training.series.steps.tolist() == list(range(7))
    assert training.series.values.tolist() == [0.5] * 5 + [0.25] * 2
    assert (training.resumed_at, training.averaged) == ((5,), False)
    write(tmp_path, 6, name="events.out.tfevents.1700000000.host.1.9")
    assert logdir.refresh() == changed(".")
    (training,) = logdir.runs["."].tags["loss"].trainings
    assert training.series.steps.tolist() == list(range(7))
    assert training.resumed_at == (5,)
    assert logdir.runs["."].tags["loss"].count == 9


def test_a_purge_reaches_into_earlier_files(tmp_path: Path) -> None:
    write(tmp_path, 0, 1, 2, 3, 4)
    write(tmp_path, 0, 1, 2, 3, 4, tag="stale")
    (tmp_path / NEXT_NAME).write_bytes(version() + start(2) + scalar(3, 0.25, "loss"))
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    assert steps(logdir, ".") == [0, 1, 3]
    assert steps(logdir, ".", "stale") == [0, 1]
    with (tmp_path / NEXT_NAME).open("ab") as file:
        file.write(start(0))
    assert logdir.refresh() == changed(".")
    tags = logdir.runs["."].tags
    assert [(tag.count, len(tag.trainings), len(tag.series)) for tag in tags.values()] == [(6, 0, 0), (5, 0, 0)]


def tensor(step: int, tag: str, plugin: str, **numbers: object) -> bytes:
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
    values = [Summary.Value(tag=tag, tensor=TensorProto(**numbers), metadata=metadata)]
    return record(Event(step=step, summary=Summary(value=values)).SerializeToString())


def test_the_first_file_that_names_a_tags_plugin_names_it_for_all(tmp_path: Path) -> None:
    number = {"dtype": types_pb2.DT_FLOAT, "float_val": [1.0]}
    first = tensor(0, "mine", "mine", **number) + tensor(0, "loss", "scalars", **number)
    (tmp_path / NAME).write_bytes(first)
    (tmp_path / NEXT_NAME).write_bytes(tensor(1, "mine", "", **number) + tensor(1, "loss", "", **number))
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    assert list(logdir.runs["."].tags) == ["loss"]
    assert steps(logdir, ".") == [0, 1]


def test_declarations_come_in_write_order(tmp_path: Path) -> None:
    words = {"dtype": types_pb2.DT_STRING}
    (tmp_path / NEXT_NAME).write_bytes(tensor(0, "pairs", "losshealth", string_val=[b"third"], **words))
    (tmp_path / NAME).write_bytes(
        tensor(0, "pairs", "losshealth", string_val=[b"first"], **words)
        + tensor(1, "pairs", "losshealth", string_val=[b"second"], **words)
    )
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    assert logdir.runs["."].declarations == (b"first", b"second", b"third")
    with (tmp_path / NEXT_NAME).open("ab") as file:
        file.write(tensor(2, "pairs", "losshealth", string_val=[b"fourth"], **words))
    assert logdir.refresh() == changed(".")
    assert [*logdir.runs["."].declarations][3:] == [b"fourth"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    root, outside = tmp_path / "runs", tmp_path / "outside"
    write(root / "a", 0)
    write(root / "b", 0)
    write(outside / "deep", 0)
    (outside / "loop").symlink_to(outside)
    (outside / "back").symlink_to(root)
    (root / "latest").symlink_to(root / "a")
    (root / "archive").symlink_to(outside)
    (root / "here").symlink_to(root)
    (root / "up").symlink_to("..")
    (root / "a" / "b").symlink_to(root / "b")
    (root / "b" / "a").symlink_to(root / "a")
    (root / "nowhere").symlink_to(tmp_path / "missing")
    (root / "self").symlink_to(root / "self")
    (root / "linked_file").mkdir()
    (root / "linked_file" / NAME).symlink_to(root / "a" / NAME)
    (root / "linked_file" / NEXT_NAME).symlink_to(root / "missing")
    logdir = Logdir(str(root))
    logdir.refresh()
    assert sorted(logdir.runs) == ["a", "a/b", "archive/deep", "b", "b/a", "latest", "linked_file"]


def test_a_thicket_of_links_ends(tmp_path: Path) -> None:
    folders = [tmp_path / f"f{k}" for k in range(12)]
    for folder in folders:
        write(folder, 0)
    for folder in folders:
        for other in folders:
            (folder / f"to_{other.name}").symlink_to(other)
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    assert set(logdir.runs) >= {folder.name for folder in folders}
    assert len(logdir.runs) <= 12 + 12 * 12


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may read everything, so for a while we are somebody else."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_skipped_and_reported() -> None:
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        write(Path(root, "open"), 0)
        secret = Path(root, "secret")
        write(secret, 0)
        file = write(Path(root, "file"), 0)
        secret.chmod(0)
        file.chmod(0)
        logdir = Logdir(root)
        with unprivileged():
            for _ in range(2):
                logdir.refresh()
                assert list(logdir.runs["open"].tags) == ["loss"]
                reasons = {problem.path: problem.reason for problem in logdir.problems}
                assert reasons == dict.fromkeys([str(secret), str(file)], "cannot be read: Permission denied")
        secret.chmod(0o755)
        file.chmod(0o644)
        assert logdir.refresh() == changed("secret", "file")
        assert sorted(run for run in logdir.runs if "loss" in logdir.runs[run].tags) == ["file", "open", "secret"]
        assert logdir.problems == ()


def test_problems_are_reported_with_path_and_offset_until_they_are_gone(tmp_path: Path) -> None:
    path = write(tmp_path, 0)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"damage" + bytes(20) + scalar(1, 0.5, "loss"))
    logdir = Logdir(str(tmp_path))
    for _ in range(2):
        logdir.refresh()
        assert [(problem.path, problem.offset) for problem in logdir.problems] == [(str(path), size)]
    assert steps(logdir, ".") == [0, 1]
    path.unlink()
    logdir.refresh()
    assert logdir.problems == ()


def test_bodies_are_checked_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, *range(100))
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(bytes(data))
    counts = []
    for check_bodies in (False, True):
        logdir = Logdir(str(tmp_path), check_bodies=check_bodies)
        logdir.refresh()
        counts.append((len(steps(logdir, ".")), len(logdir.problems)))
    assert counts == [(100, 0), (99, 1)]


def test_progress_counts_files_and_bytes(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path / name, *range(100))
    size = (tmp_path / "a" / NAME).stat().st_size
    logdir = Logdir(str(tmp_path))
    seen: list[Progress] = []
    logdir.refresh(seen.append)
    assert seen[0] == Progress(0, 3, 0, 3 * size)
    assert seen[-1] == Progress(3, 3, 3 * size, 3 * size)
    assert seen == sorted(seen, key=lambda progress: (progress.files_done, progress.bytes_done))
    assert len({progress.files_done for progress in seen}) == 4
    seen.clear()
    write(tmp_path / "b", 100)
    logdir.refresh(seen.append)
    assert (seen[0].files, seen[0].bytes) == (1, (tmp_path / "b" / NAME).stat().st_size - size)
    seen.clear()
    logdir.refresh(seen.append)
    assert seen == [Progress(0, 0, 0, 0)]


def test_what_is_ready_is_shown_while_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tb_losshealth.logs.event_files.logdir._PUBLISH_SECONDS", 0.0)
    for name in "abc":
        write(tmp_path / name, 0)
    logdir = Logdir(str(tmp_path))
    shown: list[int] = []
    logdir.refresh(lambda progress: shown.append(len(logdir.runs)))
    assert sorted(set(shown)) == [0, 1, 2, 3]


def test_a_file_that_vanishes_under_way_does_no_harm(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, 0) for name in "abc"]
    logdir = Logdir(str(tmp_path))

    def remove_all(progress: Progress) -> None:
        if progress.files_done == 1:
            for path in paths:
                path.unlink(missing_ok=True)

    assert len(logdir.refresh(remove_all).changed) == 1
    assert len(logdir.refresh().removed) == 1
    assert (dict(logdir.runs), logdir.problems) == ({}, ())


def test_spec_names_several_folders(tmp_path: Path) -> None:
    for folder, name in (("x", "."), ("x", "sub"), ("y", "run")):
        write(tmp_path / folder / name, 0)
    logdir = Logdir("", spec={"first": str(tmp_path / "x"), "second": str(tmp_path / "y")})
    assert logdir.refresh() == changed("first", "first/sub", "second/run")
    logdir = Logdir("", spec={"same": str(tmp_path / "x"), "same/sub": str(tmp_path / "y" / "run")})
    assert logdir.refresh() == changed("same", "same/sub")
    assert logdir.runs["same/sub"].tags["loss"].count == 2


def test_a_lying_length_takes_no_memory(tmp_path: Path) -> None:
    path = write(tmp_path, 0)
    with path.open("ab") as file:
        file.write(header(2**62))
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    assert steps(logdir, ".") == [0]
    assert len(logdir.problems) == 1


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    for index in range(20):
        write(tmp_path / str(index), 0)
    logdir = Logdir(str(tmp_path))
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    logdir.refresh()
    after = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    assert after == before


def test_points_take_27_bytes_at_most_while_they_grow(tmp_path: Path) -> None:
    write(tmp_path, *range(1000))
    logdir = Logdir(str(tmp_path))
    logdir.refresh()
    for step in range(1000, 1100):
        write(tmp_path, step)
        logdir.refresh()
    steps_column = logdir.runs["."].tags["loss"].series.steps
    base = steps_column.base
    while isinstance(base, np.ndarray) and isinstance(base.base, np.ndarray):
        base = base.base
    assert isinstance(base, np.ndarray)
    assert base.nbytes <= 27 * 1100


@pytest.mark.parametrize(
    ("kept", "reason"), [(0, "is empty"), (1, "ends within a record"), (-3, "ends within a record")]
)
def test_a_file_cut_off_long_ago_is_said_and_one_being_written_is_not(tmp_path: Path, kept: int, reason: str) -> None:
    whole = write(tmp_path / "exp", *range(5))
    whole.write_bytes(whole.read_bytes()[:kept])
    log = Logdir(str(tmp_path))
    log.refresh()
    assert list(log.problems) == []
    os.utime(whole, (time.time() - 3600,) * 2)
    log.refresh()
    (problem,) = log.problems
    assert problem.path == str(whole)
    assert problem.reason.startswith(reason)
