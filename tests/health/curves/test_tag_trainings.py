import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_losshealth.health.curves.tag_trainings import TagTraining, split_trainings


def split(
    steps: list[int], purges: list[tuple[int, int]] | None = None, writers: list[int] | None = None
) -> list[TagTraining]:
    rows = np.arange(len(steps), dtype=np.float64)
    return split_trainings(np.array(steps, dtype=np.int64), rows, 100.0 + rows, purges or [], writers or [])


def curves(trainings: list[TagTraining]) -> list[list[tuple[int, float]]]:
    return [
        list(zip(training.series.steps.tolist(), training.series.values.tolist(), strict=True))
        for training in trainings
    ]


def test_increasing_steps_are_one_training_without_a_copy() -> None:
    steps, values, walls = np.array([0, 2, 5]), np.array([1.0, np.nan, np.inf]), np.array([7.0, 8.0, 9.0])
    (training,) = split_trainings(steps, values, walls)
    assert training.series.steps is steps
    assert training.series.values is values
    assert training.series.wall_times is walls
    assert (training.resumed_at, training.averaged) == ((), False)


def test_no_rows_are_no_training() -> None:
    assert split([]) == []


def test_a_resume_drops_what_it_orphans() -> None:
    (training,) = split([0, 1, 2, 3, 2, 3, 4])
    assert curves([training]) == [[(0, 0), (1, 1), (2, 4), (3, 5), (4, 6)]]
    assert training.series.wall_times.tolist() == [100, 101, 104, 105, 106]
    assert training.resumed_at == (2,)


def test_a_deeper_resume_voids_a_shallower_one() -> None:
    (training,) = split([0, 1, 2, 3, 4, 3, 4, 5, 1, 2])
    assert curves([training]) == [[(0, 0), (1, 8), (2, 9)]]
    assert training.resumed_at == (1,)


def test_back_to_the_first_step_or_before_is_a_new_training() -> None:
    assert curves(split([5, 6, 7, 5, 6, 2, 3])) == [
        [(5, 0), (6, 1), (7, 2)],
        [(5, 3), (6, 4)],
        [(2, 5), (3, 6)],
    ]


def test_values_in_a_row_under_one_step_become_their_mean() -> None:
    (training,) = split([1, 1, 1, 2, 3, 3])
    assert curves([training]) == [[(1, 1), (2, 3), (3, 4.5)]]
    assert training.series.wall_times.tolist() == [102, 103, 105]
    assert training.averaged


def test_a_mean_of_huge_values_does_not_overflow() -> None:
    (training,) = split_trainings([0, 0, 1], [1.5e308, 1.7e308, 1.0], [0.0, 0.0, 0.0])
    np.testing.assert_allclose(training.series.values, [1.6e308, 1.0])


def test_a_mean_leaves_out_what_is_not_finite_and_says_so() -> None:
    values = [np.nan, 2.0, 4.0, np.inf, np.nan, 1.0, np.nan, 1e300, 3.0]
    (training,) = split_trainings([0, 0, 0, 1, 1, 2, 3, 4, 4], values, np.arange(9.0))
    np.testing.assert_array_equal(training.series.values, [3.0, np.nan, 1.0, np.nan, 3.0])
    assert training.series.wall_times.tolist() == [2, 4, 5, 6, 8]
    assert training.incomplete_at.tolist() == [0, 4]


def test_a_mean_that_a_resume_drops_is_not_said_to_be_incomplete() -> None:
    (training,) = split_trainings([0, 1, 1, 2, 1, 2], [1.0, np.nan, 2.0, 3.0, 4.0, 5.0], np.arange(6.0))
    assert training.incomplete_at.tolist() == []


def test_a_purge_drops_the_rows_before_it() -> None:
    (training,) = split([0, 1, 2, 3, 4, 3, 4], [(5, 2)])
    assert curves([training]) == [[(0, 0), (1, 1), (3, 5), (4, 6)]]
    assert training.resumed_at == (3,)


def test_a_purge_separates_equal_steps() -> None:
    (training,) = split([0, 1, 1, 2], [(2, 1)])
    assert curves([training]) == [[(0, 0), (1, 2), (2, 3)]]
    assert not training.averaged


def test_a_purge_of_everything_leaves_no_training() -> None:
    assert split([0, 1, 0, 1], [(4, 0)]) == []
    assert curves(split([3, 4, 3, 4], [(2, 0)])) == [[(3, 2), (4, 3)]]


def test_a_purge_reaches_earlier_trainings() -> None:
    assert curves(split([0, 1, 2, 0, 1, 2], [(6, 2)])) == [[(0, 0), (1, 1)], [(0, 3), (1, 4)]]


def test_a_new_writer_replaces_the_step_at_which_the_last_one_ended() -> None:
    (training,) = split([0, 1, 2, 2, 3], writers=[3])
    assert curves([training]) == [[(0, 0), (1, 1), (2, 3), (3, 4)]]
    assert (training.resumed_at, training.averaged) == ((2,), False)


def test_a_new_writer_at_the_first_step_is_a_new_training() -> None:
    assert curves(split([0, 0, 1], writers=[1])) == [[(0, 0)], [(0, 1), (1, 2)]]


def plainly(
    steps: list[int], values: list[float], purges: list[tuple[int, int]], writers: list[int]
) -> list[tuple[list[tuple[int, float, int]], list[int]]]:
    """The rules, row by row: (step, mean, last row) of each point, and where it was resumed."""
    trainings: list[tuple[list[tuple[int, list[float], int]], list[int]]] = []

    def drop(training: tuple[list[tuple[int, list[float], int]], list[int]], step: int) -> None:
        points, resumed = training
        points[:] = [point for point in points if point[0] < step]
        resumed[:] = [at for at in resumed if at < step]

    fresh = True
    for row, (step, value) in enumerate(zip(steps, values, strict=True)):
        for at, bound in purges:
            if at == row and at > 0:
                fresh = True
                for training in trainings:
                    drop(training, bound)
        if row in writers:
            fresh = True
        if trainings and trainings[-1][0]:
            points, resumed = trainings[-1]
            if not fresh and points[-1][0] == step:
                points[-1] = step, [*points[-1][1], value], row
                continue
            if step <= points[0][0]:
                trainings.append(([], []))
            elif step <= points[-1][0] or (row in dict(purges)):
                drop(trainings[-1], step)
                resumed.append(step)
        elif not trainings:
            trainings.append(([], []))
        trainings[-1][0].append((step, [value], row))
        fresh = False
    for at, bound in purges:
        if at >= len(steps):
            for training in trainings:
                drop(training, bound)
    return [
        ([(step, mean(batch), row) for step, batch, row in points], resumed) for points, resumed in trainings if points
    ]


def mean(batch: list[float]) -> float:
    """That of the finite values; NaN without any."""
    finite = [value for value in batch if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


@settings(deadline=None)
@given(
    st.lists(st.integers(-2, 9), max_size=25),
    st.lists(st.tuples(st.integers(0, 25), st.integers(-2, 9)), max_size=3).map(sorted),
    st.lists(st.integers(1, 24), max_size=2),
    st.sets(st.integers(0, 24), max_size=8),
)
def test_trainings_follow_the_rules_row_by_row(
    steps: list[int], purges: list[tuple[int, int]], writers: list[int], lost: set[int]
) -> None:
    values = [float("nan") if row in lost else float(row) for row in range(len(steps))]
    found = split_trainings(
        np.array(steps, dtype=np.int64), np.array(values), 100.0 + np.arange(len(steps)), purges, writers
    )
    expected = plainly(steps, values, purges, writers)
    assert [list(training.resumed_at) for training in found] == [resumed for _, resumed in expected]
    for training, (points, _) in zip(found, expected, strict=True):
        series = training.series
        assert series.steps.tolist() == [point[0] for point in points]
        assert (np.diff(series.steps) > 0).all()
        np.testing.assert_allclose(series.values, [point[1] for point in points])
        assert series.wall_times.tolist() == [100.0 + point[2] for point in points]
