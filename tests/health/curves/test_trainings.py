"""Which curves belong to one training, and on which axis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.step_axes import axes_differ, onto_validation_steps
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.trainings import match_trainings


def session(steps: list[int], start: float, pace: float = 1.0, resumed_at: tuple[int, ...] = ()) -> TagTraining:
    """Points written every `pace` seconds from `start` on; the value is the start."""
    count = len(steps)
    curve = Series(np.array(steps, np.int64), np.full(count, start), start + pace * np.arange(count, dtype=np.float64))
    return TagTraining(series=curve, resumed_at=resumed_at, averaged=False)


def test_sessions_are_matched_by_when_they_started() -> None:
    train = [session([0, 1, 2], 0), session([0, 1], 100), session([0, 1, 2, 3], 200)]
    val = [session([0, 2], 1), session([1, 3], 201)]
    found = match_trainings(train, val)
    assert [(t.train.values[0], t.val.values[0] if len(t.val) else None) for t in found] == [
        (0, 1),
        (100, None),
        (200, 201),
    ]


def test_an_evaluation_before_the_first_train_point_belongs_to_the_first_training() -> None:
    found = match_trainings([session([1, 2], 10), session([1, 2], 50)], [session([0, 2], 5), session([0, 2], 51)])
    assert [t.val.values[0] for t in found] == [5, 51]


def test_a_restart_whose_first_evaluation_is_later_is_no_resume() -> None:
    train = [session(list(range(50)), 0), session(list(range(40)), 1000)]
    steps = np.array([10, 20, 30, 40])
    walls = np.array([10.0, 1020.0, 1030.0, 1040.0])
    looks_resumed = TagTraining(Series(steps, walls, walls), resumed_at=(20,), averaged=False)
    old, new = match_trainings(train, [looks_resumed])
    assert (old.val.steps.tolist(), new.val.steps.tolist()) == ([10], [20, 30, 40])
    assert new.flags == ()


def test_an_evaluation_just_before_a_restart_belongs_to_the_new_training() -> None:
    found = match_trainings(
        [session([1, 2], 10), session([1, 2, 3], 50)], [session([0, 2], 9), session([0, 1, 2], 49.5)]
    )
    assert [t.val.values[0] for t in found] == [9, 49.5]


def test_without_wall_times_sessions_are_matched_from_the_end() -> None:
    train = [session([0], float("nan")), session([0, 1], float("nan"))]
    found = match_trainings(train, [session([0, 1, 2], 7)])
    assert [len(t.val) for t in found] == [0, 3]


def test_one_training_takes_the_latest_validation() -> None:
    (training,) = match_trainings(
        [session([0, 5, 9], 0, resumed_at=(5,))], [session([5], 1), session([5, 9], 2, resumed_at=(9,))]
    )
    assert training.val.values[0] == 2
    assert training.resumed_at == (5, 9)
    assert training.flags == ("resumed",)


def test_no_validation_at_all_is_an_empty_curve() -> None:
    (training,) = match_trainings([session([0, 1], 0)], [])
    assert len(training.val) == 0


def test_a_train_step_that_starts_again_in_every_epoch_is_one_training_on_the_axis_of_epochs() -> None:
    train = [session([0, 1, 2], 10 * epoch) for epoch in range(5)]
    val = [session([0, 1, 2, 3, 4], 9, pace=10)]
    (training,) = match_trainings(train, val)
    assert training.flags == ("steps_disjoint",)
    assert training.train.steps.tolist() == [0, 1, 2, 3, 4]
    assert training.train.values.tolist() == [0, 10, 20, 30, 40]


def series(steps: np.ndarray, walls: np.ndarray) -> Series:
    return Series(steps.astype(np.int64), np.arange(len(steps), dtype=np.float64), walls.astype(np.float64))


BATCHES = np.arange(1000)
EPOCHS = np.arange(10)


@pytest.mark.parametrize(
    ("train", "val", "differ"),
    [
        (series(BATCHES, BATCHES), series(EPOCHS, EPOCHS * 100 + 99), True),
        (series(BATCHES, BATCHES), series(EPOCHS * 100 + 99, EPOCHS * 100 + 99), False),
        (series(BATCHES, BATCHES), series(EPOCHS + 5000, EPOCHS * 100 + 99), True),
        (series(BATCHES, BATCHES), series(EPOCHS[7:] * 100 + 99, EPOCHS[7:] * 100 + 99), False),
        (series(EPOCHS, EPOCHS), series(BATCHES, 0.01 * BATCHES), True),
        (series(EPOCHS, EPOCHS), series(EPOCHS, EPOCHS + 0.5), False),
        (series(BATCHES, np.full(1000, np.nan)), series(EPOCHS, EPOCHS), False),
        (series(BATCHES, 1e-3 * BATCHES), series(EPOCHS, 2 + 1e-3 * EPOCHS), False),  # written afterwards, one by one
        (series(EPOCHS[:1], EPOCHS[:1]), series(BATCHES, BATCHES), False),
        (
            series(np.array([49, 99, 149]), np.array([0, 110, 113])),
            series(np.array([96, 193]), np.array([47, 217])),
            False,
        ),
    ],
    ids=[
        "batch/epoch",
        "same",
        "disjoint",
        "late",
        "epoch/batch",
        "epochs",
        "no wall times",
        "post hoc",
        "one point",
        "paused",
    ],
)
def test_axes_differ_only_where_wall_times_say_so(train: Series, val: Series, differ: bool) -> None:
    assert axes_differ(train, val) is differ


def test_train_points_become_the_mean_of_their_validation_interval() -> None:
    aligned = onto_validation_steps([series(BATCHES, BATCHES)], series(EPOCHS * 2, EPOCHS * 100 + 99))
    assert aligned.steps.tolist() == (EPOCHS * 2).tolist()
    np.testing.assert_allclose(aligned.values, EPOCHS * 100 + 49.5)


def test_train_points_after_the_last_evaluation_stand_behind_it() -> None:
    aligned = onto_validation_steps([series(BATCHES, BATCHES)], series(EPOCHS[:5] * 2, EPOCHS[:5] * 100 + 99))
    assert aligned.steps.tolist() == [0, 2, 4, 6, 8, 10]


def test_a_mean_over_an_interval_leaves_out_what_is_not_finite() -> None:
    lossy = series(BATCHES, BATCHES)
    lossy.values[[50, 350]] = np.nan
    aligned = onto_validation_steps([lossy], series(EPOCHS * 2, EPOCHS * 100 + 99))
    assert np.isfinite(aligned.values).all()
    (training,) = match_trainings([TagTraining(lossy)], [TagTraining(series(EPOCHS, EPOCHS * 100 + 99))])
    assert training.flags == ("steps_disjoint", "non_finite")


def test_values_left_out_of_a_mean_are_flagged_for_their_own_training_alone() -> None:
    train = [session([0, 1, 2], 0), session([0, 1, 2], 1000)]
    val = [session([0, 1, 2], 1), session([0, 1, 2], 1001)]
    val[0] = replace(val[0], incomplete_at=np.array([1]))
    assert [training.flags for training in match_trainings(train, val)] == [("non_finite",), ()]
    train = [session(list(range(50)), 0), session(list(range(40)), 1000)]
    walls = np.array([10.0, 1020.0, 1030.0, 1040.0])
    looks_resumed = TagTraining(Series(np.array([10, 20, 30, 40]), walls, walls), (20,), incomplete_at=np.array([10]))
    assert [training.flags for training in match_trainings(train, [looks_resumed])] == [("non_finite",), ()]
