from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.detector.spikes import SpikeClipper, clip_spikes, isolated_spikes


def test_an_isolated_spike_is_clipped_and_a_lasting_step_is_not() -> None:
    curve = 0.01 * np.random.default_rng(0).standard_normal(60)
    curve[20] += 5.0
    curve[40:] += 5.0
    clipped = clip_spikes(curve)
    assert abs(clipped[20]) < 0.5
    assert clipped[41:].tolist() == curve[41:].tolist()
    assert np.count_nonzero(clipped != curve) <= 3


@pytest.mark.parametrize(
    ("change", "spikes"),
    [
        ({30: 5.0}, [30]),
        ({30: -5.0, 45: 5.0}, [30, 45]),
        ({59: 5.0}, []),  # the last one: nobody knows yet
        (dict.fromkeys(range(30, 60), -5.0), []),
        (dict.fromkeys(range(59, 60), -5.0), []),
        (dict.fromkeys(range(30, 45), 5.0), []),
    ],
)
def test_a_spike_is_what_the_curve_came_back_from(change: dict[int, float], spikes: list[int]) -> None:
    curve = 0.01 * np.random.default_rng(0).standard_normal(60)
    curve[list(change)] += list(change.values())
    assert np.flatnonzero(isolated_spikes(curve, clip_spikes(curve))).tolist() == spikes


def test_growth_is_no_spike() -> None:
    curve = 1.3 ** np.arange(30.0)
    assert clip_spikes(curve).tolist() == curve.tolist()


@given(st.lists(st.floats(-1e9, 1e9), max_size=60))
def test_clipping_one_by_one_is_the_same(values: list[float]) -> None:
    clipper = SpikeClipper()
    assert clip_spikes(np.array(values)).tolist() == [clipper.add(value) for value in values]
