import json
from typing import Any

import numpy as np
import pytest

from tb_losshealth.health.diagnosis import Verdict, diagnose, diagnose_train
from tb_losshealth.health.series import Floats

EPOCHS = np.arange(40)
FALLING = 0.2 + np.exp(-EPOCHS / 8)
TURNING = 0.5 + np.exp(-EPOCHS / 5) + 0.02 * np.maximum(EPOCHS - 18, 0)


def noisy(curve: Floats, seed: int = 0, scale: float = 0.01) -> Floats:
    noise: Floats = scale * np.random.default_rng(seed).standard_normal(len(curve))
    return curve + noise


def test_a_rise_of_validation_while_train_falls_is_overfitting() -> None:
    diagnosis = diagnose(noisy(FALLING), noisy(TURNING, 1))
    assert diagnosis.verdict is Verdict.OVERFITTING
    assert diagnosis.onset is not None
    assert abs(diagnosis.onset.step - 18) <= 3
    assert diagnosis.onset.low <= diagnosis.onset.step <= diagnosis.onset.high
    json.dumps(diagnosis.to_dict(), allow_nan=False)


def test_higher_is_better_is_judged_upside_down() -> None:
    diagnosis = diagnose(-noisy(FALLING), -noisy(TURNING, 1), mode="max")
    assert diagnosis.verdict is Verdict.OVERFITTING
    assert diagnosis.best_value == np.max(-noisy(TURNING, 1))
    assert diagnosis.gap.final is not None
    assert diagnosis.gap.final > 0


def test_a_falling_validation_is_improving() -> None:
    assert diagnose(noisy(FALLING), noisy(FALLING + 0.1, 1, 0.003)).verdict is Verdict.IMPROVING


def test_ending_in_nan_is_diverging() -> None:
    broken = TURNING.copy()
    broken[30:] = np.nan
    diagnosis = diagnose(FALLING, broken)
    assert diagnosis.verdict is Verdict.DIVERGING
    assert "non_finite" in diagnosis.flags


@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 20, [1.0, 0.9]])
def test_too_little_to_judge_is_inconclusive(values: list[float]) -> None:
    diagnosis = diagnose(values, values)
    assert diagnosis.verdict is Verdict.INCONCLUSIVE
    assert diagnosis.not_judged


@pytest.mark.parametrize(
    ("train", "message"),
    [
        (([1, 2], [1.0]), "equal length"),
        (([2, 1], [1.0, 2.0]), "decrease"),
        (([0.5, 1], [1.0, 2.0]), "whole"),
        (([0, 2**70], [1.0, 2.0]), "64 bits"),
        (np.zeros((3, 2)), "1-D"),
        (["a", "b"], "numbers"),
        ((1, 2, 3), "tuple"),
    ],
)
def test_wrong_arguments_say_what_is_wrong(train: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        diagnose(train, [1.0, 2.0])


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="mode"):
        diagnose([1.0], [1.0], mode="auto")


def test_train_alone_is_never_called_overfitting() -> None:
    for values in (FALLING, TURNING, FALLING[::-1]):
        assert diagnose_train(noisy(values)).verdict is not Verdict.OVERFITTING
