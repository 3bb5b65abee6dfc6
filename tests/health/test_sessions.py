import numpy as np

from tb_losshealth.health.sessions import Session, split_sessions


def split(steps: list[int], purges: list[tuple[int, int]] | None = None) -> list[Session]:
    rows = np.arange(len(steps), dtype=np.float64)
    return split_sessions(np.array(steps), rows, 100.0 + rows, purges or [])


def curves(sessions: list[Session]) -> list[list[tuple[int, float]]]:
    return [
        list(zip(session.series.steps.tolist(), session.series.values.tolist(), strict=True)) for session in sessions
    ]


def test_increasing_steps_are_one_session_without_a_copy() -> None:
    steps, values, walls = np.array([0, 2, 5]), np.array([1.0, np.nan, np.inf]), np.array([7.0, 8.0, 9.0])
    (session,) = split_sessions(steps, values, walls)
    assert session.series.steps is steps
    assert session.series.values is values
    assert session.series.wall_times is walls
    assert (session.resumed_at, session.averaged) == ((), False)


def test_no_rows_are_no_session() -> None:
    assert split([]) == []


def test_a_resume_drops_what_it_orphans() -> None:
    (session,) = split([0, 1, 2, 3, 2, 3, 4])
    assert curves([session]) == [[(0, 0), (1, 1), (2, 4), (3, 5), (4, 6)]]
    assert session.series.wall_times.tolist() == [100, 101, 104, 105, 106]
    assert session.resumed_at == (2,)


def test_a_deeper_resume_voids_a_shallower_one() -> None:
    (session,) = split([0, 1, 2, 3, 4, 3, 4, 5, 1, 2])
    assert curves([session]) == [[(0, 0), (1, 8), (2, 9)]]
    assert session.resumed_at == (1,)


def test_back_to_the_first_step_or_before_is_a_new_training() -> None:
    assert curves(split([5, 6, 7, 5, 6, 2, 3])) == [
        [(5, 0), (6, 1), (7, 2)],
        [(5, 3), (6, 4)],
        [(2, 5), (3, 6)],
    ]


def test_values_in_a_row_under_one_step_become_their_mean() -> None:
    (session,) = split([1, 1, 1, 2, 3, 3])
    assert curves([session]) == [[(1, 1), (2, 3), (3, 4.5)]]
    assert session.series.wall_times.tolist() == [102, 103, 105]
    assert session.averaged


def test_a_mean_of_huge_values_does_not_overflow() -> None:
    (session,) = split_sessions([0, 0, 1], [1.5e308, 1.7e308, 1.0], [0.0, 0.0, 0.0])
    np.testing.assert_allclose(session.series.values, [1.6e308, 1.0])


def test_a_purge_drops_the_rows_before_it() -> None:
    (session,) = split([0, 1, 2, 3, 4, 3, 4], [(5, 2)])
    assert curves([session]) == [[(0, 0), (1, 1), (3, 5), (4, 6)]]
    assert session.resumed_at == (3,)


def test_a_purge_separates_equal_steps() -> None:
    (session,) = split([0, 1, 1, 2], [(2, 1)])
    assert curves([session]) == [[(0, 0), (1, 2), (2, 3)]]
    assert not session.averaged


def test_a_purge_of_everything_leaves_no_session() -> None:
    assert split([0, 1, 0, 1], [(4, 0)]) == []
    assert curves(split([3, 4, 3, 4], [(2, 0)])) == [[(3, 2), (4, 3)]]


def test_a_purge_reaches_earlier_sessions() -> None:
    assert curves(split([0, 1, 2, 0, 1, 2], [(6, 2)])) == [[(0, 0), (1, 1)], [(0, 3), (1, 4)]]
