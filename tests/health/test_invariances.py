"""What must not change a diagnosis: units, the zero of the loss, the spacing of steps, and asking again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import Diagnosis, Verdict, diagnose
from tb_losshealth.health.monitor import LossMonitor

# Multiples of 1/64 stay exact when shifted by integers and scaled by powers of four, of which square roots are taken.
exact = st.integers(-640, 640).map(lambda k: k / 64)


@st.composite
def curve_pairs(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Train and validation at the same evaluations: noise, or a fall and perhaps a rise with noise on it."""
    n = draw(st.integers(0, 60))
    if draw(st.booleans()):
        return (
            np.array(draw(st.lists(exact, min_size=n, max_size=n))),
            np.array(draw(st.lists(exact, min_size=n, max_size=n))),
        )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = np.arange(n) / max(n, 1)
    turn, rise = draw(st.floats(0.1, 1.0)), draw(st.floats(0.0, 2.0))
    noise = draw(st.sampled_from([0.0, 0.02, 0.2]))
    train = 8 * np.exp(-4 * x) + noise * rng.standard_normal(n)
    val = 8 * np.exp(-5 * x) + 8 * rise * np.maximum(x - turn, 0) + noise * rng.standard_normal(n)
    return np.round(64 * train) / 64, np.round(64 * val) / 64


def by_index(diagnosis: Diagnosis, steps: Steps) -> tuple[object, ...]:
    """The diagnosis with indices of evaluations for steps."""
    number = {int(step): i for i, step in enumerate(steps)}
    onset = diagnosis.onset
    marks = None
    if onset is not None:
        confirmed = None if onset.confirmed_step is None else number[onset.confirmed_step]
        marks = (number[onset.step], number[onset.low], number[onset.high], confirmed, onset.confidence)
    best = None if diagnosis.best_step is None else number[diagnosis.best_step]
    return diagnosis.verdict, marks, diagnosis.recovered, best, diagnosis.flags


@given(curve_pairs(), st.integers(-15, 15), st.sampled_from(["min", "max"]))
@settings(max_examples=80, deadline=None)
def test_the_unit_of_the_loss_does_not_matter(curves: tuple[Floats, Floats], power: int, mode: Mode) -> None:
    train, val = curves
    if mode == "max":
        # Between 0 and 100 a metric that is better when higher is read as a share: that is a unit.
        train, val = train + 1000, val + 1000
    steps = np.arange(len(val))
    factor = 4.0**power if mode == "min" else 4.0 ** abs(power)
    before = by_index(diagnose(train, val, mode), steps)
    assert by_index(diagnose(factor * train, factor * val, mode), steps) == before


@given(curve_pairs(), st.integers(-1000, 1000))
@settings(max_examples=80, deadline=None)
def test_the_zero_of_the_loss_matters_to_how_little_was_learned_alone(
    curves: tuple[Floats, Floats], shift: int
) -> None:
    train, val = curves
    here, there = diagnose(train, val), diagnose(train + shift, val + shift)
    relative = {
        Verdict.INCONCLUSIVE,
        Verdict.UNDERFITTING,
        Verdict.UNSTABLE,
        Verdict.CONVERGED,
        Verdict.IMPROVING,
        Verdict.WIDENING_GAP,
    }
    assert here.verdict == there.verdict or {here.verdict, there.verdict} <= relative
    assert here.onset == there.onset
    assert here.gap == there.gap
    assert here.best_step == there.best_step


@given(curve_pairs(), st.floats(1.0, 3.0), st.integers(-(10**6), 10**6))
@settings(max_examples=60, deadline=None)
def test_the_spacing_of_steps_does_not_matter(curves: tuple[Floats, Floats], power: float, start: int) -> None:
    train, val = curves
    steps = np.arange(len(val))
    stretched = start + steps + np.floor(steps**power).astype(np.int64)
    before = by_index(diagnose((steps, train), (steps, val)), steps)
    assert by_index(diagnose((stretched, train), (stretched, val)), stretched) == before


@given(curve_pairs())
@settings(max_examples=50, deadline=None)
def test_higher_is_better_is_the_same_upside_down(curves: tuple[Floats, Floats]) -> None:
    train, val = curves
    low, high = diagnose(train, val), diagnose(-train, -val, "max")
    if np.all(val > 0):  # otherwise the negated values may pass for a share, for which "little" means something else
        assert high.verdict == low.verdict
    assert (high.onset, high.gap, high.best_step) == (low.onset, low.gap, low.best_step)


@given(curve_pairs())
@settings(max_examples=50, deadline=None)
def test_asking_again_and_appending_nothing_change_nothing(curves: tuple[Floats, Floats]) -> None:
    train, val = curves
    copies = train.copy(), val.copy()
    first = diagnose(train, val)
    assert diagnose(train, val) == first
    assert diagnose(np.append(train, []), np.append(val, [])) == first
    assert np.array_equal(train, copies[0])
    assert np.array_equal(val, copies[1])


@given(curve_pairs(), st.lists(st.integers(0, 60), max_size=6))
@settings(max_examples=60, deadline=None)
def test_evaluations_that_are_not_finite_are_as_if_never_made(curves: tuple[Floats, Floats], places: list[int]) -> None:
    train, val = curves
    steps = 2 * np.arange(len(val))
    at = np.array(sorted({p for p in places if p < len(val)}), dtype=int)
    holes = np.insert(val, at, np.nan)
    hole_steps = np.insert(steps, at, steps[at] - 1)
    clean = diagnose((steps, train), (steps, val))
    dirty = diagnose((steps, train), (hole_steps, holes))
    flags = tuple(flag for flag in dirty.flags if flag != "non_finite")
    assert replace(dirty, flags=flags, reason="") == replace(clean, reason="")
    assert ("non_finite" in dirty.flags) == bool(len(at))


@st.composite
def logged_pairs(draw: st.DrawFn) -> tuple[tuple[Steps, Floats], tuple[Steps, Floats]]:
    """Train and validation as logs have them: train denser or sparser, steps repeated, values lost, spikes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.sampled_from([3, 5, 8, 15, 40, 40, 120, 600]))
    density = draw(st.sampled_from([0.2, 1.0, 1.0, 4.0]))
    turn, rise, noise = draw(st.floats(0.1, 1.0)), draw(st.floats(0.0, 2.0)), draw(st.sampled_from([0.0, 0.02, 0.2]))
    curves = []
    for count, lift in ((max(int(density * n), 1), 0.0), (n, rise)):
        x = np.arange(count) / count
        values = 8 * np.exp(-5 * x) + 8 * lift * np.maximum(x - turn, 0) + noise * rng.standard_normal(count)
        values[rng.integers(0, count, draw(st.integers(0, 2)))] += 5
        steps = np.ceil((np.arange(count) + 1) * (40 * n / count)).astype(np.int64)
        twice = np.sort(np.r_[np.arange(count), rng.integers(0, count, draw(st.integers(0, count)))])
        values = np.round(64 * values[twice] + rng.integers(-4, 5, len(twice))) / 64
        values[rng.random(len(twice)) < draw(st.sampled_from([0.0, 0.0, 0.1, 0.5]))] = np.nan
        curves.append((steps[twice], values))
    return curves[0], curves[1]


def live(train: tuple[Steps, Floats], val: tuple[Steps, Floats], mode: Mode) -> LossMonitor:
    """A monitor that was given both in the order of their steps, train first."""
    monitor = LossMonitor(mode)
    events = [(step, 0, value) for step, value in zip(train[0].tolist(), train[1].tolist(), strict=True)]
    events += [(step, 1, value) for step, value in zip(val[0].tolist(), val[1].tolist(), strict=True)]
    for step, is_val, value in sorted(events, key=lambda event: event[:2]):
        (monitor.add_val if is_val else monitor.add_train)(step, value)
    return monitor


@given(logged_pairs(), st.sampled_from(["min", "max"]))
@settings(max_examples=60, deadline=None)
def test_the_monitor_says_what_diagnose_says_of_any_log(
    curves: tuple[tuple[Steps, Floats], tuple[Steps, Floats]], mode: Mode
) -> None:
    train, val = curves
    expected = diagnose(train, val, mode)
    monitor = live(train, val, mode)
    found = monitor.diagnose()
    if "steps_disjoint" in expected.flags:  # told by other means live
        return
    assert found == expected
    assert monitor.state != "recovered" or expected.recovered or expected.verdict is Verdict.OVERFITTING
    if monitor.state == "confirmed":
        assert expected.verdict in (Verdict.OVERFITTING, Verdict.DIVERGING)
    if expected.recovered:
        assert monitor.state == "recovered"


@given(logged_pairs(), st.integers(-10, 10))
@settings(max_examples=60, deadline=None)
def test_the_unit_of_a_log_does_not_matter(
    curves: tuple[tuple[Steps, Floats], tuple[Steps, Floats]], power: int
) -> None:
    (train_steps, train), (steps, val) = curves
    here = diagnose((train_steps, train), (steps, val))
    there = diagnose((train_steps, 4.0**power * train), (steps, 4.0**power * val))
    for field in ("verdict", "onset", "recovered", "best_step", "flags", "evaluations", "train_points"):
        assert getattr(there, field) == getattr(here, field)


@given(logged_pairs(), st.integers(1, 50), st.integers(-(10**6), 10**6))
@settings(max_examples=60, deadline=None)
def test_a_monotone_change_of_the_step_axis_does_not_matter(
    curves: tuple[tuple[Steps, Floats], tuple[Steps, Floats]], stretch: int, start: int
) -> None:
    """The same change of both axes, bent and not only stretched."""
    (train_steps, train), (steps, val) = curves

    def bent(at: Steps) -> Steps:
        return start + stretch * at + at**2

    here, there = diagnose((train_steps, train), (steps, val)), diagnose((bent(train_steps), train), (bent(steps), val))
    same = (here.verdict, here.recovered, here.flags, here.gap.final, here.gap.maximum, here.evaluations)
    assert (there.verdict, there.recovered, there.flags, there.gap.final, there.gap.maximum, there.evaluations) == same
    if here.onset is None or there.onset is None:
        assert here.onset is there.onset
        return
    marks = np.array([here.onset.low, here.onset.step, here.onset.high])
    assert bent(marks).tolist() == [there.onset.low, there.onset.step, there.onset.high]
    assert here.onset.confidence == there.onset.confidence
