from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth import LossMonitor, diagnose
from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.detector.sampling_error import MIN_SHARES, SHARES_TO_SETTLE, SamplingError, sampling_errors

RNG = np.random.default_rng(0)
RIGHT = RNG.integers(300, 400, 2 * SHARES_TO_SETTLE)


@pytest.mark.parametrize("examples", [457, 2999])
@pytest.mark.parametrize("top", [1, 100])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_share_of_examples_has_its_standard_error(
    examples: int, top: int, kind: type[np.floating], sign: int
) -> None:
    shares = (RIGHT * top / examples).astype(kind).astype(np.float64)
    best = np.minimum.accumulate(sign * RIGHT) * sign / examples
    errors = sampling_errors(sign * shares)
    assert not errors[: MIN_SHARES - 1].any()
    assert errors[MIN_SHARES - 1 :] == pytest.approx(
        top * np.sqrt(best * (1 - best) / examples)[MIN_SHARES - 1 :], rel=1e-5
    )


@pytest.mark.parametrize(
    "values",
    [
        -RIGHT / 457 + 1e-4 * np.arange(len(RIGHT)),
        -np.round(0.5 + 0.3 * RNG.random(len(RIGHT)), 4),
        np.round(RNG.random(len(RIGHT)), 2),
        np.round(3 * RNG.random(len(RIGHT)), 3),
        (RIGHT - 250) / 457 * (-1) ** np.arange(len(RIGHT)),
        RIGHT / 457 + 100.0,
        -np.round(0.5 + 0.3 * RNG.random(len(RIGHT)), 3),
        -np.round(0.5 + 0.3 * RNG.random(len(RIGHT)), 2),
        -(0.5 + 0.3 * RNG.random(len(RIGHT))).astype(np.float16).astype(np.float64),
        -np.r_[np.full(3 * SHARES_TO_SETTLE, 0.5), np.zeros(9), RNG.integers(9000, 11000, 40) / 20011],
        np.full(len(RIGHT), 0.333),
        1e-6 * RNG.random(len(RIGHT)) - 1e-6,
        np.full(len(RIGHT), -1e289),
    ],
    ids=[
        "between",
        "rounded",
        "a rounded loss",
        "another",
        "of both signs",
        "beyond",
        "3 digits",
        "2",
        "half",
        "plateau",
        "constant",
        "near zero",
        "huge",
    ],
)
def test_a_value_that_is_no_share_has_none(values: Floats) -> None:
    assert not sampling_errors(values).any()


def test_a_set_without_a_wrong_answer_still_has_an_error() -> None:
    assert sampling_errors(-np.array([16, 17, 18, 19, 19]) / 19)[-1] == pytest.approx(1 / 19)


@given(st.integers(MIN_SHARES, SHARES_TO_SETTLE - 1))
def test_the_error_ends_with_the_first_value_that_is_no_share(count: int) -> None:
    errors = sampling_errors(-np.r_[RIGHT[:count] / 457, 0.4321987, RIGHT / 457])
    assert errors[MIN_SHARES - 1 : count].all()
    assert not errors[count + 1 :].any()


@given(st.lists(st.integers(-30, 30), max_size=40), st.integers(0, 40), st.sampled_from([61, 64, 100]))
def test_one_value_at_a_time_gives_the_same(right: list[int], stranger: int, examples: int) -> None:
    values = np.array(right) / examples
    values[stranger : stranger + 1] += 0.00123
    sampling_error = SamplingError()
    assert [sampling_error.add(value) for value in values.tolist()] == sampling_errors(values).tolist()


def test_a_decline_within_the_sampling_error_is_doubted() -> None:
    x = np.arange(12)
    train = np.minimum(0.6 + 0.05 * x, 1.0)
    right = np.array([300, 330, 350, 362, 366, 358, 361, 356, 359, 352, 357, 351])
    few, many = right / 457, right / 457 + 1e-5 * np.sin(x)
    assert diagnose(train, many, mode="max").verdict == "overfitting"
    doubted = diagnose(train, few, mode="max")
    assert doubted.verdict != "overfitting"
    assert "on another validation set of this size it may not show (standard error 0.0187)" in doubted.reason
    assert diagnose(1 - train, 1 - few).verdict != "overfitting"
    right[5:] -= 6 * np.arange(1, 8)
    assert diagnose(train, right / 457, mode="max").verdict == "overfitting"


@pytest.mark.parametrize("mode", ["min", "max"])
@given(right=st.lists(st.integers(0, 60), min_size=1, max_size=24), stranger=st.integers(0, 24))
def test_the_monitor_recognises_it_at_the_same_evaluation(mode: Mode, right: list[int], stranger: int) -> None:
    values = np.array(right) / 61
    values[stranger : stranger + 1] += 0.00123
    train = np.linspace(0.5, 1.0, len(values))
    monitor = LossMonitor(mode)
    for step, (t, v) in enumerate(zip(train.tolist(), values.tolist(), strict=True)):
        monitor.add_train(step, t)
        monitor.add_val(step, v)
        assert monitor.diagnosis == diagnose(train[: step + 1], values[: step + 1], mode)


def test_of_values_at_one_step_the_mean_is_the_share() -> None:
    right = np.array([300, 330, 350, 362, 366, 360, 357, 352, 355, 347, 343, 342])
    steps, train = np.arange(12), np.minimum(0.6 + 0.05 * np.arange(12), 1.0)
    twice = np.repeat(right / 457, 2) + np.tile([0.00123, -0.00123], 12)
    monitor = LossMonitor("max")
    for step in steps.tolist():
        monitor.add_train(step, train[step])
        monitor.add_val(step, twice[2 * step])
        monitor.add_val(step, twice[2 * step + 1])
    assert monitor.diagnosis == diagnose((steps, train), (np.repeat(steps, 2), twice), "max")
    once = diagnose(train, right / 457, "max")
    assert once.verdict == "overfitting"
    assert monitor.diagnosis.onset == once.onset
