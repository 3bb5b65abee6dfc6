"""The rules that we compare with do what their definitions say."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from benchmarks.judging import rules
from benchmarks.judging.history import Floats

FALL = np.linspace(1.0, 0.1, 40)


def fires(rule: rules.Rule, v: Floats | list[float], t: Floats | list[float] | None = None) -> list[int]:
    """Evaluations at which a rule fires."""
    values = np.array(v, dtype=float)
    train = FALL[: len(values)] if t is None else np.array(t, dtype=float)
    return [int(at) for at in np.flatnonzero(rule(values, train))]


def test_early_stopping_counts_checks_without_a_best() -> None:
    stop = partial(rules.early_stopping, patience=3)
    assert fires(stop, [5, 4, 4, 4, 4, 3, 4]) == [4]
    assert fires(partial(rules.early_stopping, patience=2, min_delta=0.5), [5, 4.8, 4.6, 4.4, 4.3]) == [2]


def test_generalization_loss_is_relative_to_the_running_minimum() -> None:
    assert fires(partial(rules.generalization_loss, alpha=5), [2, 1, 1.04, 1.06, 0.9, 0.94]) == [3]
    assert fires(partial(rules.generalization_loss, alpha=5), [2, -1, 3]) == []


def test_progress_quotient_weighs_it_by_what_train_still_gains() -> None:
    v = [1, 1, 1, 1, 1.1]
    slow, fast = [1.01, 1.0, 1.0, 1.0, 1.0], [2.0, 1.8, 1.5, 1.2, 1.0]  # P_5 = 2 and 500; GL = 10
    assert fires(partial(rules.progress_quotient, alpha=1), v, slow) == [4]
    assert fires(partial(rules.progress_quotient, alpha=1), v, fast) == []


def test_up_needs_rises_from_strip_end_to_strip_end() -> None:
    ends = [3, 2, 2.5, 3, 2]
    v = np.repeat(ends, rules.STRIP)
    assert fires(partial(rules.up, strips=2), v) == list(range(19, 24))
    assert fires(partial(rules.up, strips=3), v) == []


def test_sagemaker_overfit_is_a_ratio_of_gap_to_train() -> None:
    assert fires(rules.sagemaker_overfit, [1.0, 1.2, 0.5], [1.0, 1.0, 0.46]) == [1]


def test_sagemaker_overtraining_waits_for_both() -> None:
    still = np.ones(15)
    assert fires(rules.sagemaker_overtraining, still, still) == [10, 11, 12, 13, 14]
    assert fires(rules.sagemaker_overtraining, still, FALL[:15]) == []


def test_increase_to_decrease_compares_the_drop_with_the_decayed_gain() -> None:
    v = [2.0, 1.0, 1.05, 11.0]
    expected = 0.99**3 * 1.0
    assert np.exp(-0.5 * 10 / expected) < 0.01 < np.exp(-0.5 * 0.05 / expected)
    assert fires(rules.increase_to_decrease, v) == [3]


def test_umlaut_remembers_one_bad_epoch() -> None:
    assert fires(rules.umlaut, [3, 2, 2.5, 2], [3, 2, 1.9, 1.8]) == [2, 3]
    assert fires(rules.umlaut, [3, 2, 2.5, 2], [3, 2, 2.1, 1.8]) == []


def test_losslint_needs_three_rises_and_a_train_that_gains() -> None:
    assert fires(rules.losslint, [3, 2, 2.1, 2.2, 2.3], [3, 2, 1.9, 1.8, 1.7]) == [4]
    assert fires(rules.losslint, [3, 2, 2.1, 2.2, 2.3], [3, 2, 2, 2, 1.99]) == []


def test_trainproof_needs_a_median_rise_of_a_fifth() -> None:
    assert fires(rules.trainproof, [2, 1, 1.3, 1.3, 1.3], [3, 2, 1, 1, 1]) == [4]
    assert fires(rules.trainproof, [2, 1, 1.1, 1.3, 1.1], [3, 2, 1, 1, 1]) == []
    assert fires(rules.trainproof, [2, 1, 1.3, 1.3, 1.3], [3, 2, 3, 3, 3]) == []


def test_sk_autod_compares_smoothed_curves_over_three_points() -> None:
    assert fires(rules.sk_autod, [1, 1, 2, 3], [3, 2, 1, 0]) == [2, 3]
    assert fires(rules.sk_autod, [1, 1, 2, 3], [1, 1, 2, 3]) == []


def test_final_rise_averages_the_last_five() -> None:
    v = [1.0, 1.0, 1.0, 1.0, 1.0, 1.3]
    assert fires(partial(rules.final_rise, share=0.05), v) == [5]
    assert fires(partial(rules.final_rise, share=0.1), v) == []


@pytest.mark.parametrize("name", rules.RULES)
def test_a_rule_judges_each_prefix_alone(name: str) -> None:
    rng = np.random.default_rng(0)
    v, t = 2 + rng.standard_normal(60).cumsum() / 10, 2 + rng.standard_normal(60).cumsum() / 10
    whole = rules.RULES[name](v, t)
    assert whole.tolist() == [bool(rules.RULES[name](v[:n], t[:n])[-1]) for n in range(1, 61)]
