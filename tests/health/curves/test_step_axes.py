"""Whether train and validation count the same steps, and how they come onto one axis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tb_losshealth.health.curves.series import EMPTY_SERIES, Series
from tb_losshealth.health.curves.step_axes import StepRelation, align_by_order, align_by_time, step_relation
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.trainings import match_trainings
from tb_losshealth.health.diagnosis import diagnose
from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.pairing.pairs import TagRef, explicit_pair
from tb_losshealth.reports import align


def series(steps: ArrayLike, walls: ArrayLike) -> Series:
    """The value is the number of the point."""
    at = np.array(steps, np.int64)
    return Series(at, np.arange(len(at), dtype=np.float64), np.array(walls, np.float64))


BATCHES = np.arange(1000)
EPOCHS = np.arange(10)
ENDS = EPOCHS * 100 + 99
"""The last batch of each epoch."""


@pytest.mark.parametrize(
    ("train", "val", "expected"),
    [
        (series(BATCHES, BATCHES), series(EPOCHS, ENDS), "by_time"),
        (series(BATCHES, BATCHES), series(ENDS, ENDS), "same"),
        (series(BATCHES, BATCHES), series(EPOCHS + 5000, ENDS), "by_time"),
        (series(BATCHES, BATCHES), series(ENDS[7:], ENDS[7:]), "same"),
        (series(EPOCHS, EPOCHS), series(BATCHES, 0.01 * BATCHES), "by_time"),
        (series(EPOCHS, EPOCHS), series(EPOCHS, EPOCHS + 0.5), "same"),
        (series(EPOCHS, EPOCHS + 0.5), series(EPOCHS, EPOCHS), "same"),
        (series(EPOCHS + 1, EPOCHS), series(EPOCHS, EPOCHS + 0.5), "same"),
        (series(EPOCHS * 100, EPOCHS + 0.5), series(ENDS, EPOCHS + 0.6), "same"),
        (series(BATCHES, np.full(1000, np.nan)), series(EPOCHS, EPOCHS), "by_order"),
        (series(BATCHES, np.full(1000, np.nan)), series(ENDS, ENDS), "same"),
        (series(BATCHES, np.full(1000, 7.0)), series(EPOCHS, np.full(10, 7.0)), "by_order"),
        (series(BATCHES, 1e-3 * BATCHES), series(EPOCHS, 2 + 1e-3 * EPOCHS), "by_order"),
        (series(BATCHES, 1e-3 * BATCHES), series(ENDS, 2 + 1e-3 * EPOCHS), "same"),
        (series(EPOCHS[:1], EPOCHS[:1]), series(BATCHES, BATCHES), "same"),
        (series([49, 99, 149], [0, 110, 113]), series([96, 193], [47, 217]), "same"),
        (series(BATCHES[:500], BATCHES[:500]), series(ENDS, ENDS), "same"),
        (series([5399, 5449, 10799], [0.9, 1.1, 2]), series([2717, 5435], [1, 2.1]), "by_time"),
        (series(np.arange(4049, 4134), np.linspace(831, 848, 85)), series([21, 43, 65], [386, 752, 1121]), "by_time"),
        (series(BATCHES, BATCHES), series(ENDS, 2.0 * ENDS), "same"),
        (series(BATCHES, BATCHES), series(ENDS, ENDS + 90), "same"),
        (series(BATCHES, BATCHES), series(ENDS[:8], ENDS[:8] + 90), "same"),
        (series(BATCHES, BATCHES // 100), series(ENDS, ENDS // 100), "same"),
        (series([-(2**63), 0, 2**63 - 1], [0, 1, 2]), series([-(2**63), 0, 2**63 - 1], [0, 1, 2]), "same"),
        (series(BATCHES, BATCHES), EMPTY_SERIES, "same"),
        (EMPTY_SERIES, series(EPOCHS, EPOCHS), "same"),
    ],
    ids=[
        "batches and epochs",
        "same",
        "ranges that do not meet",
        "first evaluated late",
        "epochs and batches",
        "epochs",
        "train logged after validation",
        "off by one",
        "train logged at the start of an epoch",
        "no wall times",
        "no wall times, same",
        "one wall time",
        "written one after the other",
        "written one after the other, same",
        "one point",
        "a pause",
        "train logged no more",
        "two evaluations, accumulation 2",
        "train logged in a single epoch, beyond validation's steps",
        "evaluated elsewhere at half the speed",
        "evaluated elsewhere, ninety steps late",
        "evaluated elsewhere, still running",
        "a coarse clock",
        "the whole range of steps",
        "no evaluation",
        "no train",
    ],
)
def test_wall_times_decide_and_where_they_show_nothing_the_steps_do(
    train: Series, val: Series, expected: StepRelation
) -> None:
    assert step_relation(train, val) == expected


@st.composite
def one_clock(draw: st.DrawFn) -> tuple[Series, Series, float]:
    """Train and validation of one training, and how many train steps validation counts as one."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    accumulation = draw(st.one_of(st.just(1.0), st.floats(1.25, 64)))
    batches, evaluations = draw(st.integers(1000, 5000)), draw(st.integers(2, 60))
    seconds = rng.lognormal(0, 0.3, batches)
    for at in draw(st.lists(st.integers(0, batches - 1), max_size=3)):
        seconds[at] += draw(st.floats(0, 2)) * batches  # a pause
    ends = np.unique((np.linspace(0, 1, evaluations + 1)[1:] * batches).astype(int)) - 1
    shifts = np.r_[rng.integers(-9, 9, len(ends) - 1), 0] * (batches // evaluations // 20)
    ends = ends + shifts
    seconds[ends[:-1] + 1] += draw(st.sampled_from([0.0, 1.0, 500.0]))  # the time an evaluation takes
    walls = np.cumsum(seconds)
    logged = np.arange(draw(st.integers(0, 9)), batches, draw(st.integers(1, max(1, batches // 50))))
    offset = draw(st.integers(-1, 1)) + draw(st.sampled_from([0, 0, 10_000])) * (accumulation == 1)
    first = offset - draw(st.integers(-1, 1)) if accumulation == 1 else 0
    val_steps, kept = np.unique(np.floor((ends + 1) / accumulation).astype(np.int64) + offset, return_index=True)
    return series(logged + first, walls[logged]), series(val_steps, walls[ends[kept]] + 1e-3), accumulation


@given(one_clock())
@settings(max_examples=300, deadline=None)
def test_accumulation_is_seen_however_it_is_logged(run: tuple[Series, Series, float]) -> None:
    train, val, accumulation = run
    if len(val) > 1:
        assert step_relation(train, val) == ("same" if accumulation == 1 else "by_time")


@given(one_clock())
@settings(max_examples=100, deadline=None)
def test_curves_on_one_axis_stay_there(run: tuple[Series, Series, float]) -> None:
    train, val, _ = run
    if len(val) > 1:
        assert step_relation(align_by_time([train], val), val) == "same"


@given(one_clock(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_diagnosis_flags_and_chart_agree(run: tuple[Series, Series, float], timed: bool) -> None:
    """Of the curves as they were logged, of those matched for the page, and of the chart."""
    train, val, _ = run
    if not timed:
        train, val = (Series(one.steps, one.values, np.full(len(one), np.nan)) for one in (train, val))
    (training,) = match_trainings([TagTraining(train)], [TagTraining(val)])
    pair = explicit_pair(".", "loss", "min", (TagRef(".", "a"), TagRef(".", "b"), None), reason="", source="declared")
    found = diagnose_pair(pair, training, of=1)
    assert found == diagnose(train, val)
    assert ("steps_disjoint" in found.flags) == (step_relation(train, val) != "same")
    gap = align(training, "min").gap
    known = gap[np.isfinite(gap)]
    assert found.gap.final == (known[-1] if len(known) else None)


def test_the_gap_is_unknown_where_only_order_is_left() -> None:
    train, val = series(BATCHES, np.full(1000, np.nan)), series(EPOCHS, EPOCHS)
    (training,) = match_trainings([TagTraining(train)], [TagTraining(val)])
    assert training.flags == ()
    diagnosis = diagnose(training.train, training.val)
    assert diagnosis.flags == ("steps_disjoint",)
    assert diagnosis.gap.final is None
    assert any("step axis" in why for why in diagnosis.not_judged)
    assert np.isnan(align(training, "min").gap).all()


def test_train_points_become_the_mean_of_their_validation_interval() -> None:
    aligned = align_by_time([series(BATCHES, BATCHES)], series(EPOCHS * 2, ENDS))
    assert aligned.steps.tolist() == (EPOCHS * 2).tolist()
    np.testing.assert_allclose(aligned.values, EPOCHS * 100 + 49.5)


def test_train_points_after_the_last_evaluation_stand_behind_it() -> None:
    aligned = align_by_time([series(BATCHES, BATCHES)], series(EPOCHS[:5] * 2, ENDS[:5]))
    assert aligned.steps.tolist() == [0, 2, 4, 6, 8, 10]


def test_a_mean_over_an_interval_leaves_out_what_is_not_finite() -> None:
    lossy = series(BATCHES, BATCHES)
    lossy.values[[50, 350]] = np.nan
    aligned = align_by_time([lossy], series(EPOCHS * 2, ENDS))
    assert np.isfinite(aligned.values).all()
    (training,) = match_trainings([TagTraining(lossy)], [TagTraining(series(EPOCHS, ENDS))])
    assert training.flags == ("steps_disjoint", "non_finite")


def test_by_order_the_first_point_stands_at_the_start_and_the_last_at_the_end() -> None:
    aligned = align_by_order(series(BATCHES[:6], BATCHES[:6]), np.array([3, 5, 9]))
    assert aligned.steps.tolist() == [3, 3, 5, 5, 9, 9]
