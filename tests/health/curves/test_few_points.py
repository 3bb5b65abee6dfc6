"""A curve in few points."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.few_points import few_points
from tb_losshealth.health.curves.series import Series


def series(values: list[float]) -> Series:
    steps = np.arange(len(values), dtype=np.int64)
    return Series(steps, np.asarray(values, np.float64), steps.astype(np.float64))


def test_they_are_few_and_finite_and_stay_as_they_are() -> None:
    few = few_points(series([np.nan, np.inf] + [1e308] * 500), 40)
    assert len(few) <= 40
    assert np.all(np.diff(few.steps) > 0)
    np.testing.assert_allclose(few.values, 1e308)
    again = few_points(few, 40)
    for name in ("steps", "values", "wall_times"):
        np.testing.assert_array_equal(getattr(again, name), getattr(few, name))


def test_steps_that_span_all_of_int64_keep_their_last() -> None:
    steps = np.array([-(2**63), -1, *range(7), 2**63 - 1], np.int64)
    assert few_points(Series(steps, np.arange(10.0), np.arange(10.0)), 2).steps[-1] == 2**63 - 1


def test_none_hold_nothing_of_the_curve() -> None:
    none = few_points(series([1.0] * 1000), 0)
    assert len(none) == 0
    assert none.values.base is None
