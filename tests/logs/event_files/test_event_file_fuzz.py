"""A small run of the fuzzer; `benchmarks/fuzz_event_file.py` has a long one."""

import subprocess
import sys
from pathlib import Path

FUZZER = Path(__file__).resolve().parents[3] / "benchmarks" / "fuzz_event_file.py"


def test_damaged_files_are_survived() -> None:
    command = [sys.executable, str(FUZZER), "--files", "1500", "--seed", "7"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-5000:]
    assert process.stdout.startswith("1500 damaged files read")
