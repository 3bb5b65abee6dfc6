"""The demo, as a newcomer runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tb_losshealth import scan

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def test_the_five_trainings_meet_the_fates_they_are_named_after(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "demo" / "train.py"), str(tmp_path / "runs")], check=True, timeout=120)
    verdicts = {report.pair.run: report.diagnosis.verdict.value for report in scan(tmp_path / "runs")}
    assert verdicts == {
        "converged": "converged",
        "overfitting": "overfitting",
        "underfitting": "underfitting",
        "diverging": "diverging",
        "still_improving": "improving",
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sample = re.search(r"^```text\nverdict .*\n((?:.+\n)*?)```", readme, re.MULTILINE)
    assert sample
    assert {run: verdict for verdict, run, *_ in map(str.split, sample[1].splitlines())} == verdicts


@pytest.mark.xdist_group("packaging")
def test_demo_run_sets_itself_up_and_serves(fresh_clone: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        ["bash", str(fresh_clone / "demo" / "run")],
        cwd="/",
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        overview = wait_for_overview(port, process, deadline=time.monotonic() + 900)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        reader.join(timeout=30)
    output = "".join(lines)
    assert {row["run"] for row in overview["pairs"]} >= {"overfitting", "converged"}, output
    assert re.search(r"^overfitting +overfitting +loss", output, re.MULTILINE), output
    assert f"http://localhost:{port}/#losshealth" in output


def wait_for_overview(port: int, process: subprocess.Popen[str], deadline: float) -> dict[str, list[dict[str, str]]]:
    url = f"http://localhost:{port}/data/plugin/losshealth/overview"
    while time.monotonic() < deadline:
        assert process.poll() is None, "demo/run ended"
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                answer = json.load(response)
            if answer["state"] == "ready":
                return answer  # type: ignore[no-any-return]
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError("demo/run did not serve in time")
