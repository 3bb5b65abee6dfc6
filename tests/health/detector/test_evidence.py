from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.detector.evidence import Evidence, gather_evidence


@given(st.integers(0, 2**32), st.integers(1, 90))
@settings(max_examples=40, deadline=None)
def test_what_is_known_at_an_evaluation_depends_on_no_later_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    v, t = rng.standard_normal(n).cumsum(), rng.standard_normal(n).cumsum()
    whole = gather_evidence(v, t)
    for count in range(1, n + 1):
        part = gather_evidence(v[:count], t[:count])
        for field in fields(Evidence):
            if field.name != "newest_low":
                assert getattr(part, field.name)[-1] == getattr(whole, field.name)[count - 1]


@given(st.integers(0, 2**32), st.integers(1, 90), st.data())
@settings(max_examples=40, deadline=None)
def test_the_last_prefixes_alone_give_the_same_evidence(seed: int, n: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    v, t = rng.standard_normal(n).cumsum(), rng.standard_normal(n).cumsum()
    since = data.draw(st.integers(0, n - 1))
    errors = rng.random(n)
    whole, late = gather_evidence(v, t, 0.5, errors), gather_evidence(v, t, 0.5, errors, since)
    for field in fields(Evidence):
        assert np.array_equal(getattr(late, field.name), getattr(whole, field.name)[..., since:])


@pytest.mark.parametrize("size", [0.5, 3.0])
def test_one_wild_value_at_the_end_is_no_rise(size: float) -> None:
    falling = np.exp(-5 * np.arange(40) / 40)
    v = np.maximum(falling, 0.05) + 1e-4 * np.arange(40)
    v[-1] += size
    assert not gather_evidence(v, falling).visible[-1]


def test_the_low_lies_in_the_middle_of_the_window_that_was_lowest() -> None:
    v = np.abs(np.arange(64.0) - 20)
    e = gather_evidence(v, -np.arange(64.0))
    assert e.window[-1] >= 8
    assert abs(e.low_index[-1] - 20) <= 1


def test_of_equal_lows_the_newest_counts_also_where_they_differ_by_rounding() -> None:
    v = np.array([1.0, 0.3, 0.5, 0.3 + 1e-12, 0.6, 0.7, 0.8])
    assert gather_evidence(v, -v).low_index.tolist() == gather_evidence(np.round(v, 9), -v).low_index.tolist()
    assert gather_evidence(v, -v).low_index[-1] == 3
