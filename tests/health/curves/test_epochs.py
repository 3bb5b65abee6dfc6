from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.curves.epochs import steps_per_epoch
from tb_losshealth.health.curves.series import Series


def curve(steps: list[int] | range, values: list[float]) -> Series:
    return Series(np.array(steps, dtype=np.int64), np.array(values, dtype=float), np.full(len(values), np.nan))


def test_whole_epochs_end_where_the_next_begins() -> None:
    """As Lightning logs: every 50 steps, and at the end of each epoch of 117."""
    steps = sorted({*range(49, 400, 50), 116, 233, 350})
    assert steps_per_epoch(curve(steps, [step // 117 for step in steps])) == 117


def test_fractions_say_how_far_a_run_is() -> None:
    assert steps_per_epoch(curve(range(10, 510, 10), [step / 62.5 for step in range(10, 510, 10)])) == 62


def test_two_epochs_are_enough() -> None:
    assert steps_per_epoch(curve([99, 199], [0, 1])) == 100


@pytest.mark.parametrize(
    "values", [[], [0.0], [0.0, 0.0, 0.0], [2.0, 1.0, 0.0], [np.nan, np.nan], [0.0, 1.0, 2.0]], ids=str
)
def test_nothing_is_said_without_two_epochs_or_where_steps_are_epochs(values: list[float]) -> None:
    assert steps_per_epoch(curve(range(len(values)), values)) is None
