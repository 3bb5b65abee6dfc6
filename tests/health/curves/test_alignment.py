from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.curves.alignment import (
    LONGEST_INTERVAL,
    gap_curve,
    half_interval_earlier,
    in_one_unit,
    train_at_evaluations,
)
from tb_losshealth.health.curves.series import Floats, Series


def series(steps: list[int], values: list[float]) -> Series:
    return Series(np.array(steps, dtype=np.int64), np.array(values), np.full(len(steps), np.nan))


@given(
    st.lists(st.tuples(st.integers(0, 200), st.floats(-1e3, 1e3) | st.just(float("nan"))), max_size=100),
    st.lists(st.integers(0, 200), max_size=30, unique=True),
)
def test_each_evaluation_gets_the_median_of_train_since_the_one_before(
    points: list[tuple[int, float]], evaluations: list[int]
) -> None:
    train = series([s for s, _ in sorted(points)], [v for _, v in sorted(points, key=lambda p: p[0])])
    steps = sorted(evaluations)
    result = train_at_evaluations(train, series(steps, [0.0] * len(steps)))
    before = -1
    for step, got in zip(steps, result.tolist(), strict=True):
        inside = train.values[(train.steps > before) & (train.steps <= step) & np.isfinite(train.values)]
        expected = float(np.median(inside)) if len(inside) else np.nan
        assert got == pytest.approx(expected, nan_ok=True)
        before = step


def test_a_very_long_interval_is_thinned_evenly() -> None:
    n = 5 * LONGEST_INTERVAL
    values: Floats = np.random.default_rng(0).permutation(n).astype(float)
    result = train_at_evaluations(series(list(range(n)), values.tolist()), series([n], [0.0]))
    assert result.tolist() == [float(np.median(values[::8]))]


def test_the_gap_is_positive_where_validation_is_worse() -> None:
    train, val = series([1, 2, 3], [1.0, 0.5, np.nan]), series([1, 2, 3, 4], [1.5, 0.25, 1.0, np.nan])
    assert gap_curve(train, val)[:2].tolist() == [0.5, -0.25]
    assert gap_curve(train, val, "max")[:2].tolist() == [-0.5, 0.25]
    assert np.isnan(gap_curve(train, val)[2:]).all()


def test_an_epoch_average_belongs_to_the_middle_of_its_epoch() -> None:
    line = 10.0 - np.arange(6.0)
    assert half_interval_earlier(line).tolist() == (line - 0.5).tolist()
    assert half_interval_earlier(np.array([3.0])).tolist() == [3.0]


def test_train_in_another_unit_is_brought_to_that_of_validation() -> None:
    v, t = np.array([0.0, -0.5, -1.0, -0.9]), np.array([0.0, -0.8, -1.5, -1.7])
    for unit in (1.0, 128.0):
        train, gap = in_one_unit(v, unit * t, 2.0, unit * 2.0)
        assert gap == pytest.approx(0.0, abs=0.6)
        assert train[-1] == pytest.approx(-1.7, rel=0.5)
    assert in_one_unit(v, t, 2.0, None)[1] == 0.0


@pytest.mark.parametrize("first", [0.01, 0.0, -0.01])
def test_one_value_near_zero_is_no_other_unit(first: float) -> None:
    v, t = np.array([first, 0.42, 0.55, 0.61]), np.array([0.15, 0.5, 0.6, 0.68])
    train, gap = in_one_unit(v - first, t - 0.15, first, 0.15)
    assert train[-1] == pytest.approx(0.53)
    assert gap == pytest.approx(first - 0.15)
