from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health import evidence
from tb_losshealth.health.alarm import SEEN_FROM, SEEN_FROM_WITHOUT_DESCENT, Alarm, Look, seen_from
from tb_losshealth.health.evidence import Evidence, gather, learned, train_rises
from tb_losshealth.health.series import Floats

X = np.arange(40.0) / 40
FALLING = np.exp(-5 * X)
TURNING = np.exp(-8 * X) + np.maximum(X - 0.4, 0)


def odds(v: Floats, t: Floats) -> Floats:
    return evidence.odds(gather(v, t))[1]


@given(st.integers(0, 2**32), st.integers(1, 90))
@settings(max_examples=40, deadline=None)
def test_what_is_known_at_an_evaluation_depends_on_no_later_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    v, t = rng.standard_normal(n).cumsum(), rng.standard_normal(n).cumsum()
    whole = gather(v, t)
    for count in range(1, n + 1):
        part = gather(v[:count], t[:count])
        for field in fields(Evidence):
            if field.name != "newest_low":
                assert getattr(part, field.name)[-1] == getattr(whole, field.name)[count - 1]


def test_a_rise_while_train_falls_is_overfitting() -> None:
    assert odds(TURNING, FALLING)[-1] > 4


def test_a_rise_that_train_shares_is_not() -> None:
    e = gather(TURNING, TURNING)
    assert train_rises(e)[-1]
    assert evidence.odds(e)[0][-1] > 3
    assert odds(TURNING, TURNING)[-1] == -np.inf


def test_a_rise_beside_a_train_that_never_learned_is_not() -> None:
    still = 0.1 * np.random.default_rng(0).standard_normal(40)
    assert not learned(gather(TURNING, still))[-1]
    assert odds(TURNING, still)[-1] == -np.inf


def test_the_odds_of_a_rise_do_not_depend_on_train() -> None:
    alone, shared = (evidence.odds(gather(TURNING, t))[0][-1] for t in (FALLING, TURNING))
    assert alone == pytest.approx(shared, rel=0.2)


def test_a_noisy_train_that_falls_has_learned() -> None:
    train = FALLING[::4] + 0.2 * np.random.default_rng(2).standard_normal(10)
    assert learned(gather(TURNING[::4], train))[-1]
    assert odds(TURNING[::4], train)[-1] > 0


def test_train_that_learned_and_stays_low_is_enough() -> None:
    low = np.exp(-40 * X)
    apart = evidence.odds(gather(TURNING - TURNING[0], low - low[0], 1.0))[1][-1]
    assert apart > 4
    assert odds(TURNING, low)[-1] < apart


def test_swings_that_the_run_came_back_from_weigh_against_a_rise() -> None:
    rng = np.random.default_rng(1)
    swings = np.exp(-5 * X) + 0.15 * np.sin(2 * np.pi * 4 * X - 1.5) + 0.002 * rng.standard_normal(40)
    assert odds(swings, FALLING).max() < odds(TURNING, FALLING)[-1] - 2


@pytest.mark.parametrize("size", [0.5, 3.0])
def test_one_wild_value_at_the_end_is_no_rise(size: float) -> None:
    v = np.maximum(FALLING, 0.05) + 1e-4 * np.arange(40)
    v[-1] += size
    assert not gather(v, FALLING).visible[-1]


def test_a_first_evaluation_that_dwarfs_all_others_hides_no_rise() -> None:
    v, t = TURNING.copy(), FALLING.copy()
    v[0], t[0] = 300.0, 300.0
    v -= v[0]
    assert gather(v, t - t[0]).scatter[-1] < 1.0
    assert odds(v, t - t[0])[-1] > 1


def test_train_is_low_if_it_keeps_falling_or_stays_far_below() -> None:
    def train_low(t: Floats, gap: float) -> float:
        return float(evidence.features(gather(TURNING - TURNING[0], t - t[0], gap))["train_low"][-1])

    level = np.exp(-40 * X)
    assert train_low(FALLING, 0.0) == 0.0
    assert train_low(level, 9.0) == 0.0
    assert train_low(level, -9.0) < train_low(level, 0.5) < 0.0


@pytest.mark.parametrize("v", [FALLING, np.zeros(40), -X])
def test_without_a_rise_there_is_nothing_to_weigh(v: Floats) -> None:
    assert odds(v, FALLING).max() == -np.inf


def test_nothing_is_said_before_four_evaluations() -> None:
    v = np.array([0.0, 1, 2, 3, 4, 5, 6])
    found = odds(v, -10 * v)
    assert np.isinf(found[:3]).all()
    assert found[-1] > 0


def look(odd: float, rise: float | None = None, new_best: bool = False) -> Look:
    return Look(7, odd >= SEEN_FROM, odd, odd if rise is None else rise, 1, new_best)


def test_an_alarm_is_confirmed_once_it_held() -> None:
    alarm = Alarm().after(10, 1, look(9.0))
    assert alarm.state == "provisional"
    assert alarm.after(11, 1, look(0.0)).state == "healthy"
    confirmed = alarm.after(11, 1, look(9.0))
    assert (confirmed.state, confirmed.confirmed, confirmed.confirmed_step) == ("confirmed", 11, 7)


def test_a_confirmed_alarm_ends_with_a_new_best_or_without_its_evidence() -> None:
    confirmed = Alarm(
        state="confirmed", held=2, latest=11, odds=9.0, confirmed=11, confirmed_step=7, window=1, first_told=7
    )
    assert confirmed.after(12, 1, look(5.0, new_best=True)).state == "recovered"
    doubt = confirmed.after(12, 1, look(-5.0))
    assert doubt.state == "confirmed"
    assert doubt.after(13, 1, look(-5.0)).state == "recovered"
    withdrawn = doubt.after(13, 1, look(-np.inf, rise=9.0))
    assert (withdrawn.state, withdrawn.first_told, withdrawn.revoked) == ("healthy", 7, False)


def test_an_alarm_must_hold_for_longer_in_a_long_run() -> None:
    alarm = Alarm()
    for count in range(1000, 1100):
        alarm = alarm.after(count, 1, look(9.0))
    assert alarm.state == "provisional"
    for count in range(1100, 1120):
        alarm = alarm.after(count, 1, look(9.0))
    assert alarm.state == "confirmed"


def test_a_rise_without_a_descent_before_it_must_be_surer() -> None:
    rng = np.random.default_rng(0)
    level, turning = rng.standard_normal(40), TURNING + 1e-3 * rng.standard_normal(40)
    assert seen_from(gather(turning - turning[0], FALLING))[-1] == SEEN_FROM
    assert SEEN_FROM + 0.5 < seen_from(gather(level - level[0], FALLING))[-1] <= SEEN_FROM_WITHOUT_DESCENT


def test_a_descent_is_told_from_noise() -> None:
    rng = np.random.default_rng(0)
    scattered = rng.standard_normal(40)

    def descended(v: Floats) -> float:
        return float(evidence.descended(gather(v - v[0], FALLING))[-1])

    assert descended(scattered) < 1.0
    assert descended(TURNING + 1e-3 * scattered) == evidence.SURELY_DESCENDED
