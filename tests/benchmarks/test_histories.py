"""The histories of the benchmark have the truth that they claim."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.judging import families, real, shapes_reporting, shapes_tuning
from benchmarks.judging.detectors import ours
from benchmarks.judging.history import Floats, History
from benchmarks.judging.scores import score
from benchmarks.judging.truth import clear


def oriented(history: History) -> Floats:
    assert history.clean is not None
    return -history.clean if history.mode == "max" else history.clean


@pytest.mark.parametrize("split", ["tuning", "reporting"])
def test_validation_turns_where_the_truth_says(split: str) -> None:
    for history in families.histories(split, range(5)):
        clean = oriented(history)
        if history.overfits:
            assert history.onset is not None
            low, high = history.onset
            assert low - 1 <= int(np.argmin(clean)) <= high + 1
            assert clean[-1] > clean.min()


def test_the_two_splits_share_no_family_and_no_data_set() -> None:
    tuning = {*shapes_tuning.OVERFIT, *shapes_tuning.OTHER}
    reporting = {*shapes_reporting.OVERFIT, *shapes_reporting.OTHER}
    assert not tuning & reporting
    assert not set(real.TUNING_TASKS) & set(real.REPORTING_TASKS)


def test_real_trainings_are_at_hand_in_number() -> None:
    histories = [*real.histories("tuning"), *real.histories("reporting")]
    assert len(histories) >= 500
    assert sum(h.overfits is True for h in histories) >= 60
    assert sum(h.overfits is False for h in histories) >= 60


@pytest.mark.slow
def test_the_judgement_keeps_its_accuracy_on_histories_that_it_was_not_tuned_on() -> None:
    histories = [h for h in families.histories("reporting", range(700, 740)) if clear(h)]
    scores = score(histories, [ours(h) for h in histories], families.REVOKED)
    assert scores.macro_f1 > 0.95
    assert scores.onset_error < 2
    assert 88 < scores.coverage < 99
    assert scores.false_live < 4
