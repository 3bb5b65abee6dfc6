"""A scan to show."""

from __future__ import annotations

import pytest

from tb_losshealth import ScanResult, scan


@pytest.fixture
def result(logdir, write_run, overfitting, converged) -> ScanResult:
    """An overfitting run with a hostile name, one that converged, one without validation."""
    write_run("<script>alert(1)<|script>$x_1$ & \x1b", overfitting)
    write_run("good", converged)
    write_run("alone", {"train_loss": converged["loss/train"]})
    return scan(logdir)
