"""Curves as they travel to the page."""

from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.curves.series import Floats, Series
from tb_losshealth.health.curves.trainings import Training
from tb_losshealth.present.curves import View, curve, gap, short
from tb_losshealth.reports import Aligned, align


def series(values: Floats) -> Series:
    steps = np.arange(len(values))
    return Series(steps, values, 1.7e9 + steps.astype(np.float64) + 0.123456789)


def test_values_logged_in_single_precision_travel_with_its_digits() -> None:
    logged = np.array([0.1, np.nan, np.inf, -3e38], dtype=np.float32).astype(np.float64)
    sent = short(logged)
    assert sent.dtype == np.float32
    np.testing.assert_array_equal(sent.astype(np.float64), logged)


@pytest.mark.parametrize("value", [0.1, 1e300])
def test_values_of_double_precision_keep_all_their_digits(value: float) -> None:
    logged = np.array([value, 0.5])
    np.testing.assert_array_equal(short(logged), logged)


def test_wall_times_travel_to_the_millisecond() -> None:
    assert curve(series(np.ones(2)), View(100))["wall_times"].tolist() == [1_700_000_000.123, 1_700_000_001.123]


def test_the_gap_lies_at_evaluations_and_keeps_its_own_extremes() -> None:
    val = series(np.linspace(1, 2, 1000))
    train = series(np.linspace(1, 2, 1000))
    train.values[501] = -9.0
    cut = gap(val, align(Training(train, val, (), ()), "min"), View(100, 200, 800))
    assert 501 in cut["steps"]
    assert (cut["steps"].min(), cut["steps"].max()) == (199, 801)
    np.testing.assert_allclose(cut["gap"], cut["val"] - cut["train"])


def test_a_train_value_beyond_single_precision_is_not_lost_beside_short_validation_values() -> None:
    val = series(np.array([0.5, 0.25]))
    cut = gap(val, Aligned(np.array([1e300, 0.5]), np.array([-1e300, -0.25])), View(100))
    assert cut["val"].dtype == np.float32
    assert cut["train"].tolist() == [1e300, 0.5]
    assert cut["gap"].tolist() == [-1e300, -0.25]
