"""A log with something of everything, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tb_losshealth.cli.main import main

Ran = tuple[int, str, str]
Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """`run("report", logdir)`: exit code, standard output, standard error."""

    def command(*arguments: object) -> Ran:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse's own way to end
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return command


@pytest.fixture
def runs(logdir: Path, write_run, overfitting, converged) -> Path:
    """One overfitting run, one that converged, and a loss without validation."""
    write_run("bad", overfitting)
    write_run("good", converged)
    write_run("alone", {"train_loss": converged["loss/train"]})
    return logdir
