"""Which curve that ends in NaN is broken, and which has only lost its last values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.curves.nonfinite_tail import NonFiniteTail
from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.health.diagnosis import Verdict, diagnose, diagnose_train
from tb_losshealth.health.monitor import LossMonitor

Curve = tuple[Steps, Floats]

N = 20
EPOCHS = np.arange(N)
BATCHES = np.arange(N * 10)
FALLING = np.exp(-EPOCHS / 5)
DENSE = np.exp(-BATCHES / 50)


def without(steps: Steps, values: Floats, *places: int) -> Curve:
    """A curve that has NaN at some indices."""
    holes = values.copy()
    holes[list(places)] = np.nan
    return steps, holes


def live(train: Curve, val: Curve) -> LossMonitor:
    """A monitor that was given both in the order of their steps, train first."""
    monitor = LossMonitor()
    events = [(int(step), 0, float(value)) for step, value in zip(*train, strict=True)]
    events += [(int(step), 1, float(value)) for step, value in zip(*val, strict=True)]
    for step, is_val, value in sorted(events, key=lambda event: event[:2]):
        (monitor.add_val if is_val else monitor.add_train)(step, value)
    return monitor


WHOLE = (EPOCHS, FALLING)
AT_BATCHES = (EPOCHS * 10 + 9, FALLING)


@pytest.mark.parametrize(
    ("train", "val", "reason"),
    [
        (without(EPOCHS, FALLING, -1), WHOLE, None),
        (without(EPOCHS, FALLING, -1), (EPOCHS[:-1], FALLING[:-1]), "Train is NaN or infinite since step 19"),
        (without(EPOCHS, FALLING, -2, -1), WHOLE, "Train is NaN or infinite since step 18"),
        (without(EPOCHS, FALLING, 3, 4, -2, -1), WHOLE, None),
        (without(BATCHES, DENSE, -1), AT_BATCHES, None),
        (without(BATCHES, DENSE, -3, -2, -1), AT_BATCHES, None),
        (without(BATCHES, DENSE, *range(-11, 0)), AT_BATCHES, "Train is NaN or infinite since step 189"),
        (without(BATCHES, DENSE, -1), (AT_BATCHES[0][:-1], FALLING[:-1]), "Train is NaN or infinite since step 199"),
        (without(BATCHES, DENSE, 50, -1), (AT_BATCHES[0][:-1], FALLING[:-1]), None),
        (without(EPOCHS[::5], FALLING[::5], -1), WHOLE, None),
        (WHOLE, without(EPOCHS, FALLING, -1), "Validation is NaN or infinite since step 19"),
        ((BATCHES, DENSE), without(EPOCHS * 10 + 5, FALLING, -1), None),
        ((BATCHES, DENSE), without(EPOCHS * 10 + 5, FALLING, -2, -1), "Validation is NaN or infinite since step 185"),
        ((BATCHES, DENSE), without(EPOCHS * 10 + 5, FALLING, 4, 5, -2, -1), None),
        (
            without(EPOCHS, FALLING, -3, -2, -1),
            without(EPOCHS, FALLING, -2, -1),
            "Train is NaN or infinite since step 17 and validation since step 18",
        ),
    ],
)
def test_a_curve_is_broken_where_nothing_shows_that_it_is_not(train: Curve, val: Curve, reason: str | None) -> None:
    diagnosis = diagnose(train, val)
    assert (diagnosis.verdict is Verdict.DIVERGING) == (reason is not None)
    assert "non_finite" in diagnosis.flags
    if reason is not None:
        assert diagnosis.reason.startswith(reason)
    assert live(train, val).diagnose() == diagnosis


def test_a_curve_that_never_was_finite_is_not_broken_but_unknown() -> None:
    nothing = (EPOCHS, np.full(N, np.nan))
    assert diagnose(nothing, WHOLE).verdict is not Verdict.DIVERGING
    assert diagnose(WHOLE, nothing).verdict is Verdict.INCONCLUSIVE


def test_train_alone_is_broken_by_its_last_value_unless_it_came_back_from_such_a_gap() -> None:
    assert diagnose_train(without(EPOCHS, FALLING, -1)).verdict is Verdict.DIVERGING
    assert diagnose_train(without(EPOCHS, FALLING, 8, -1)).verdict is not Verdict.DIVERGING


@pytest.mark.parametrize(("place", "verdict"), [(-1, "improving"), (slice(-400, None), "diverging")])
def test_where_steps_do_not_compare_positions_do(place: int | slice, verdict: str) -> None:
    """Train counts batches and validation epochs."""
    train = np.exp(-np.arange(2000) / 1000)
    train[place] = np.nan
    val = np.exp(-EPOCHS / 10)
    monitor = LossMonitor()
    for epoch in range(N):
        for batch in range(100 * epoch, 100 * epoch + 100):
            monitor.add_train(batch, float(train[batch]))
        monitor.add_val(epoch, float(val[epoch]))
    for diagnosis in (diagnose(train, val), monitor.diagnose()):
        assert "steps_disjoint" in diagnosis.flags
        assert diagnosis.verdict == verdict


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=30))
def test_a_tail_is_the_same_one_value_at_a_time(values: list[tuple[int, bool]]) -> None:
    tail, step = NonFiniteTail(), 0
    good: dict[int, bool] = {}
    for advance, is_good in values:
        step += advance
        tail.add(step, is_good)
        good[step] = good.get(step, False) or is_good
    steps = np.array(list(good), dtype=np.int64)
    assert tail == NonFiniteTail.of(steps, np.array(list(good.values()), dtype=bool))


def test_an_evaluation_without_a_finite_value_may_not_be_followed_by_an_earlier_one() -> None:
    monitor = LossMonitor()
    monitor.add_val(5, float("nan"))
    with pytest.raises(ValueError, match="evaluation at step 4 after one at step 5"):
        monitor.add_val(4, 1.0)
