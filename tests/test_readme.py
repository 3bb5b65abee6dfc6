"""What the README prints, run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


# tests/cli runs these.
REPORTING = ("tb-losshealth report runs", "tb-losshealth check runs --fail-on overfitting,diverging")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_programs_run_as_printed(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    programs = blocks("python")
    assert len(programs) == 2
    for program in programs:  # in order: the second reads what the first logged
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "overfitting 3"
    assert "exp1 loss inconclusive" in done.stdout


def test_the_commands_are_those_that_other_tests_run() -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line]
    assert commands == ["demo/run", "tests/run", "pip install .", "tensorboard --logdir runs", *REPORTING]
    for script in commands[:2]:
        assert os.access(ROOT / script, os.X_OK)


def test_every_file_that_is_linked_exists() -> None:
    for path in ("README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))):
        text = (ROOT / path).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            assert ((ROOT / path).parent / target).exists(), f"{path} links {target}"


def test_the_first_screen_says_what_it_is_and_how_to_see_it() -> None:
    first_screen = "\n".join(README.splitlines()[:30])
    for expected in ("docs/images/loss_health.png", "demo/run", "tests/run", "from tb_losshealth import SummaryWriter"):
        assert expected in first_screen
