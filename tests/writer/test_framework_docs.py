"""The program on each framework's page, run as printed."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tb_losshealth import Verdict, scan

PAGES = Path(__file__).resolve().parents[2] / "docs" / "frameworks"
NEEDS = {
    "pytorch": ["torch"],
    "lightning": ["lightning"],
    "transformers": ["transformers", "accelerate"],
    "keras": ["keras"],
    "ignite": ["ignite"],
}


def test_every_page_is_run() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted(NEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("framework", NEEDS)
def test_the_program_runs_as_printed(tmp_path: Path, framework: str) -> None:
    missing = [name for name in [*NEEDS[framework], "sklearn"] if find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
    (program,) = re.findall(r"^```python\n(.*?)^```", (PAGES / f"{framework}.md").read_text(), re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    last_line = done.stdout.splitlines()[-1]
    said = re.fullmatch(r"overfitting: stopped \D*(\d+), \w+ \D*(\d+)", last_line)
    assert said is not None, last_line
    stopped, best = map(int, said.groups())
    assert 0 < best < stopped
    reports = [report for report in scan(tmp_path / "runs") if report.pair.is_loss]
    assert [report.diagnosis.verdict for report in reports] == [Verdict.OVERFITTING]
    assert reports[0].diagnosis.best_step == pytest.approx(best, abs=1)
