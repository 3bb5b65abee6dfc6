"""What the README prints, run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tb_losshealth.health.labels import Verdict

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


# tests/cli runs these.
REPORTING = ("tb-losshealth report runs", "tb-losshealth check runs --fail-on overfitting,diverging")

# Rows of the README's table, and of the benchmark's.
FIGURES = {
    "runs": "histories",
    "**macro-F1**": "macro-F1",
    "coverage of the onset's 95 % interval": "coverage of the 95 % interval",
    "overfitting runs with a live alarm": "overfitting runs with a live alarm",
    "median delay of that alarm, share of the run": "delay of the live alarm, median, % of the run",
    "runs with a false live alarm": "runs with a false live alarm",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_programs_run_as_printed(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    programs = blocks("python")
    assert len(programs) == 2
    for program in programs:  # in order: the second reads what the first logged
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout == blocks("text")[1]


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


def test_the_sample_report_names_the_demo_trainings() -> None:
    rows = [line.split() for line in blocks("text")[0].splitlines()[1:]]
    demo = (ROOT / "demo" / "train.py").read_text(encoding="utf-8")
    assert {run for _, run, *_ in rows} == set(re.findall(r'^    Recipe\("(\w+)"', demo, re.MULTILINE))
    assert {verdict for verdict, *_ in rows} <= {verdict.value for verdict in Verdict}


def test_its_figures_are_those_that_the_benchmark_printed() -> None:
    benchmark = rows((ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8").partition("### tb_losshealth")[2])
    for name, source in FIGURES.items():
        synthetic, _, real = benchmark[source][:3]
        assert rows(README)[name][:2] == [rounded(synthetic, name), rounded(real, name)]


def rows(text: str) -> dict[str, list[str]]:
    """First lines of Markdown tables by their first cell."""
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^\|(.*)\|$", text, re.MULTILINE):
        name, *cells = (cell.strip() for cell in line.split("|"))
        found.setdefault(name, cells)
    return found


def rounded(cell: str, name: str) -> str:
    if name == "runs":
        return f"{int(cell):,}"
    return f"**{float(cell):.2f}**" if name == "**macro-F1**" else f"{cell.removesuffix(' %')} %"


def test_the_first_screen_says_what_it_is_and_how_to_see_it() -> None:
    first_screen = "\n".join(README.splitlines()[:27])
    for expected in ("docs/images/loss_health.png", "demo/run", "tests/run", "from tb_losshealth import SummaryWriter"):
        assert expected in first_screen
