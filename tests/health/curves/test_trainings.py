"""Which curves belong to one training, and on which axis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.trainings import match_trainings


def tag_training(steps: list[int], start: float, pace: float = 1.0, resumed_at: tuple[int, ...] = ()) -> TagTraining:
    """Points written every `pace` seconds from `start` on; the value is the start."""
    count = len(steps)
    curve = Series(np.array(steps, np.int64), np.full(count, start), start + pace * np.arange(count, dtype=np.float64))
    return TagTraining(series=curve, resumed_at=resumed_at, averaged=False)


def test_trainings_are_matched_by_when_they_started() -> None:
    train = [tag_training([0, 1, 2], 0), tag_training([0, 1], 100), tag_training([0, 1, 2, 3], 200)]
    val = [tag_training([0, 2], 1), tag_training([1, 3], 201)]
    found = match_trainings(train, val)
    assert [(t.train.values[0], t.val.values[0] if len(t.val) else None) for t in found] == [
        (0, 1),
        (100, None),
        (200, 201),
    ]


def test_an_evaluation_before_the_first_train_point_belongs_to_the_first_training() -> None:
    found = match_trainings(
        [tag_training([1, 2], 10), tag_training([1, 2], 50)], [tag_training([0, 2], 5), tag_training([0, 2], 51)]
    )
    assert [t.val.values[0] for t in found] == [5, 51]


def test_a_restart_whose_first_evaluation_is_later_is_no_resume() -> None:
    train = [tag_training(list(range(50)), 0), tag_training(list(range(40)), 1000)]
    steps = np.array([10, 20, 30, 40])
    walls = np.array([10.0, 1020.0, 1030.0, 1040.0])
    looks_resumed = TagTraining(Series(steps, walls, walls), resumed_at=(20,), averaged=False)
    old, new = match_trainings(train, [looks_resumed])
    assert (old.val.steps.tolist(), new.val.steps.tolist()) == ([10], [20, 30, 40])
    assert new.flags == ()


def test_an_evaluation_just_before_a_restart_belongs_to_the_new_training() -> None:
    found = match_trainings(
        [tag_training([1, 2], 10), tag_training([1, 2, 3], 50)],
        [tag_training([0, 2], 9), tag_training([0, 1, 2], 49.5)],
    )
    assert [t.val.values[0] for t in found] == [9, 49.5]


def test_without_wall_times_trainings_are_matched_from_the_end() -> None:
    train = [tag_training([0], float("nan")), tag_training([0, 1], float("nan"))]
    found = match_trainings(train, [tag_training([0, 1, 2], 7)])
    assert [len(t.val) for t in found] == [0, 3]


def test_one_training_takes_the_latest_validation() -> None:
    (training,) = match_trainings(
        [tag_training([0, 5, 9], 0, resumed_at=(5,))], [tag_training([5], 1), tag_training([5, 9], 2, resumed_at=(9,))]
    )
    assert training.val.values[0] == 2
    assert training.resumed_at == (5, 9)
    assert training.flags == ("resumed",)


def test_no_validation_at_all_is_an_empty_curve() -> None:
    (training,) = match_trainings([tag_training([0, 1], 0)], [])
    assert len(training.val) == 0


def test_a_train_step_that_starts_again_in_every_epoch_is_one_training_on_the_axis_of_epochs() -> None:
    train = [tag_training([0, 1, 2], 10 * epoch) for epoch in range(5)]
    val = [tag_training([0, 1, 2, 3, 4], 9, pace=10)]
    (training,) = match_trainings(train, val)
    assert training.flags == ("steps_disjoint",)
    assert training.train.steps.tolist() == [0, 1, 2, 3, 4]
    assert training.train.values.tolist() == [0, 10, 20, 30, 40]


def test_values_left_out_of_a_mean_are_flagged_for_their_own_training_alone() -> None:
    train = [tag_training([0, 1, 2], 0), tag_training([0, 1, 2], 1000)]
    val = [tag_training([0, 1, 2], 1), tag_training([0, 1, 2], 1001)]
    val[0] = replace(val[0], incomplete_at=np.array([1]))
    assert [training.flags for training in match_trainings(train, val)] == [("non_finite",), ()]
    train = [tag_training(list(range(50)), 0), tag_training(list(range(40)), 1000)]
    walls = np.array([10.0, 1020.0, 1030.0, 1040.0])
    looks_resumed = TagTraining(Series(np.array([10, 20, 30, 40]), walls, walls), (20,), incomplete_at=np.array([10]))
    assert [training.flags for training in match_trainings(train, [looks_resumed])] == [("non_finite",), ()]
