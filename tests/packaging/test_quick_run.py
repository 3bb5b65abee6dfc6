"""The quick checks in a fresh clone: a light environment, and tests that skip what it lacks."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.xdist_group("packaging")
def test_the_quick_run_needs_no_training_framework(fresh_clone: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        ["tests/run", "--quick", "tests/test_package.py", "tests/present"],
        cwd=fresh_clone,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert "all checks passed" in done.stdout
    for absent in ("matplotlib", "pandas"):
        assert f"{absent} is not installed" in done.stdout
