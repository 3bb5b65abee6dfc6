from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth import LossMonitor, diagnose
from tb_losshealth.health.counted import DECIDED, Counted, counted_until
from tb_losshealth.health.series import Floats

RNG = np.random.default_rng(0)
RIGHT = RNG.integers(300, 400, DECIDED)


@pytest.mark.parametrize("examples", [457, 2999])
@pytest.mark.parametrize("top", [1, 100])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_share_of_examples_is_recognised(examples: int, top: int, kind: type[np.floating]) -> None:
    assert counted_until(-(RIGHT * top / examples).astype(kind).astype(np.float64)) == inf


@pytest.mark.parametrize(
    "values",
    [
        RIGHT / 457 - 1e-4 * np.arange(DECIDED),
        np.round(0.5 + 0.3 * RNG.random(DECIDED), 4),
        -RIGHT / 457,
        RIGHT / 457 + 100.0,
        np.full(DECIDED, 1e289),
    ],
    ids=["between", "rounded", "a loss", "beyond", "huge"],
)
def test_another_value_is_not(values: Floats) -> None:
    assert counted_until(-values) < 4


@given(st.integers(1, DECIDED - 1))
def test_it_is_one_through_the_last_value_that_fits(count: int) -> None:
    values = np.r_[RIGHT[:count] / 457, 0.4321987, RIGHT / 457]
    counted, known = Counted(), []
    for value in values.tolist():
        counted.add(-value)
        known.append(counted.until)
    assert known[:count] == list(range(1, count + 1))
    assert set(known[count:]) <= {count, count + 1}  # by chance the stranger may fit another number of examples


def test_a_decline_of_a_counted_metric_must_be_surer() -> None:
    x = np.arange(12)
    train = np.minimum(0.6 + 0.05 * x, 1.0)
    right = np.array([300, 330, 350, 362, 366, 360, 357, 352, 355, 347, 343, 340])
    counted = diagnose(train, right / 457, mode="max")
    measured = diagnose(train, right / 457 + 1e-5 * np.sin(x), mode="max")
    assert counted.onset is not None
    assert measured.onset is not None
    assert counted.onset.confidence < measured.onset.confidence


@given(st.lists(st.integers(0, 60), min_size=1, max_size=24), st.integers(0, 24))
def test_the_monitor_recognises_it_at_the_same_evaluation(right: list[int], stranger: int) -> None:
    values = np.array(right) / 61
    values[stranger : stranger + 1] += 0.00123
    train = np.linspace(0.5, 1.0, len(values))
    monitor = LossMonitor(mode="max")
    for step, (t, v) in enumerate(zip(train.tolist(), values.tolist(), strict=True)):
        monitor.add_train(step, t)
        monitor.add_val(step, v)
        assert monitor.diagnosis == diagnose(train[: step + 1], values[: step + 1], mode="max")
