"""Where the onset lies beside its alarm, and what stays of it."""

from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.diagnosis import diagnose


@pytest.mark.parametrize("n", [512, 513, 1100, 3000, 20_000])
def test_a_revoked_onset_keeps_its_confidence_and_place_however_long_the_run_goes_on(n: int) -> None:
    rise = np.r_[np.linspace(1, 0.5, 8), np.linspace(0.5, 0.9, 8), np.linspace(0.85, 0.3, 16)]
    onset = diagnose(np.linspace(1, 0, n), np.r_[rise, 0.3 - 0.1 * np.linspace(0, 1, n - 32)]).onset
    assert onset is not None
    assert onset.confirmed_step == 11
    assert onset.confidence > 0.9
    assert onset.low <= 7 <= onset.high
    assert onset.low <= onset.step <= onset.confirmed_step


def test_an_onset_comes_before_its_alarm() -> None:
    val = [1, 0.75, 1.04, 1.01, 0.98, 0.95, 0.91, 0.88, 0.85, 0.82, 0.79, 1.02]
    onset = diagnose(np.linspace(1, 0, 12).round(2), val).onset
    assert onset is not None
    assert onset.confirmed_step == 4
    assert onset.step <= onset.confirmed_step
