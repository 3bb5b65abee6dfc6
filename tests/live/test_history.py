from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.tag_trainings import split_trainings
from tb_losshealth.live import history
from tb_losshealth.live.history import History

Rows = list[tuple[int, float, float]]


def filled(rows: Rows) -> History:
    made = History()
    for row in rows:
        made.add(*row)
    return made


@given(
    st.lists(
        st.tuples(st.integers(-3, 9), st.floats(-1e6, 1e6), st.floats(0, 1e9)),
        max_size=60,
    )
)
def test_trainings_are_those_of_all_values(rows: Rows) -> None:
    steps, values, walls = filled(rows).rows()
    kept = split_trainings(steps, values, walls)
    full = split_trainings(*(list(column) for column in zip(*rows, strict=True))) if rows else []
    assert len(kept) == len(full)
    for ours, theirs in zip(kept, full, strict=True):
        assert ours.series.steps.tolist() == theirs.series.steps.tolist()
        np.testing.assert_allclose(ours.series.values, theirs.series.values, rtol=1e-9, atol=1e-6)
        assert ours.series.wall_times.tolist() == theirs.series.wall_times.tolist()


@settings(deadline=None)
@given(st.lists(st.integers(-5, 40), max_size=500))
def test_rows_are_bounded_whatever_the_steps(steps: list[int]) -> None:
    made = History()
    limit, history.MAX_ROWS = history.MAX_ROWS, 16
    try:
        for step in steps:
            made.add(step, 1.0, 0.0)
            assert len(made) <= 16
        assert np.all(made.rows()[1] == 1.0)
        if steps:
            assert made.rows()[0][-1] == made.last_step == steps[-1]
    finally:
        history.MAX_ROWS = limit


def test_a_long_training_keeps_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ROWS", 64)
    made = filled([(step, float(step), float(step)) for step in range(10_000)])
    steps, values, _ = made.rows()
    assert 32 <= len(made) <= 64
    assert made.stride == 256
    assert np.unique(np.diff(steps[:-1])).tolist() == [256]
    assert np.all(np.abs(values - steps) <= 256)
    assert values[0] == np.mean(range(256))


def test_merging_leaves_out_what_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ROWS", 4)
    made = filled([(0, 1.0, 0), (1, math.nan, 0), (2, math.inf, 0), (3, math.nan, 0), (4, 5.0, 0), (5, math.nan, 0)])
    steps, values, _ = made.rows()
    assert steps.tolist() == [1, 3, 5]
    assert values[0] == 1.0
    assert math.isnan(values[1])
    assert values[2] == 5.0


def test_a_training_that_breaks_late_ends_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ROWS", 4)
    made = filled([(step, 1.0 if step < 20 else math.nan, 0.0) for step in range(40)])
    assert math.isnan(made.rows()[1][-1])


def test_repeats_are_noticed() -> None:
    assert not filled([(0, 1.0, 0.0), (1, 1.0, 0.0), (0, 1.0, 0.0)]).repeats
    assert filled([(0, 1.0, 0.0), (1, 1.0, 0.0), (1, 1.0, 0.0)]).repeats
