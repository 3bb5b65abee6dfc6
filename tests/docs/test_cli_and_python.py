"""Every command and program that docs/cli.md and docs/python.md print, run as printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """Commands in the last column of the tables of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [cell.replace("\\|", "|") for cell in re.findall(r"\| `(tb-losshealth .*)` \|$", text, re.MULTILINE)]


COMMANDS = commands("cli.md")
ACTIONS = re.findall(r"- run: (tb-losshealth .*)", "".join(blocks("cli.md", "yaml")))


@pytest.fixture
def folder(tmp_path: Path, logdir: Path, write_run, overfitting, converged) -> Path:
    """A folder with the logdirs that the pages name."""
    write_run("digits_overfitting", overfitting)
    write_run("digits_healthy", converged)
    rows = "".join(f"{epoch},{1 / epoch},{1 / epoch + 0.1}\n" for epoch in range(1, 30))
    (tmp_path / "more_runs").mkdir()
    (tmp_path / "more_runs" / "metrics.csv").write_text("epoch,train_loss,val_loss\n" + rows)
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line of a shell in which `tb-losshealth` is this package's."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    script = bin_folder / "tb-losshealth"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tb_losshealth "$@"\n')
    script.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command: str, folder: Path) -> None:
    done = run(command, folder)
    assert (done.returncode, done.stderr) == (0, "")
    output = re.search(r"(?:-o|--junit) (\S+)", command)
    assert (folder / output[1]).stat().st_size if output else done.stdout


def test_no_command_of_the_page_is_left_out() -> None:
    assert len(COMMANDS) == 23
    assert not blocks("cli.md", "sh")


@pytest.mark.parametrize("sample", blocks("cli.md", "text"))
def test_a_sample_begins_as_the_output_does(sample: str, folder: Path) -> None:
    command, shown, *_ = sample.splitlines()
    printed = run(command.removeprefix("$ "), folder).stdout.splitlines()[0]
    # The sample comes from the trainings of demo/run, which have other runs.
    if shown.startswith("FAILED"):
        assert shown.split()[0] == printed.split()[0]
    else:
        assert re.split(r" {2,}", shown) == re.split(r" {2,}", printed)


def test_the_steps_of_the_build_fail_it_for_an_overfitting_run(folder: Path) -> None:
    report, check = ACTIONS
    assert run(report, folder).returncode == 0
    assert "digits_overfitting" in (folder / "summary.md").read_text(encoding="utf-8")
    done = run(check, folder)
    assert (done.returncode, "FAILED digits_overfitting" in done.stdout) == (1, True)
    assert (folder / "loss-health.xml").exists()


@pytest.mark.parametrize("program", blocks("python.md", "python"))
def test_programs(program: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or (folder / "overfitting.pdf").exists()
    if "diagnose(" in program:
        assert done.stdout == blocks("python.md", "text")[0]


@pytest.mark.slow
def test_the_notebook_shows_table_and_figure(folder: Path) -> None:
    notebook = nbformat.read(shutil.copy(ROOT / "docs/notebooks/loss_health.ipynb", folder), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    shown = {cell.id: [output.get("data", {}) for output in cell.get("outputs", ())] for cell in notebook.cells}
    assert "digits_overfitting" in shown["scan"][0]["text/html"]
    assert "overfitting" in shown["report"][0]["text/html"]
    assert any("image/png" in data for data in shown["plot"])
    assert "digits_healthy" in shown["frame"][0]["text/html"]
