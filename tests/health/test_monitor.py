"""The live monitor says at every moment what `diagnose` says of the same values."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import diagnose
from tb_losshealth.health.monitor import LossMonitor

values = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, 2.0]), st.just(float("nan")), st.just(float("inf")))

shares = st.integers(0, 61).map(lambda right: right / 61)


def turning(n: int, turn: float, rise: float, noise: float, seed: int) -> tuple[Floats, Floats]:
    """A train curve that falls, and a validation curve that turns."""
    rng = np.random.default_rng(seed)
    x = np.arange(n) / n
    val = np.exp(-5 * x) + rise * np.maximum(x - turn, 0) + noise * rng.standard_normal(n)
    return np.exp(-4 * x) + noise * rng.standard_normal(n), val


@given(
    st.sampled_from([values, shares, st.one_of(values, shares)]).flatmap(
        lambda kind: st.lists(
            st.tuples(st.sampled_from([True, True, False]), st.sampled_from([0, 0, 1, 2]), kind), max_size=120
        )
    ),
    st.sampled_from(["min", "max"]),
)
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_diagnose_on_any_values(events: list[tuple[bool, int, float]], mode: Mode) -> None:
    """Either curve repeats steps, with finite values or not, before and after the other has the same step."""
    monitor = LossMonitor(mode)
    step = 0
    curves: dict[bool, tuple[list[int], list[float]]] = {True: ([], []), False: ([], [])}
    for is_train, advance, value in events:
        step += advance
        steps, seen = curves[is_train]
        steps.append(step)
        seen.append(value)
        (monitor.add_train if is_train else monitor.add_val)(step, value)
    disjoint = "steps_disjoint" in diagnose(curves[True], curves[False], mode).flags
    if not disjoint:
        assert monitor.diagnose() == diagnose(curves[True], curves[False], mode)


@pytest.mark.parametrize("n", [5, 40, 513, 1600])
def test_it_agrees_with_diagnose_beyond_the_length_that_is_kept(n: int) -> None:
    train, val = turning(n, 0.5, 1.5, 0.02, n)
    steps, train_steps = np.arange(n) * 7, np.arange(3 * n) * 7 // 3
    dense = np.repeat(train, 3) + np.tile([0.01, 0.0, -0.01], n)
    monitor = LossMonitor()
    fed = 0
    for at, (step, value) in enumerate(zip(steps.tolist(), val.tolist(), strict=True)):
        while fed < len(dense) and train_steps[fed] <= step:
            monitor.add_train(int(train_steps[fed]), float(dense[fed]))
            fed += 1
        monitor.add_val(step, value)
        if at % (n // 5) == n // 5 - 1:
            expected = diagnose((train_steps[:fed], dense[:fed]), (steps[: at + 1], val[: at + 1]))
            assert monitor.diagnose() == expected
    assert monitor.diagnosis.verdict == "overfitting"


def test_the_interval_of_many_train_values_is_thinned_alike() -> None:
    rng = np.random.default_rng(0)
    train = rng.standard_normal(20_000).cumsum()
    monitor = LossMonitor()
    for step in range(20_000):
        monitor.add_train(step, float(train[step]))
        if step % 5000 == 4999:
            monitor.add_val(step, float(train[step]) + 1)
    at = np.arange(4999, 20_000, 5000)
    assert monitor.diagnose() == diagnose(train, (at, train[at] + 1))


def test_a_turn_is_provisional_then_confirmed_then_revoked_by_a_new_best() -> None:
    train, val = turning(60, 0.4, 1.5, 0.002, 1)
    monitor = LossMonitor()
    states = []
    for step in range(60):
        monitor.add_train(step, float(train[step]))
        states.append(monitor.add_val(step, float(val[step])))
    assert [state for i, state in enumerate(states) if state != states[i - 1]] == [
        "healthy",
        "provisional",
        "confirmed",
    ]
    onset = monitor.diagnosis.onset
    assert onset is not None
    assert onset.confirmed_step == states.index("confirmed")
    for step in range(60, 80):
        monitor.add_train(step, float(train[-1]))
        monitor.add_val(step, float(val.min()) - 0.01 * (step - 59))
    assert monitor.state == "recovered"
    revoked = monitor.diagnosis
    assert revoked.recovered
    assert "recovered" in revoked.flags
    assert revoked.verdict != "overfitting"
    assert revoked.onset is not None
    assert abs(revoked.onset.step - onset.step) <= 2
    assert f"{revoked.onset.step:,}" in revoked.reason


def test_train_that_arrives_after_its_evaluation_still_counts_for_it() -> None:
    train, val = turning(30, 0.4, 1.5, 0.01, 2)
    monitor = LossMonitor()
    for step in range(30):
        monitor.add_val(step, float(val[step]))
        monitor.add_train(step, float(train[step]))
    assert monitor.diagnose() == diagnose(train, val)


def test_several_values_at_one_step_count_as_their_mean() -> None:
    train, val = turning(30, 0.4, 1.5, 0.01, 3)
    monitor = LossMonitor()
    for step in range(30):
        for off in (-0.25, 0.0, 0.25):
            monitor.add_train(step, float(train[step]) + off)
        for off in (-0.5, 0.5):
            monitor.add_val(step, float(val[step]) + off)
    live, after = monitor.diagnose(), diagnose(train, val)
    assert live.verdict == after.verdict == "overfitting"
    assert live.onset is not None
    assert after.onset is not None
    assert (live.onset.step, live.onset.confirmed_step) == (after.onset.step, after.onset.confirmed_step)
    assert (live.evaluations, live.train_points) == (30, 30)


def test_other_step_counters_are_matched_by_order_of_arrival() -> None:
    train, val = turning(40, 0.4, 1.5, 0.01, 4)
    monitor = LossMonitor()
    for epoch in range(40):
        for batch in range(10):
            monitor.add_train(epoch * 10 + batch, float(train[epoch]))
        monitor.add_val(epoch, float(val[epoch]))
    assert monitor.diagnosis.verdict == "overfitting"


def test_steps_must_not_decrease() -> None:
    monitor = LossMonitor()
    monitor.add_val(5, 1.0)
    with pytest.raises(ValueError, match="new LossMonitor"):
        monitor.add_val(4, 1.0)
    monitor.add_train(3, 1.0)
    with pytest.raises(ValueError, match="train value at step 2 after one at step 3"):
        monitor.add_train(2, 1.0)
    monitor.add_train(9, float("nan"))
    with pytest.raises(ValueError, match="train value at step 8 after one at step 9"):
        monitor.add_train(8, 1.0)
    with pytest.raises(ValueError, match="mode"):
        LossMonitor("auto")  # type: ignore[arg-type]


def size(thing: object, seen: set[int]) -> int:
    """Bytes that an object of ours holds, with all it refers to."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    parts = list(thing) if isinstance(thing, (list, tuple)) else list(getattr(thing, "__dict__", {}).values())
    return sys.getsizeof(thing) + sum(size(part, seen) for part in parts)


def test_memory_stays_bounded() -> None:
    monitor = LossMonitor()
    sizes = []
    for step in range(3000):
        monitor.add_train(step, 1.0 / (step + 1))
        monitor.add_val(step, 1.0 / (step + 1))
        if step in (1000, 2999):
            sizes.append(size(monitor, set()))
    assert sizes[1] < 1.2 * sizes[0] + 1000


def test_memory_does_not_grow_with_the_values_of_one_step() -> None:
    monitor = LossMonitor()
    sizes = []
    for _ in range(2):
        for value in range(500):
            monitor.add_train(7, float(value))
            monitor.add_val(7, float(value))
        sizes.append(size(monitor, set()))
    assert sizes[0] == sizes[1]
    assert monitor.diagnosis.best_value == 249.5


def test_the_mean_of_huge_values_at_one_step_does_not_overflow() -> None:
    monitor = LossMonitor()
    huge = [9e289] * 500
    for step in range(3):
        for value in huge:
            monitor.add_train(step, value)
            monitor.add_val(step, value)
    steps = np.repeat(np.arange(3), 500)
    assert monitor.diagnose() == diagnose((steps, huge * 3), (steps, huge * 3))
    assert monitor.diagnosis.best_value == pytest.approx(9e289)


def test_values_repeated_at_a_step_are_averaged_alike_where_the_interval_is_thinned() -> None:
    """More train values than are kept between two evaluations, two at each step."""
    steps = np.repeat(np.arange(15_000), 2)
    train = np.random.default_rng(0).standard_normal(30_000).cumsum()
    val_steps = [4999, 9999, 14_999]
    live = LossMonitor()
    for start, val_step in zip((0, 10_000, 20_000), val_steps, strict=True):
        for at in range(start, start + 10_000):
            live.add_train(int(steps[at]), float(train[at]))
        live.add_val(val_step, 1.0 + val_step)
    assert live.diagnose() == diagnose((steps, train), (val_steps, [1.0 + step for step in val_steps]))


def test_batches_and_epochs_are_told_apart_as_diagnose_does() -> None:
    rng = np.random.default_rng(0)
    train = 2 * np.exp(-np.arange(1500) / 400) + rng.normal(0, 0.1, 1500)
    val = 2 * np.exp(-np.arange(30) / 6) + 0.08 * np.maximum(np.arange(30) - 12, 0) + rng.normal(0, 0.01, 30)
    monitor = LossMonitor()
    for epoch in range(30):
        for batch in range(50 * epoch, 50 * epoch + 50):
            monitor.add_train(batch, train[batch])
        monitor.add_val(epoch, val[epoch])
    expected = diagnose((np.arange(1500), train), (np.arange(30), val))
    found = monitor.diagnose()
    assert found.verdict == expected.verdict == "overfitting"
    assert "steps_disjoint" in found.flags
    assert found.gap == expected.gap
    assert found.onset is not None
    assert expected.onset is not None
    assert found.onset.step == expected.onset.step


@pytest.mark.parametrize("step", [2**70, float("inf"), float("nan"), None, "ten", 1.5])
def test_a_step_that_is_none_is_refused(step: Any) -> None:
    monitor = LossMonitor()
    for add in (monitor.add_train, monitor.add_val):
        with pytest.raises(ValueError, match="step must be a whole number"):
            add(step, 1.0)


@pytest.mark.parametrize("value", [None, "ten", [1.0, 2.0]])
def test_a_value_that_is_no_number_is_refused(value: Any) -> None:
    monitor = LossMonitor()
    for add in (monitor.add_train, monitor.add_val):
        with pytest.raises(ValueError, match="value must be a number"):
            add(1, value)
