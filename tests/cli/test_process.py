"""The command as a process: exit codes, Ctrl-C, pipes, full disks, terminals."""

from __future__ import annotations

import os
import pty
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "tb_losshealth"]
TRACEBACK = "Traceback"


@pytest.fixture(autouse=True, scope="module")
def ctrl_c() -> Iterator[None]:
    """Children get Ctrl-C, also where the tests are a shell's background job, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
    settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen([*COMMAND, *map(str, arguments)], **settings)


def grow(path: Path, size: int) -> None:
    """A CSV log of about `size` bytes."""
    with path.open("w") as file:
        file.write("step,train_loss,val_loss\n")
        for step in range(size // 30):
            file.write(f"{step},{1 / (step + 1):.6f},{1 / (step + 1) + 0.1:.6f}\n")


def test_exit_codes(runs: Path) -> None:
    for arguments, code in (
        (["report", runs], 0),
        (["check", runs], 1),
        (["report", "nowhere"], 2),
        (["--version"], 0),
    ):
        process = start(*arguments)
        _, err = process.communicate(timeout=60)
        assert process.returncode == code
        assert TRACEBACK not in err


def start_long_export(folder: Path, jobs: int) -> subprocess.Popen[str]:
    """An export to `out/x.csv` that has begun to write and has seconds to go."""
    (folder / "log").mkdir()
    for name in ("a", "b", "c", "d", "e", "f"):
        grow(folder / "log" / f"{name}.csv", 15_000_000)
    (folder / "out").mkdir()
    process = start("export", folder / "log", "-j", jobs, "-o", folder / "out" / "x.csv", start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((folder / "out").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list((folder / "out").iterdir())  # the file that will be renamed
    return process


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_while_reading_ends_at_once_and_leaves_no_file(tmp_path: Path, jobs: int) -> None:
    process = start_long_export(tmp_path, jobs)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == "tb-losshealth: interrupted\n"
    assert list((tmp_path / "out").iterdir()) == []
    deadline = time.monotonic() + 10
    while is_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(process.pid)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_sigterm_leaves_no_file(tmp_path: Path, jobs: int) -> None:
    process = start_long_export(tmp_path, jobs)
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (143, "")
    assert list((tmp_path / "out").iterdir()) == []


def is_alive(group: int) -> bool:
    """Whether a process group has any process left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    grow(tmp_path / "log.csv", 3_000_000)
    process = start("export", tmp_path / "log.csv")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    grow(tmp_path / "log.csv", 3_000_000)
    target = tmp_path / "out" / "x.csv"
    target.parent.mkdir()
    target.write_text("before")

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    process = start("export", tmp_path / "log.csv", "-o", target, preexec_fn=small_disk)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err == f"tb-losshealth: cannot write {str(target)!r}: File too large\n"
    assert [(path.name, path.read_text()) for path in target.parent.iterdir()] == [("x.csv", "before")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [["report", "--csv"], ["export"], ["report"]])
def test_a_full_standard_output_is_said(runs: Path, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        process = start(*arguments, runs, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err == "tb-losshealth: cannot write the result: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["report"], 0), (["report", "--json"], 0), (["export"], 0), (["check"], 1), (["check", "--junit", "-"], 1)],
)
def test_a_closed_standard_output_is_no_error(runs: Path, arguments: list[str], code: int) -> None:
    process = start(*arguments, runs, stdout=None, preexec_fn=lambda: os.close(1))
    _, err = process.communicate(timeout=60)
    assert (process.returncode, TRACEBACK in err) == (code, False)


def test_a_closed_standard_error_is_no_error(runs: Path) -> None:
    process = start("report", runs, stderr=None, preexec_fn=lambda: os.close(2))
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, "2 pairs in 3 runs" in out) == (0, True)


def on_terminal(arguments: list[str], until: str = "", env: dict[str, str] | None = None) -> tuple[int, str]:
    """Runs the command on a terminal of 120 columns; Ctrl-C once `until` has appeared."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({"COLUMNS": "120", "LINES": "40", "TERM": "xterm-256color", **(env or {})})
        os.execv(sys.executable, [*COMMAND, *arguments])
    seen = ""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536).decode()
            except OSError:
                break
        if until and until in seen:
            os.write(terminal, b"\x03")
            until = ""
    else:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen


def test_a_terminal_gets_colours_and_curves(runs: Path) -> None:
    code, seen = on_terminal(["report", str(runs)])
    assert code == 0
    assert "\x1b[" in seen
    assert "\u25b2 overfitting" in seen
    assert any(block in seen for block in "\u2581\u2584\u2588")


def test_a_terminal_without_unicode_and_colour_is_served(runs: Path) -> None:
    code, seen = on_terminal(["report", str(runs)], env={"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"})
    assert code == 0
    assert seen.isascii()
    assert "\x1b[31" not in seen
    assert "overfitting" in seen


def test_watch_shows_what_is_appended_until_ctrl_c(logdir: Path, write_run, overfitting) -> None:
    write_run("exp", {tag: points[:15] for tag, points in overfitting.items()})
    process = start("report", logdir, "--watch", "--interval", "0.2", env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    assert process.stdout.readline().startswith("verdict")
    assert "exp" in process.stdout.readline()
    write_run("exp", {tag: points[15:] for tag, points in overfitting.items()})
    assert "overfitting" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "tb-losshealth: interrupted\n")


def test_watch_on_a_terminal_redraws_the_table(runs: Path) -> None:
    code, seen = on_terminal(["report", str(runs), "--watch", "--interval", "0.2"], until="Ctrl-C ends")
    assert code == 130
    assert "overfitting" in seen
    assert TRACEBACK not in seen
