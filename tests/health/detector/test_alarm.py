from __future__ import annotations

import numpy as np

from tb_losshealth.health.detector.alarm import (
    ALARM_LOG_ODDS,
    ALARM_LOG_ODDS_WITHOUT_DESCENT,
    Alarm,
    Observation,
    alarm_threshold,
)
from tb_losshealth.health.detector.evidence import gather_evidence

X = np.arange(40.0) / 40
FALLING = np.exp(-5 * X)
TURNING = np.exp(-8 * X) + np.maximum(X - 0.4, 0)


def observed(odd: float, rise: float | None = None, new_best: bool = False) -> Observation:
    return Observation(7, odd >= ALARM_LOG_ODDS, odd, odd if rise is None else rise, 1, new_best)


def test_an_alarm_is_confirmed_once_it_held() -> None:
    alarm = Alarm().update(10, 1, observed(9.0))
    assert alarm.state == "provisional"
    assert alarm.update(11, 1, observed(0.0)).state == "healthy"
    confirmed = alarm.update(11, 1, observed(9.0))
    assert (confirmed.state, confirmed.confirmed_count, confirmed.confirmed_step) == ("confirmed", 11, 7)


def test_a_confirmed_alarm_ends_with_a_new_best_or_without_its_evidence() -> None:
    confirmed = Alarm(
        state="confirmed",
        held=2,
        last_supported=11,
        log_odds=9.0,
        confirmed_count=11,
        confirmed_step=7,
        window=1,
        first_confirmed_step=7,
    )
    assert confirmed.update(12, 1, observed(5.0, new_best=True)).state == "recovered"
    doubt = confirmed.update(12, 1, observed(-5.0))
    assert doubt.state == "confirmed"
    assert doubt.update(13, 1, observed(-5.0)).state == "recovered"
    withdrawn = doubt.update(13, 1, observed(-np.inf, rise=9.0))
    assert (withdrawn.state, withdrawn.first_confirmed_step, withdrawn.revoked) == ("healthy", 7, False)


def test_an_alarm_must_hold_for_longer_in_a_long_run() -> None:
    alarm = Alarm()
    for count in range(1000, 1100):
        alarm = alarm.update(count, 1, observed(9.0))
    assert alarm.state == "provisional"
    for count in range(1100, 1120):
        alarm = alarm.update(count, 1, observed(9.0))
    assert alarm.state == "confirmed"


def test_a_rise_without_a_descent_before_it_must_be_surer() -> None:
    rng = np.random.default_rng(0)
    level, turning = rng.standard_normal(40), TURNING + 1e-3 * rng.standard_normal(40)
    assert alarm_threshold(gather_evidence(turning - turning[0], FALLING))[-1] == ALARM_LOG_ODDS
    assert (
        ALARM_LOG_ODDS + 0.5
        < alarm_threshold(gather_evidence(level - level[0], FALLING))[-1]
        <= ALARM_LOG_ODDS_WITHOUT_DESCENT
    )
