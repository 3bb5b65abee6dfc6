from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.evidence import gather_evidence
from tb_losshealth.health.detector.onset import TurningPoint, estimate_onset
from tb_losshealth.health.detector.unimodal_fit import falling_errors, squared_errors

isotonic_regression = pytest.importorskip("sklearn.isotonic").isotonic_regression


@given(st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=40))
def test_squared_errors_are_those_of_two_isotonic_fits(values: list[float]) -> None:
    v = np.array(values)
    for k, error in enumerate(squared_errors(v).tolist()):
        falling = isotonic_regression(v[: k + 1], increasing=False) - v[: k + 1]
        rising = isotonic_regression(v[k + 1 :]) - v[k + 1 :] if k + 1 < len(v) else np.zeros(1)
        assert error == pytest.approx(falling @ falling + rising @ rising, abs=1e-9)


def test_a_falling_curve_has_no_error() -> None:
    assert falling_errors(np.arange(9.0)[::-1]).tolist() == [0.0] * 9


def located(v: Floats) -> TurningPoint:
    e = gather_evidence(v, np.zeros(len(v)))
    return estimate_onset(v, float(e.window[-1]), float(e.noise[-1]))


def test_the_turn_of_a_clean_curve_is_its_lowest_point() -> None:
    v = np.abs(np.arange(50.0) - 17)
    assert located(v).index == 17


def test_the_interval_covers_the_turn_and_grows_with_the_noise() -> None:
    rng = np.random.default_rng(0)
    clean = np.exp(-np.arange(100) / 8) + 0.01 * np.maximum(np.arange(100) - 40, 0)
    covered, widths = [], []
    for noise in (0.002, 0.03):
        found = [located(clean + noise * rng.standard_normal(100)) for _ in range(60)]
        covered += [turning.low <= 40 <= turning.high for turning in found]
        widths.append(float(np.mean([turning.high - turning.low for turning in found])))
        assert all(turning.low <= turning.index <= turning.high for turning in found)
    assert np.mean(covered) > 0.85
    assert widths[0] < widths[1]
