from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.health.detector.downsampling import MOST, Blocks, block_means, halvings
from tb_losshealth.health.detector.noise import SpikeCutter, cut_spikes, running_scale, single_spikes


def test_the_scale_is_the_standard_deviation_of_normal_noise() -> None:
    noise = 3.0 * np.random.default_rng(0).standard_normal(20_000)
    assert running_scale(noise)[-1] == pytest.approx(3.0, rel=0.02)


def test_outliers_hardly_move_the_scale() -> None:
    noise = np.random.default_rng(0).standard_normal(2000)
    noise[::50] = 100.0
    assert running_scale(noise)[-1] < 2.0 < float(np.std(noise)) / 5


def test_an_isolated_spike_is_cut_and_a_lasting_step_is_not() -> None:
    curve = 0.01 * np.random.default_rng(0).standard_normal(60)
    curve[20] += 5.0
    curve[40:] += 5.0
    cut = cut_spikes(curve)
    assert abs(cut[20]) < 0.5
    assert cut[41:].tolist() == curve[41:].tolist()
    assert np.count_nonzero(cut != curve) <= 3


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
    assert np.flatnonzero(single_spikes(curve, cut_spikes(curve))).tolist() == spikes


def test_growth_is_no_spike() -> None:
    curve = 1.3 ** np.arange(30.0)
    assert cut_spikes(curve).tolist() == curve.tolist()


@given(st.lists(st.floats(-1e9, 1e9), max_size=60))
def test_cutting_one_by_one_is_the_same(values: list[float]) -> None:
    cutter = SpikeCutter()
    assert cut_spikes(np.array(values)).tolist() == [cutter.add(value) for value in values]


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 2 * MOST, 2 * MOST + 1, 5000])
def test_blocks_filled_one_by_one_are_the_same_and_few(count: int) -> None:
    values = np.random.default_rng(count).standard_normal(count)
    blocks = Blocks()
    for value in values.tolist():
        blocks.add(value)
    times = halvings(count)
    assert blocks.times == times
    assert blocks.means().tolist() == block_means(values, times).tolist()
    assert count >> times <= MOST
    if times:
        assert count >> times >= MOST // 2
        assert blocks.means()[0] == pytest.approx(values[: 1 << times].mean())


def test_the_earliest_differences_may_be_left_out() -> None:
    differences = np.r_[1e6, np.random.default_rng(0).standard_normal(400)]
    late = running_scale(differences, 1 / 3)
    assert late[-1] == pytest.approx(1.0, rel=0.15)
    assert running_scale(differences)[-1] > 2 * late[-1]
    assert np.array_equal(running_scale(differences[:50], 1 / 3), late[:50])
