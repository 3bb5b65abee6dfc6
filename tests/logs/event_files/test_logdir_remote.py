"""Logdirs behind fsspec drivers."""

import importlib.util
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from tb_losshealth.logs.event_files.logdir import Logdir
from tb_losshealth.logs.run import Changes
from tests.logs.event_files.conftest import scalar, version

NAME = "events.out.tfevents.1700000000.host.1.0"


@pytest.fixture
def url() -> Iterator[str]:
    """A folder in fsspec's memory, whose objects are written as a whole, like those of a bucket."""
    root = f"memory://{uuid.uuid4().hex}/runs"
    yield root
    memory = fsspec.filesystem("memory")
    if memory.exists(root):
        memory.rm(root, recursive=True)


def put(url: str, *steps: int, value: float = 0.5) -> None:
    with fsspec.open(url, "wb") as file:
        file.write(version() + b"".join(scalar(step, value) for step in steps))


def steps(logdir: Logdir, run: str) -> list[int]:
    return list(logdir.runs[run].tags["loss/train"].series.steps)


def test_objects_are_found_read_and_followed(url: str) -> None:
    put(f"{url}/{NAME}", 0)
    put(f"{url}/a/b c/{NAME}", *range(50))
    put(f"{url}/a/checkpoint.pt", 1)
    logdir = Logdir(url)
    assert logdir.refresh() == Changes(frozenset({".", "a/b c"}))
    assert steps(logdir, ".") == [0]
    assert steps(logdir, "a/b c") == list(range(50))
    assert logdir.refresh() == Changes()
    put(f"{url}/{NAME}", 0, 1)
    put(f"{url}/c/{NAME}", 7)
    assert logdir.refresh() == Changes(frozenset({".", "c"}))
    assert steps(logdir, ".") == [0, 1]
    assert logdir.problems == ()


def test_an_object_written_anew_is_read_anew(url: str) -> None:
    put(f"{url}/{NAME}", 0, 1)
    logdir = Logdir(url)
    logdir.refresh()
    for written in ((0, 1), (4, 5, 6), (0,)):
        put(f"{url}/{NAME}", *written, value=0.25)
        assert logdir.refresh() == Changes(frozenset({"."}))
        assert steps(logdir, ".") == list(written)
        assert set(logdir.runs["."].tags["loss/train"].series.values) == {0.25}


def test_objects_that_are_gone_are_forgotten(url: str) -> None:
    logdir = Logdir(url)
    assert logdir.refresh() == Changes()
    assert [(problem.path, problem.reason) for problem in logdir.problems] == [(url, "there is no such folder")]
    put(f"{url}/a/{NAME}", 0)
    logdir.refresh()
    assert (list(logdir.runs), logdir.problems) == (["a"], ())
    fsspec.filesystem("memory").rm(url, recursive=True)
    assert logdir.refresh() == Changes(removed=frozenset({"a"}))


def test_a_url_of_local_files(tmp_path: Path) -> None:
    for scheme in ("file://", "local://"):
        root = tmp_path / scheme[:4]
        root.mkdir()
        with (root / NAME).open("wb") as file:
            logdir = Logdir(f"{scheme}{root}")
            for step in range(5):
                file.write(scalar(step, 0.5))
                file.flush()
                assert logdir.refresh() == Changes(frozenset({"."}))
                assert steps(logdir, ".") == list(range(step + 1))
        assert logdir.problems == ()


DRIVERS = {"s3": "s3fs", "gs": "gcsfs", "abfs": "adlfs", "dropbox": "dropboxdrivefs"}


@pytest.mark.parametrize(("protocol", "package"), DRIVERS.items())
def test_a_missing_driver_is_named(protocol: str, package: str) -> None:
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    logdir = Logdir(f"{protocol}://bucket/runs")
    for _ in range(2):
        assert logdir.refresh() == Changes()
        (problem,) = logdir.problems
        assert (problem.path, problem.offset) == (f"{protocol}://bucket/runs", None)
        assert package in problem.reason


def test_an_unknown_protocol_is_reported() -> None:
    logdir = Logdir("nonsense://bucket/runs")
    assert logdir.refresh() == Changes()
    (problem,) = logdir.problems
    assert "nonsense" in problem.reason
