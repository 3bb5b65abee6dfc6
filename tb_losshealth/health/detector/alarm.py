"""When a person watching is told: provisional at first sight, confirmed once the evidence has held, revoked if it goes.

The longer a run, the more often chance may try. So that false alarms stay rare over a whole run and not only at one
look, the evidence weighs a rise against the luck of the lowest of as many values as were seen, which grows with their
number, and an alarm is confirmed only after it held for a share of the run.
"""

from __future__ import annotations

from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.health.detector.evidence import Evidence
from tb_losshealth.health.detector.log_odds import CLEAR_DESCENT, compute_log_odds, descent_to_chance

State = Literal["healthy", "provisional", "confirmed", "recovered"]
NO_ALARM: tuple[State, ...] = ("healthy", "recovered")
"""States that stay as they are until an alarm is seen."""

ALARM_LOG_ODDS = 1.0
"""Log-odds from which on a rise is an alarm, where validation fell before it beyond doubt ..."""
ALARM_LOG_ODDS_WITHOUT_DESCENT = 2.2
"""... and where it never fell: each of its many lows is a start from which chance may make it rise. On the tuning split
80 % of overfitting is told, 77 % in real trainings, with false alarms in 1.4 % of runs; with 1.0 in either case 82, 85
and 1.9 %, with 3.4 here 76, 61 and 1.1 %. On level curves of 10 to 300 evaluations, up to AR(0.9), which no benchmark
here prints, false alarms were 9.5, 18 and 4.7 %."""
MIN_HELD = 2
MIN_HELD_SHARE = 0.1
"""An alarm is confirmed once it has held for this share of the run, and for two evaluations. A fiftieth of the run
tells one in a hundred more of what overfits there, and raises a tenth more false alarms."""
REVOKE_LOG_ODDS = -1.0
"""Log-odds below which a confirmed onset is revoked, held as long as confirming takes."""


class Alarm(NamedTuple):  # one is made at every evaluation: a frozen dataclass costs three times as much
    """How things stand after some evaluations; counts start at 1.

    Attributes:
        state: what to tell.
        held: evaluations in a row that carried the alarm.
        contradicted: evaluations in a row that contradicted it.
        last_supported: count of the latest evaluation that carried it.
        log_odds: log-odds of overfitting at that evaluation.
        confirmed_count: count at which the present or the latest onset was confirmed.
        confirmed_step: the step of that evaluation.
        window: time scale of the evidence at that moment, in evaluations.
        revoked: whether a confirmed onset was revoked since.
        revoked_by_new_best: whether that was for a new best.
        first_confirmed_step: step at which any onset was first confirmed, also one that was withdrawn since.
    """

    state: State = "healthy"
    held: int = 0
    contradicted: int = 0
    last_supported: int = 0
    log_odds: float = 0.0
    confirmed_count: int = 0
    confirmed_step: int | None = None
    window: int = 1
    revoked: bool = False
    revoked_by_new_best: bool = False
    first_confirmed_step: int | None = None

    def update(self, count: int, weight: int, observation: Observation) -> Alarm:
        """How things stand once `count` evaluations are known, `weight` of them new."""
        needed = max(MIN_HELD, ceil(MIN_HELD_SHARE * count))
        if self.state == "confirmed":
            absent = self.contradicted + weight if observation.log_odds < REVOKE_LOG_ODDS else 0
            if observation.new_best or (absent >= needed and observation.rise_log_odds < REVOKE_LOG_ODDS):
                return self._replace(
                    state="recovered", held=0, contradicted=0, revoked=True, revoked_by_new_best=observation.new_best
                )
            if absent >= needed:  # validation is still up, but train went up with it: it was something else
                return Alarm(first_confirmed_step=self.first_confirmed_step)
            latest, odds = (count, observation.log_odds) if observation.raised else (self.last_supported, self.log_odds)
            return self._replace(contradicted=absent, last_supported=latest, log_odds=odds)
        calm: State = "recovered" if self.revoked else "healthy"
        if not observation.raised:
            return self if self.state == calm else self._replace(state=calm, held=0)
        held = self.held + weight
        if held < needed:
            return self._replace(state="provisional", held=held)
        told = observation.step if self.first_confirmed_step is None else self.first_confirmed_step
        return Alarm(
            state="confirmed",
            held=held,
            last_supported=count,
            log_odds=observation.log_odds,
            confirmed_count=count,
            confirmed_step=observation.step,
            window=observation.window,
            first_confirmed_step=told,
        )


class Observation(NamedTuple):
    """The evidence at one evaluation.

    Attributes:
        step: of the evaluation.
        raised: whether the odds are those of an alarm.
        log_odds: log-odds of overfitting.
        rise_log_odds: log-odds that validation rises, whatever train does.
        window: time scale of the evidence, in evaluations.
        new_best: whether validation has a new best since the confirmation, at the scale of the confirmed onset.
    """

    step: int
    raised: bool
    log_odds: float
    rise_log_odds: float
    window: int
    new_best: bool


def alarm_threshold(e: Evidence) -> Floats:
    """Log-odds from which on a rise is an alarm, float64 [n]."""
    without_descent = 1 - descent_to_chance(e) / CLEAR_DESCENT
    least: Floats = ALARM_LOG_ODDS + (ALARM_LOG_ODDS_WITHOUT_DESCENT - ALARM_LOG_ODDS) * without_descent
    return least


def advance_alarm(alarm: Alarm, e: Evidence, steps: Steps, level: int, start: int = 0) -> tuple[Alarm, Floats, Floats]:
    """Take the looks from `start` on into account.

    Args:
        alarm: how things stood before look `start`.
        e: evidence, one entry a observation: at the end of each block.
        steps: int64 [n], last step of each of these blocks.
        level: a block holds 2**level evaluations.
        start: first look that `alarm` does not know.

    Returns:
        How things stand, and both log-odds of `compute_log_odds` of all looks.
    """
    rising, odds = compute_log_odds(e)
    weight = 1 << level
    columns = [
        column[start:].tolist() for column in (steps, odds >= alarm_threshold(e), odds, rising, e.window, e.count)
    ]
    steady: list[bool] = []
    for j, (step, seen, odd, rise, window, count) in enumerate(zip(*columns, strict=True)):
        if not seen and alarm.state in NO_ALARM:
            continue
        new_best = False
        if alarm.state != "confirmed":
            steady = []
        else:
            if not steady:
                new_bests = _new_bests(alarm, e, level)[start:]
                steady = (~new_bests & columns[1]).tolist()
            if steady[j : j + 2] == [True, True]:
                continue  # what this look tells, the next one tells anew
            new_best = bool(new_bests[j])
        alarm = alarm.update(
            int(count) * weight, weight, Observation(step, seen, odd, rise, int(window) * weight, new_best)
        )
    return alarm, rising, odds


def _new_bests(alarm: Alarm, e: Evidence, level: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether validation has a new best since the confirmation, at the scale of the confirmed onset; bool [n]."""
    scale = min(max(alarm.window >> level, 1).bit_length(), len(e.newest_low)) - 1
    later: np.ndarray[tuple[int], np.dtype[np.bool_]] = (e.newest_low[scale] + 1 << level) > alarm.confirmed_count
    return later
