"""Decimation keeps what an eye would miss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Series
from tb_losshealth.present.decimation import POINTS_PER_COLUMN, decimate, window


def series(values: list[float], stride: int = 1) -> Series:
    steps = np.arange(len(values), dtype=np.int64) * stride
    return Series(steps, np.asarray(values, np.float64), steps.astype(np.float64))


def test_few_points_are_left_alone() -> None:
    assert decimate(series([3.0, 1.0, 2.0]), 100).tolist() == [0, 1, 2]
    assert decimate(series([]), 100).tolist() == []


def test_spikes_ends_and_lost_values_survive() -> None:
    values = np.ones(10_000)
    values[[1234, 5678]] = 9.0, -9.0
    values[7777] = np.nan
    kept = decimate(series(values.tolist()), 100)
    assert {0, 1234, 5678, 7777, 9999} <= set(kept.tolist())
    assert len(kept) <= (POINTS_PER_COLUMN + 1) * 100


@given(
    st.lists(st.floats(width=64), min_size=1, max_size=300),
    st.integers(1, 20),
    st.integers(1, 2**50),
)
def test_extremes_and_order_hold_for_any_values(values: list[float], columns: int, stride: int) -> None:
    curve = series(values, stride)
    kept = decimate(curve, columns)
    assert (np.diff(kept) > 0).all()
    assert {0, len(values) - 1} <= set(kept.tolist())
    finite = curve.values[np.isfinite(curve.values)]
    if len(finite):
        shown = curve.values[kept][np.isfinite(curve.values[kept])]
        assert (shown.min(), shown.max()) == (finite.min(), finite.max())


def test_extremes_of_a_curve_beside_it_are_kept() -> None:
    beside = np.ones(10_000)
    beside[[1234, 5678]] = 9.0, np.nan
    kept = decimate(series([1.0] * 10_000), 100, beside)
    assert {1234, 5678} <= set(kept.tolist())
    assert len(kept) <= 3 * 100


def test_columns_are_equally_wide_in_steps() -> None:
    steps = np.concatenate([np.arange(1000), [10**6]])
    curve = Series(steps, np.ones(1001), steps.astype(np.float64))
    assert decimate(curve, 10).tolist() == [0, 999, 1000]


def test_steps_that_span_all_of_int64_do_not_overflow() -> None:
    steps = np.array([-(2**63), -1, *range(7), 2**63 - 1], np.int64)
    curve = Series(steps, np.arange(10.0), np.arange(10.0))
    assert decimate(curve, 2).tolist()[0] == 0


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(None, None, (0, 10)), (3, 5, (2, 7)), (-5, 100, (0, 10)), (20, 30, (9, 10))]
)
def test_a_window_has_a_neighbour_on_each_side(first: int | None, last: int | None, expected: tuple[int, int]) -> None:
    shown = window(np.arange(10), first, last)
    assert (shown.start, shown.stop) == expected
