from __future__ import annotations

import numpy as np

from tb_losshealth.health.detector.alarm import SEEN_FROM, SEEN_FROM_WITHOUT_DESCENT, Alarm, Look, seen_from
from tb_losshealth.health.detector.evidence import gather

X = np.arange(40.0) / 40
FALLING = np.exp(-5 * X)
TURNING = np.exp(-8 * X) + np.maximum(X - 0.4, 0)


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
