"""A clear ValueError for wrong arguments, "inconclusive" for data that cannot be judged, never a warning."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Steps
from tb_losshealth.health.curves.validate import Mode, as_series, finite
from tb_losshealth.health.detector.downsampling import first_new_block
from tb_losshealth.health.detector.record import make_record
from tb_losshealth.health.detector.verdict import replay_alarm
from tb_losshealth.health.diagnosis import Verdict, conclude, diagnose, diagnose_train
from tb_losshealth.health.labels import in_order
from tb_losshealth.health.monitor import LossMonitor

GOOD = [1.0, 0.8, 0.7]


def test_the_largest_step_fits_whatever_its_type() -> None:
    for kind in (np.int64, np.uint64, object):
        steps = np.array([0, 1, 2, 2**63 - 1], dtype=kind)
        assert diagnose((steps, [4.0, 3, 2, 1]), (steps, [4.0, 3, 2, 1])).best_step == 2**63 - 1


@pytest.mark.parametrize(
    ("curve", "message"),
    [
        (([1, 2], [1.0]), "equal length"),
        (([2, 1], [1.0, 2.0]), r"step 1 \(index 1\) follows 2"),
        (([0.5, 1], [1.0, 2.0]), "whole numbers, but index 0 is 0.5"),
        (([float("nan"), 1], [1.0, 2.0]), "whole numbers"),
        (([0, 2**70], [1.0, 2.0]), "does not fit in 64 bits"),
        (([0.0, 1e19], [1.0, 2.0]), "does not fit in 64 bits"),
        ((["a", "b"], [1.0, 2.0]), "numbers"),
        ((1, 2, 3), "a tuple must be"),
        ((1.0, 2.0), "1-D"),
        (np.zeros((3, 2)), "1-D array, not 2-D"),
        (1.0, "1-D"),
        (None, "numbers"),
        ("loss", "numbers"),
        (["a", "b"], "numbers"),
        ([object(), object()], "numbers"),
        ([1 + 2j], "numbers"),
        ([[1.0], [1.0, 2.0]], "numbers"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "numbers"),
        ((np.ma.array([1, 2], mask=[False, True]), [1.0, 2.0]), "step at index 1 is masked"),
    ],
)
def test_wrong_arguments_say_which_and_why(curve: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^train.*{message}"):
        diagnose(curve, GOOD)
    with pytest.raises(ValueError, match=f"^val.*{message}"):
        diagnose(GOOD, curve)
    with pytest.raises(ValueError, match=f"^train.*{message}"):
        diagnose_train(curve)


@pytest.mark.parametrize("mode", ["auto", "", None, "MIN"])
def test_an_unknown_mode_is_refused(mode: Any) -> None:
    with pytest.raises(ValueError, match="mode"):
        diagnose(GOOD, GOOD, mode)
    with pytest.raises(ValueError, match="mode"):
        diagnose_train(GOOD, mode)


@pytest.mark.parametrize(
    "values", [[], [1.0], [1.0, 0.9], [np.nan] * 20, [np.inf] * 5, [1e300] * 8, np.array([None, None], dtype=object)]
)
def test_what_cannot_be_judged_is_inconclusive_and_says_so(values: Any) -> None:
    diagnosis = diagnose(values, values)
    assert diagnosis.verdict is Verdict.INCONCLUSIVE
    assert diagnosis.onset is None
    assert any("at least 3" in reason for reason in diagnosis.not_judged)


def test_numbers_in_other_clothes_are_numbers() -> None:
    plain = diagnose([1.0, 0.9, 0.8, 0.85], [1.0, 0.9, 0.8, 0.85])
    for dtype in (object, np.float32, np.float16):
        values = np.array([1.0, 0.9, 0.8, 0.85], dtype=dtype)
        assert diagnose(values, values).verdict is plain.verdict
    steps = np.array([0, 1, 2, 3], dtype=object)
    assert diagnose((steps, [1.0, 0.9, 0.8, 0.85]), (np.arange(4.0), [1.0, 0.9, 0.8, 0.85])) == plain


def test_what_is_masked_is_missing() -> None:
    lost = [1.0, 0.9, np.nan, 0.8]
    logged: Any = np.ma.array([1.0, 0.9, -99.0, 0.8], mask=[False, False, True, False])
    assert diagnose(logged, logged) == diagnose(lost, lost)
    whole = np.ma.array([1, 2, 3, 4], mask=[False, False, True, False])
    assert diagnose(whole, whole) == diagnose([1, 2, np.nan, 4], [1, 2, np.nan, 4])
    monitor = LossMonitor()
    for step in range(4):
        monitor.add_train(step, logged[step])
        monitor.add_val(step, logged[step : step + 1])
    assert monitor.diagnosis == diagnose(lost, lost)
    with pytest.raises(ValueError, match="a step must be a whole number"):
        monitor.add_val(logged[2], 1.0)


def test_an_array_of_another_class_is_judged_as_its_numbers() -> None:
    class Careful(np.ndarray[Any, np.dtype[np.float64]]):
        def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
            raise TypeError("no arithmetic")

    plain = np.exp(-np.arange(12.0) / 3)
    assert diagnose(plain.view(Careful), plain.view(Careful)) == diagnose(plain, plain)


def test_repeated_steps_become_their_mean() -> None:
    repeated = ([1, 1, 2, 3, 3, 3], [2.0, 4.0, 2.0, 0.0, 1.0, 2.0])
    assert diagnose(repeated, repeated) == diagnose(([1, 2, 3], [3.0, 2.0, 1.0]), ([1, 2, 3], [3.0, 2.0, 1.0]))


def test_of_the_values_at_one_step_the_finite_ones_are_averaged_and_the_others_flagged() -> None:
    steps = [1, 1, 2, 2, 2, 3, 3]
    values = [2.0, 4.0, np.nan, 2.0, 1e300, np.inf, 1.0]
    plain, lossy = diagnose([9, 8, 7], [3.0, 2.0, 1.0]), diagnose([9, 8, 7], (np.array(steps) - 1, values))
    assert lossy == replace(plain, flags=in_order({*plain.flags, "non_finite"}))
    lossy = diagnose((np.array(steps) - 1, values), [9, 8, 7])
    assert lossy == replace(diagnose([3.0, 2.0, 1.0], [9, 8, 7]), flags=in_order({*plain.flags, "non_finite"}))
    assert "non_finite" in diagnose_train((steps, values)).flags


def test_a_step_without_any_finite_value_is_left_out() -> None:
    lossy = diagnose([9, 8, 7], ([0, 1, 1, 1, 2], [3.0, np.nan, np.inf, -np.inf, 1.0]))
    assert (lossy.evaluations, lossy.best_step) == (2, 2)


def test_a_constant_validation_is_flagged_and_no_overfitting() -> None:
    diagnosis = diagnose(np.exp(-np.arange(20) / 5), np.ones(20))
    assert "constant_validation" in diagnosis.flags
    assert diagnosis.verdict is not Verdict.OVERFITTING


def test_a_curve_that_ends_in_nan_diverges_and_one_with_a_hole_does_not() -> None:
    falling = np.exp(-np.arange(20) / 5)
    broken, hole = falling.copy(), falling.copy()
    broken[15:], hole[10] = np.nan, np.inf
    for train, val in ((falling, broken), (broken, falling)):
        assert diagnose(train, val).verdict is Verdict.DIVERGING
    assert diagnose(falling, hole).verdict is diagnose(falling, falling).verdict
    assert "non_finite" in diagnose(falling, hole).flags


wild = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0, 1e300, -1e300, 1e289, -1e289, 1e-300, 5e-324, float("nan"), float("inf")]),
)
scales = st.sampled_from([1.0, 1e-3, 1e-150, 1e-300, 1e-310, 5e-322, 1e150, 1e289])


@st.composite
def any_curves(draw: st.DrawFn) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """Train and validation as (advance of the step, value): wild ones, or plausible ones of any magnitude."""
    if draw(st.booleans()):
        points = st.lists(st.tuples(st.integers(0, 3), wild), max_size=40)
        return draw(points), draw(points)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    curves = []
    for turn in (2.0, draw(st.floats(0.1, 2.0))):
        n = draw(st.sampled_from([3, 8, 40, 40, 1100]))
        x = np.arange(n) / n
        noise = draw(st.sampled_from([0.0, 0.02, 0.3])) * rng.standard_normal(n)
        values = draw(scales) * (np.exp(-5 * x) * draw(st.sampled_from([0, 1, -1])) + np.maximum(x - turn, 0) + noise)
        curves.append([(1, float(value)) for value in values])
    return curves[0], curves[1]


def with_steps(points: list[tuple[int, float]], start: int) -> tuple[Steps, list[float]]:
    return start + np.cumsum([advance for advance, _ in points], dtype=np.int64), [value for _, value in points]


@given(any_curves(), st.integers(-(2**62), 2**62), st.sampled_from(["min", "max"]))
@settings(max_examples=200, deadline=None)
def test_no_numbers_give_an_error_a_warning_or_an_answer_that_is_no_json(
    curves: tuple[list[tuple[int, float]], list[tuple[int, float]]], start: int, mode: Mode
) -> None:
    """Whatever the caller made of numpy's warnings, underflow too."""
    train, val = (with_steps(points, start) for points in curves)
    monitor = LossMonitor(mode)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        diagnoses = [diagnose(train, val, mode), diagnose_train(train, mode)]
        for step, value in zip(train[0].tolist(), train[1], strict=True):
            monitor.add_train(step, value)
        for step, value in zip(val[0].tolist(), val[1], strict=True):
            monitor.add_val(step, value)
        diagnoses.append(monitor.diagnose())
    for diagnosis in diagnoses:
        json.dumps(diagnosis.to_dict(), allow_nan=False)
        assert diagnosis.reason.endswith(".")
        assert "nan" not in diagnosis.reason
        assert "inf " not in diagnosis.reason
    assert diagnoses[1].verdict is not Verdict.OVERFITTING


@given(any_curves(), st.sampled_from([-1.0, 1.0]))
@settings(max_examples=150, deadline=None)
def test_nothing_but_underflow_is_kept_quiet(
    curves: tuple[list[tuple[int, float]], list[tuple[int, float]]], sign: float
) -> None:
    """An overflow or an invalid operation within would be a wrong answer, not a warning."""
    train, val = (as_series(with_steps(points, 0), "curve") for points in curves)
    with np.errstate(all="raise", under="ignore"):
        record, aligned = make_record(train, val, sign)
        alarm = replay_alarm(aligned, val.steps[finite(val.values)], record.level)
        diagnosis, _ = conclude(record, alarm, first_new_block(record.level), "min" if sign > 0 else "max")
    assert 0.0 <= (diagnosis.onset.confidence if diagnosis.onset else 0.0) <= 1.0


def test_arrays_of_one_are_numbers_without_a_warning() -> None:
    monitor = LossMonitor()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        monitor.add_train(np.array([1]), np.array([[2.0]]))  # type: ignore[arg-type]
        monitor.add_val(np.int64(1), np.array(2.0))  # type: ignore[arg-type]
    assert (monitor.diagnosis.evaluations, monitor.diagnosis.train_points) == (1, 1)
