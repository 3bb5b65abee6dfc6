from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.noise import (
    noise_from_second_differences,
    noise_from_third_differences,
    running_sigma,
)


def test_sigma_is_the_standard_deviation_of_normal_noise() -> None:
    noise = 3.0 * np.random.default_rng(0).standard_normal(20_000)
    assert running_sigma(noise)[-1] == pytest.approx(3.0, rel=0.02)


def test_outliers_hardly_move_sigma() -> None:
    noise = np.random.default_rng(0).standard_normal(2000)
    noise[::50] = 100.0
    assert running_sigma(noise)[-1] < 2.0 < float(np.std(noise)) / 5


def test_the_earliest_differences_may_be_left_out() -> None:
    differences = np.r_[1e6, np.random.default_rng(0).standard_normal(400)]
    late = running_sigma(differences, 1 / 3)
    assert late[-1] == pytest.approx(1.0, rel=0.15)
    assert running_sigma(differences)[-1] > 2 * late[-1]
    assert np.array_equal(running_sigma(differences[:50], 1 / 3), late[:50])


@pytest.mark.parametrize("width", [1, 4])
def test_both_estimators_of_noise_ignore_a_straight_trend(width: int) -> None:
    values = 3.0 * np.random.default_rng(0).standard_normal(20_000) - 0.5 * np.arange(20_000)
    means = np.convolve(values, np.full(width, 1 / width), "valid")
    expected = 3.0 / np.sqrt(width)
    assert noise_from_second_differences(means, width) == pytest.approx(expected, rel=0.05)
    assert noise_from_third_differences(means, width, len(means) - 1)[-1] == pytest.approx(expected, rel=0.05)


def test_third_differences_ignore_the_bend_of_a_descent() -> None:
    bend: Floats = np.arange(-40.0, 0.0) ** 2
    assert noise_from_third_differences(bend, 1, 39)[-1] == 0
    assert noise_from_second_differences(bend, 1) > 0.5
