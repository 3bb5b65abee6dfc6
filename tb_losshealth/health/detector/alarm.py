"""The live alarm: provisional at the first evidence, confirmed once it has held, revoked once it is gone.

A longer run gives chance more occasions for a false alarm. Two things keep false alarms rare over a whole run: the
evidence compares a rise to the expected extreme of as many values as were seen, which grows with their number, and an
alarm is confirmed only after it has held for a share of the run.
"""

from __future__ import annotations

from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.health.detector.evidence import Evidence
from tb_losshealth.health.detector.log_odds import CLEAR_DESCENT, LogOdds, compute_log_odds, descent_to_chance

State = Literal["healthy", "provisional", "confirmed", "recovered"]

NO_ALARM: tuple[State, ...] = ("healthy", "recovered")
"""States without an alarm; they stay as they are until one is raised."""

ALARM_LOG_ODDS = 1.0
"""Log-odds from which on a rise raises the alarm, where validation has clearly fallen before it. Together with
`ALARM_LOG_ODDS_WITHOUT_DESCENT`, it finds 80 % of what overfits in the tuning split, and 77 % in real trainings, with
false alarms in 1.4 % of runs."""

ALARM_LOG_ODDS_WITHOUT_DESCENT = 2.2
"""The same where validation never fell: each of the many lows of a level curve is a start from which chance may make
it rise. With 1.0, 82 % is found in the tuning split and 85 % in real trainings, with 1.9 % of false alarms; with 3.4,
76 %, 61 % and 1.1 %. On level curves of 10 to 300 evaluations with noise up to AR(0.9), which no benchmark here prints,
2.2 gives false alarms in 9.5 % of runs, 1.0 in 18 %, 3.4 in 4.7 %."""

MIN_HELD = 2
"""Evaluations for which an alarm must have held before it is confirmed, however short the run."""

MIN_HELD_SHARE = 0.1
"""Share of the run for which an alarm must have held before it is confirmed. With a fiftieth of the run, one in a
hundred more of the runs that overfit is found, and false alarms become a tenth more frequent."""

REVOKE_LOG_ODDS = -1.0
"""Log-odds below which a confirmed onset is revoked, once they have stayed there for as long as confirming takes."""


class Observation(NamedTuple):
    """The evidence at one evaluation.

    Attributes:
        step: step of the evaluation.
        raised: whether the log-odds are those of an alarm.
        log_odds: log-odds of overfitting.
        rise_log_odds: log-odds that validation rises, whatever train does.
        window: time scale of the evidence, in evaluations.
        new_best: whether validation has a new best since the confirmation, at the time scale of the confirmed onset.
    """

    step: int
    raised: bool
    log_odds: float
    rise_log_odds: float
    window: int
    new_best: bool


class Alarm(NamedTuple):  # one is made at every evaluation: a frozen dataclass costs three times as much
    """The alarm after some evaluations; counts start at 1.

    Attributes:
        state: healthy, provisional, confirmed or recovered.
        held: evaluations in a row that supported the alarm.
        contradicted: evaluations in a row that contradicted it.
        last_supported: count of the latest evaluation that supported it.
        log_odds: log-odds of overfitting at that evaluation.
        confirmed_count: count at which the present or the latest onset was confirmed.
        confirmed_step: step of that evaluation.
        window: time scale of the evidence at that evaluation, in evaluations.
        revoked: whether a confirmed onset was revoked since.
        revoked_by_new_best: whether it was revoked because validation reached a new best.
        first_confirmed_step: step at which the first onset was confirmed, also if it was withdrawn since.
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
        """The alarm after `count` evaluations, of which the last `weight` are new."""
        needed = max(MIN_HELD, ceil(MIN_HELD_SHARE * count))
        if self.state == "confirmed":
            return self._check(count, weight, needed, observation)
        without: State = "recovered" if self.revoked else "healthy"
        if not observation.raised:
            return self if self.state == without else self._replace(state=without, held=0)
        held = self.held + weight
        if held < needed:
            return self._replace(state="provisional", held=held)
        return Alarm(
            state="confirmed",
            held=held,
            last_supported=count,
            log_odds=observation.log_odds,
            confirmed_count=count,
            confirmed_step=observation.step,
            window=observation.window,
            first_confirmed_step=observation.step if self.first_confirmed_step is None else self.first_confirmed_step,
        )

    def _check(self, count: int, weight: int, needed: int, observation: Observation) -> Alarm:
        """A confirmed alarm after a further observation."""
        contradicted = self.contradicted + weight if observation.log_odds < REVOKE_LOG_ODDS else 0
        refuted = contradicted >= needed
        if observation.new_best or (refuted and observation.rise_log_odds < REVOKE_LOG_ODDS):
            new_best = observation.new_best
            return self._replace(state="recovered", held=0, contradicted=0, revoked=True, revoked_by_new_best=new_best)
        if refuted:  # validation is still up, but train went up with it: this never was overfitting
            return Alarm(first_confirmed_step=self.first_confirmed_step)
        if observation.raised:
            return self._replace(contradicted=contradicted, last_supported=count, log_odds=observation.log_odds)
        return self._replace(contradicted=contradicted)


def alarm_threshold(e: Evidence) -> Floats:
    """Log-odds from which on a rise raises the alarm, float64 [n]."""
    without_descent = 1 - descent_to_chance(e) / CLEAR_DESCENT
    threshold: Floats = ALARM_LOG_ODDS + (ALARM_LOG_ODDS_WITHOUT_DESCENT - ALARM_LOG_ODDS) * without_descent
    return threshold


def advance_alarm(alarm: Alarm, e: Evidence, steps: Steps, level: int, start: int = 0) -> tuple[Alarm, LogOdds]:
    """Update an alarm with the evidence from block `start` on.

    Args:
        alarm: the alarm before block `start`.
        e: evidence at the end of each of n blocks.
        steps: int64 [n], last step of each block.
        level: a block holds 2**level evaluations.
        start: first block that `alarm` does not know.

    Returns:
        The alarm after the last block, and the log-odds at all of them.
    """
    log_odds = compute_log_odds(e)
    weight = 1 << level
    raised = log_odds.overfitting >= alarm_threshold(e)
    columns = (steps, raised, log_odds.overfitting, log_odds.rise, e.window, e.count)
    rows = zip(*(column[start:].tolist() for column in columns), strict=True)
    steady: list[bool] = []
    for j, (step, is_raised, overfitting, rise, window, count) in enumerate(rows):
        if not is_raised and alarm.state in NO_ALARM:
            continue
        new_best = False
        if alarm.state != "confirmed":
            steady = []
        else:
            if not steady:
                new_bests = _new_bests(alarm, e, level)[start:]
                steady = (~new_bests & raised[start:]).tolist()
            if steady[j : j + 2] == [True, True]:
                continue  # the next block supports the alarm too, and overwrites all that this one would change
            new_best = bool(new_bests[j])
        observation = Observation(step, is_raised, overfitting, rise, int(window) * weight, new_best)
        alarm = alarm.update(int(count) * weight, weight, observation)
    return alarm, log_odds


def _new_bests(alarm: Alarm, e: Evidence, level: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether validation has a new best since the confirmation, at the time scale of the confirmed onset; bool [n]."""
    scale = min(max(alarm.window >> level, 1).bit_length(), len(e.newest_low)) - 1
    later: np.ndarray[tuple[int], np.dtype[np.bool_]] = (e.newest_low[scale] + 1 << level) > alarm.confirmed_count
    return later
