"""Real event files, where there is a folder of them, read as TensorBoard reads them."""

import logging
import os
import time
from pathlib import Path

import pytest

from tb_losshealth.logs.event_files.logdir import Logdir
from tests.logs.event_files.conftest import accumulator_rows, read, reference_rows, rows, same, whole_records

ROOT = Path(__file__).resolve().parents[3]
CORPUS = Path(os.environ.get("LOSSHEALTH_CORPUS", ROOT.parent / "shared" / "corpus"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no real event files: LOSSHEALTH_CORPUS names no folder"),
]


def event_files() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*tfevents*") if path.is_file())


def test_every_file_reads_as_the_references_read_it() -> None:
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    for path in event_files():
        data = path.read_bytes()
        found = rows(read(data))
        assert same(found, reference_rows(data)), path
        assert same(found, rows(read(data, check_bodies=True))), path
        assert same(found, accumulator_rows(path)), path


def ends_with_a_record(data: bytes) -> bool:
    return sum(16 + len(body) for body in whole_records(data)) == len(data)


def test_every_file_reads_the_same_in_pieces() -> None:
    for path in event_files():
        data = path.read_bytes()
        assert same(rows(read(data, window=1 << 12)), reference_rows(data)), path


def test_a_logdir_of_all_files_has_no_problems_but_cut_ends() -> None:
    logdir = Logdir(str(CORPUS))
    logdir.refresh()
    cut = {path for path in event_files() if not ends_with_a_record(path.read_bytes())}
    long_ago = {path for path in cut if time.time() - path.stat().st_mtime > 300}  # others may be being written
    assert {str(path) for path in long_ago} <= {problem.path for problem in logdir.problems} <= set(map(str, cut))
    assert all(problem.reason.startswith("ends within a record") for problem in logdir.problems)
    count = sum(tag.count for run in logdir.runs.values() for tag in run.tags.values())
    expected = sum(len(tag_rows) for path in event_files() for tag_rows in reference_rows(path.read_bytes()).values())
    assert count == expected
    for run in logdir.runs.values():
        for tag in run.tags.values():
            for training in tag.trainings:
                steps = training.series.steps
                assert len(steps) > 0
                assert (steps[1:] > steps[:-1]).all()
