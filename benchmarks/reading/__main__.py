"""Print the tables of benchmarks/read_events.py."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.reading import refreshing
from benchmarks.reading.generate import write_logdir
from benchmarks.reading.readers import READERS, Reading, ours

ROOT = Path(__file__).resolve().parents[2]
TRAIN, VAL = 10_000, 200
"""Points per run of the two tags."""
FULL = 1000
"""Runs with --full."""
FULL_READERS = [name for name in READERS if name.startswith(("tb_losshealth", "RustBoard"))]
"""Readers with --full: the others would take hours."""
LENGTHS = [1_000, 10_000, 100_000, 1_000_000, 3_000_000]
"""Train points of the files that show whether the time grows linearly."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=20, help=f"runs of {TRAIN:,} train and {VAL} validation points (%(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="measurements of each reader; the best counts (%(default)s)"
    )
    parser.add_argument("--full", action="store_true", help=f"also {FULL:,} runs, read by the fast readers only")
    parser.add_argument("--folder", type=Path, help="where to write the logdirs (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        compare(Path(folder, "runs"), arguments.runs, list(READERS), arguments.rounds)
        if arguments.full:
            compare(Path(folder, "many"), FULL, FULL_READERS, arguments.rounds)
            refresh(Path(folder, "many"), FULL)
        else:
            refresh(Path(folder, "runs"), arguments.runs)
        linearity(Path(folder, "lengths"), arguments.rounds)


def compare(logdir: Path, runs: int, readers: list[str], rounds: int) -> None:
    events = write_logdir(logdir, runs, TRAIN, VAL)
    size = sum(path.stat().st_size for path in logdir.rglob("*tfevents*"))
    show(f"\n{events:,} events in {runs:,} runs, {size / 1e6:.0f} MB; {os.cpu_count()} cores; best of {rounds}")
    show(f"{'':34}{'seconds':>9}{'events/s':>13}{'relative':>12}{'bytes/point':>15}")
    base = 0.0
    for name in readers:
        reading = best(name, logdir, rounds)
        if reading is None:
            continue
        base = base or reading.seconds
        assert reading.scalars in (events, 0), f"{name} read {reading.scalars} of {events}"
        memory = reading.memory / events
        rate = events / reading.seconds
        show(f"{name:34}{reading.seconds:9.2f}{rate:13,.0f}{reading.seconds / base:12.1f}{memory:15.1f}")


def best(name: str, logdir: Path, rounds: int) -> Reading | None:
    """The fastest of several readings, each in a new process; None if the reader does not run here."""
    if name == "tbparse" and not importlib.util.find_spec("tbparse"):
        show(f"{name:34} is not installed: left out")
        return None
    readings = []
    for _ in range(rounds if "EventAccumulator" != name != "tbparse" else 1):
        command = [sys.executable, "-m", "benchmarks.reading.readers", name, str(logdir)]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if process.returncode:
            show(f"{name:34} does not run here: {process.stderr.strip().splitlines()[-1]}")
            return None
        readings.append(Reading(*json.loads(process.stdout.splitlines()[-1])))
    return min(readings)


def refresh(logdir: Path, runs: int) -> None:
    show(f"\nrefresh of {runs:,} runs that were read before; median of {refreshing.AGAIN}")
    show(f"{'nothing new':56}{refreshing.idle(logdir):9.1f} ms")
    show(f"{'one event appended, until its series has it':56}{refreshing.append(logdir, TRAIN - 1):9.1f} ms")
    judged = refreshing.append_and_judge(logdir, TRAIN - 1 + refreshing.AGAIN)
    show(f"{'one event appended, until its pair is judged again':56}{judged:9.1f} ms")


def linearity(root: Path, rounds: int) -> None:
    show("\none file, longer each time")
    show(f"{'events':>12}{'seconds':>10}{'ns/event':>13}{'ns/byte':>11}")
    for length in LENGTHS:
        events = write_logdir(root, 1, length, length // 50)
        size = sum(path.stat().st_size for path in root.rglob("*tfevents*"))
        seconds = min(ours(str(root)).seconds for _ in range(rounds + 1))
        show(f"{events:12,}{seconds:10.4f}{1e9 * seconds / events:13.0f}{1e9 * seconds / size:11.2f}")
        shutil.rmtree(root)


def show(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    show(f"\n{time.perf_counter() - start:.0f} s in total")
