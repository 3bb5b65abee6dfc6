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
from tb_losshealth.health.detector.log_odds import SURELY_DESCENDED, descended, weigh

State = Literal["healthy", "provisional", "confirmed", "recovered"]
CALM: tuple[State, ...] = ("healthy", "recovered")
"""States that stay as they are until an alarm is seen."""

SEEN_FROM = 1.0
"""Log-odds from which on a rise is an alarm, where validation fell before it beyond doubt ..."""
SEEN_FROM_WITHOUT_DESCENT = 2.2
"""... and where it never fell: each of its many lows is a start from which chance may make it rise. On the tuning split
80 % of overfitting is told, 77 % in real trainings, with false alarms in 1.4 % of runs; with 1.0 in either case 82, 85
and 1.9 %, with 3.4 here 76, 61 and 1.1 %. On level curves of 10 to 300 evaluations, up to AR(0.9), which no benchmark
here prints, false alarms were 9.5, 18 and 4.7 %."""
HELD_AT_LEAST = 2
HELD_SHARE = 0.1
"""An alarm is confirmed once it has held for this share of the run, and for two evaluations. A fiftieth of the run
tells one in a hundred more of what overfits there, and raises a tenth more false alarms."""
GONE_BELOW = -1.0
"""Log-odds below which a confirmed onset is revoked, held as long as confirming takes."""


class Alarm(NamedTuple):  # one is made at every evaluation: a frozen dataclass costs three times as much
    """How things stand after some evaluations; counts start at 1.

    Attributes:
        state: what to tell.
        held: evaluations in a row that carried the alarm.
        absent: evaluations in a row that contradicted it.
        latest: count of the latest evaluation that carried it.
        odds: log-odds of overfitting at that evaluation.
        confirmed: count at which the present or the latest onset was confirmed.
        confirmed_step: the step of that evaluation.
        window: time scale of the evidence at that moment, in evaluations.
        revoked: whether a confirmed onset was revoked since.
        came_back: whether that was for a new best.
        first_told: step at which any onset was first confirmed, also one that was withdrawn since.
    """

    state: State = "healthy"
    held: int = 0
    absent: int = 0
    latest: int = 0
    odds: float = 0.0
    confirmed: int = 0
    confirmed_step: int | None = None
    window: int = 1
    revoked: bool = False
    came_back: bool = False
    first_told: int | None = None

    def after(self, count: int, weight: int, look: Look) -> Alarm:
        """How things stand once `count` evaluations are known, `weight` of them new."""
        needed = max(HELD_AT_LEAST, ceil(HELD_SHARE * count))
        if self.state == "confirmed":
            absent = self.absent + weight if look.odds < GONE_BELOW else 0
            if look.new_best or (absent >= needed and look.rise_odds < GONE_BELOW):
                return self._replace(state="recovered", held=0, absent=0, revoked=True, came_back=look.new_best)
            if absent >= needed:  # validation is still up, but train went up with it: it was something else
                return Alarm(first_told=self.first_told)
            latest, odds = (count, look.odds) if look.seen else (self.latest, self.odds)
            return self._replace(absent=absent, latest=latest, odds=odds)
        calm: State = "recovered" if self.revoked else "healthy"
        if not look.seen:
            return self if self.state == calm else self._replace(state=calm, held=0)
        held = self.held + weight
        if held < needed:
            return self._replace(state="provisional", held=held)
        told = look.step if self.first_told is None else self.first_told
        return Alarm(
            state="confirmed",
            held=held,
            latest=count,
            odds=look.odds,
            confirmed=count,
            confirmed_step=look.step,
            window=look.window,
            first_told=told,
        )


class Look(NamedTuple):
    """The evidence at one evaluation.

    Attributes:
        step: of the evaluation.
        seen: whether the odds are those of an alarm.
        odds: log-odds of overfitting.
        rise_odds: log-odds that validation rises, whatever train does.
        window: time scale of the evidence, in evaluations.
        new_best: whether validation has a new best since the confirmation, at the scale of the confirmed onset.
    """

    step: int
    seen: bool
    odds: float
    rise_odds: float
    window: int
    new_best: bool


def seen_from(e: Evidence) -> Floats:
    """Log-odds from which on a rise is an alarm, float64 [n]."""
    without_descent = 1 - descended(e) / SURELY_DESCENDED
    least: Floats = SEEN_FROM + (SEEN_FROM_WITHOUT_DESCENT - SEEN_FROM) * without_descent
    return least


def advance(alarm: Alarm, e: Evidence, steps: Steps, times: int, start: int = 0) -> tuple[Alarm, Floats, Floats]:
    """Take the looks from `start` on into account.

    Args:
        alarm: how things stood before look `start`.
        e: evidence, one entry a look: at the end of each block.
        steps: int64 [n], last step of each of these blocks.
        times: a block holds 2**times evaluations.
        start: first look that `alarm` does not know.

    Returns:
        How things stand, and both log-odds of `weigh` of all looks.
    """
    rising, odds = weigh(e)
    weight = 1 << times
    columns = [column[start:].tolist() for column in (steps, odds >= seen_from(e), odds, rising, e.window, e.count)]
    steady: list[bool] = []
    for j, (step, seen, odd, rise, window, count) in enumerate(zip(*columns, strict=True)):
        if not seen and alarm.state in CALM:
            continue
        new_best = False
        if alarm.state != "confirmed":
            steady = []
        else:
            if not steady:
                new_bests = _new_bests(alarm, e, times)[start:]
                steady = (~new_bests & columns[1]).tolist()
            if steady[j : j + 2] == [True, True]:
                continue  # what this look tells, the next one tells anew
            new_best = bool(new_bests[j])
        alarm = alarm.after(int(count) * weight, weight, Look(step, seen, odd, rise, int(window) * weight, new_best))
    return alarm, rising, odds


def _new_bests(alarm: Alarm, e: Evidence, times: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether validation has a new best since the confirmation, at the scale of the confirmed onset; bool [n]."""
    scale = min(max(alarm.window >> times, 1).bit_length(), len(e.newest_low)) - 1
    later: np.ndarray[tuple[int], np.dtype[np.bool_]] = (e.newest_low[scale] + 1 << times) > alarm.confirmed
    return later
