from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.detector.evidence import gather_evidence
from tb_losshealth.health.detector.log_odds import (
    CLEAR_DESCENT,
    compute_log_odds,
    descent_to_chance,
    features,
    train_learned,
    train_rises,
)

X = np.arange(40.0) / 40
FALLING = np.exp(-5 * X)
TURNING = np.exp(-8 * X) + np.maximum(X - 0.4, 0)


def odds(v: Floats, t: Floats) -> Floats:
    return compute_log_odds(gather_evidence(v, t))[1]


def test_a_rise_while_train_falls_is_overfitting() -> None:
    assert odds(TURNING, FALLING)[-1] > 4


def test_a_rise_that_train_shares_is_not() -> None:
    e = gather_evidence(TURNING, TURNING)
    assert train_rises(e)[-1]
    assert compute_log_odds(e)[0][-1] > 3
    assert odds(TURNING, TURNING)[-1] == -np.inf


def test_a_rise_beside_a_train_that_never_learned_is_not() -> None:
    still = 0.1 * np.random.default_rng(0).standard_normal(40)
    assert not train_learned(gather_evidence(TURNING, still))[-1]
    assert odds(TURNING, still)[-1] == -np.inf


def test_the_odds_of_a_rise_do_not_depend_on_train() -> None:
    alone, shared = (compute_log_odds(gather_evidence(TURNING, t))[0][-1] for t in (FALLING, TURNING))
    assert alone == pytest.approx(shared, rel=0.2)


def test_a_noisy_train_that_falls_has_learned() -> None:
    train = FALLING[::4] + 0.2 * np.random.default_rng(2).standard_normal(10)
    assert train_learned(gather_evidence(TURNING[::4], train))[-1]
    assert odds(TURNING[::4], train)[-1] > 0


def test_train_that_learned_and_stays_low_is_enough() -> None:
    low = np.exp(-40 * X)
    apart = compute_log_odds(gather_evidence(TURNING - TURNING[0], low - low[0], 1.0))[1][-1]
    assert apart > 4
    assert odds(TURNING, low)[-1] < apart


def test_swings_that_the_run_came_back_from_weigh_against_a_rise() -> None:
    rng = np.random.default_rng(1)
    swings = np.exp(-5 * X) + 0.15 * np.sin(2 * np.pi * 4 * X - 1.5) + 0.002 * rng.standard_normal(40)
    assert odds(swings, FALLING).max() < odds(TURNING, FALLING)[-1] - 2


def test_a_first_evaluation_that_dwarfs_all_others_hides_no_rise() -> None:
    v, t = TURNING.copy(), FALLING.copy()
    v[0], t[0] = 300.0, 300.0
    v -= v[0]
    assert gather_evidence(v, t - t[0]).noise[-1] < 1.0
    assert odds(v, t - t[0])[-1] > 1


def test_train_is_low_if_it_keeps_falling_or_stays_far_below() -> None:
    def train_low(t: Floats, gap: float) -> float:
        return float(features(gather_evidence(TURNING - TURNING[0], t - t[0], gap))["train_low"][-1])

    level = np.exp(-40 * X)
    assert train_low(FALLING, 0.0) == 0.0
    assert train_low(level, 9.0) == 0.0
    assert train_low(level, -9.0) < train_low(level, 0.5) < 0.0


@pytest.mark.parametrize("v", [FALLING, np.zeros(40), -X])
def test_without_a_rise_there_is_nothing_to_weigh(v: Floats) -> None:
    assert odds(v, FALLING).max() == -np.inf


def test_no_run_is_called_overfitting_before_four_evaluations() -> None:
    v = np.array([0.0, 1, 2, 3, 4, 5, 6])
    found = odds(v, -10 * v)
    assert np.isinf(found[:3]).all()
    assert found[-1] > 0


def test_a_descent_is_distinguished_from_noise() -> None:
    rng = np.random.default_rng(0)
    scattered = rng.standard_normal(40)

    def compared(v: Floats) -> float:
        return float(descent_to_chance(gather_evidence(v - v[0], FALLING))[-1])

    assert compared(scattered) < 1.0
    assert compared(TURNING + 1e-3 * scattered) == CLEAR_DESCENT


def test_the_wider_the_window_the_smaller_the_expected_extreme() -> None:
    rng = np.random.default_rng(0)
    v = np.abs(np.arange(64.0) - 20) + rng.standard_normal(64)
    e = gather_evidence(v - v[0], -np.arange(64.0))
    assert e.window[-1] > 1
    extreme = np.sqrt(2 * np.log(64 / e.window[-1] + 1))
    assert features(e)["rise_to_noise"][-1] == pytest.approx(np.log(e.rise[-1] / (e.noise[-1] * extreme) + 0.1))


def test_a_rise_that_only_the_last_evaluations_show_weighs_less() -> None:
    late, steady = TURNING.copy(), TURNING.copy()
    late[-2:] += 0.4
    steady[20:] += 0.4
    shown = [features(gather_evidence(v - v[0], FALLING))["previous_rise"][-1] for v in (late, steady)]
    assert shown[0] < shown[1] <= np.log(1.2) + 1e-9
