from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth import diagnose


@pytest.mark.parametrize(("train", "verdict"), [(0.98, "converged"), (0.63, "underfitting")])
def test_little_was_learned_only_if_train_is_bad_as_well(train: float, verdict: str) -> None:
    wobble = 0.002 * (-1.0) ** np.arange(20)
    assert diagnose(np.full(20, train), 0.6 + wobble, mode="max").verdict == verdict
    assert diagnose(np.full(20, 1 - train), 0.4 + wobble).verdict == verdict


def test_slow_progress_beside_a_train_that_fits_is_progress() -> None:
    x = np.arange(30)
    val = 0.4 - 0.0001 * x
    assert diagnose(np.full(30, 0.02), val).verdict == "improving"
    assert diagnose(np.full(30, 0.39), val).verdict == "underfitting"


def test_little_is_measured_on_each_curve_by_its_own_start() -> None:
    x = np.arange(40)
    train = 20 - 2.5 * (1 - np.exp(-x / 4))
    assert diagnose(train, 10 + 0.01 * (-1.0) ** x).verdict == "underfitting"
    assert diagnose(2 * train - 20, 10 + 0.01 * (-1.0) ** x).verdict != "underfitting"
