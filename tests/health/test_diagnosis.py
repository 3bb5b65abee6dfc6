"""What a person sees in two curves is what the diagnosis says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import Verdict, diagnose, diagnose_train
from tb_losshealth.health.monitor import LossMonitor

EPOCHS = np.arange(40.0)
FALLING = 0.2 + np.exp(-EPOCHS / 8)
LEVEL = 0.5 + np.exp(-EPOCHS / 4)
TURNING = 0.5 + np.exp(-EPOCHS / 4) + 0.02 * np.maximum(EPOCHS - 18, 0)
STILL = 2.3 - 0.01 * (1 - np.exp(-EPOCHS / 3))


def noisy(curve: Floats, seed: int = 0, scale: float = 0.01) -> Floats:
    noise: Floats = scale * np.random.default_rng(seed).standard_normal(len(curve))
    return curve + noise


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("train", "val", "verdict"),
    [
        (FALLING, TURNING, Verdict.OVERFITTING),
        (FALLING - 0.01 * EPOCHS, LEVEL, Verdict.WIDENING_GAP),
        (FALLING, FALLING + 0.1, Verdict.IMPROVING),
        (LEVEL - 0.1, LEVEL, Verdict.CONVERGED),
        (STILL, STILL + 0.01, Verdict.UNDERFITTING),
        (TURNING - 0.1, TURNING, Verdict.DIVERGING),
        (noisy(0 * EPOCHS + 1, 9, 0.3), noisy(0 * EPOCHS + 1, 8, 0.3), Verdict.UNSTABLE),
    ],
)
def test_each_verdict(train: Floats, val: Floats, verdict: Verdict, seed: int) -> None:
    noise = 0.05 * min(float(np.ptp(train)), float(np.ptp(val)), 0.1)
    assert diagnose(noisy(train, seed, noise), noisy(val, seed + 99, noise)).verdict is verdict


def test_an_overfitting_run_in_all_its_figures() -> None:
    steps = (np.arange(40) + 1) * 100
    train_steps = np.arange(4001)
    train = 0.2 + np.exp(-train_steps / 800)
    diagnosis = diagnose((train_steps, train), (steps, noisy(TURNING, 1, 0.004)))
    assert diagnosis.verdict is Verdict.OVERFITTING
    onset = diagnosis.onset
    assert onset is not None
    assert onset.confirmed_step is not None
    assert onset.low <= 1900 <= onset.high
    assert onset.low <= onset.step <= onset.high < onset.confirmed_step
    assert onset.confidence > 0.99
    assert diagnosis.best_step == steps[np.argmin(noisy(TURNING, 1, 0.004))]
    assert diagnosis.gap.final == diagnosis.gap.maximum
    assert diagnosis.gap.maximum_step == 4000
    assert diagnosis.gap.at_onset is not None
    assert diagnosis.gap.final is not None
    assert 0 < diagnosis.gap.at_onset < diagnosis.gap.final
    assert (diagnosis.evaluations, diagnosis.train_points) == (40, 4001)
    assert json.loads(json.dumps(diagnosis.to_dict(), allow_nan=False))["onset"]["step"] == onset.step
    assert diagnosis.reason == (
        f"Validation rose 0.508 -> 0.92 (+81 %) since step {onset.step:,} "
        f"(95 % interval {onset.low:,}-{onset.high:,}) "
        f"while train fell 0.299 -> 0.207 (-31 %); keep the checkpoint of step {diagnosis.best_step:,}."
    )


@pytest.mark.parametrize(
    "val",
    [
        [0.50, 0.45, 0.50, 0.55, 0.60],
        [1.0, 1.05, 1.1, 1.15, 1.2, 1.25],
        [0.8, 0.6, 0.55, 0.56, 0.6, 0.66, 0.73],
        [0.52, 0.53, 0.55, 0.60, 0.68, 0.75, 0.83],
    ],
)
def test_a_short_run_that_rises_every_time_is_overfitting(val: list[float]) -> None:
    assert diagnose(np.linspace(0.7, 0.1, len(val)), val).verdict is Verdict.OVERFITTING


@pytest.mark.parametrize(
    "val", [[1.0, 0.8, 0.7, 0.65, 0.9], [0.8, 0.6, 0.5, 0.52, 0.49, 0.51], [0.9, 0.5, 0.6, 0.45, 0.5, 0.42]]
)
def test_a_short_run_with_one_bad_evaluation_is_not(val: list[float]) -> None:
    assert diagnose(np.linspace(0.7, 0.1, len(val)), val).verdict is not Verdict.OVERFITTING


def test_higher_is_better_is_worded_and_oriented_so() -> None:
    accuracy = np.array([0.6, 0.7, 0.75, 0.78, 0.8, 0.79, 0.78, 0.77, 0.76, 0.75, 0.74, 0.73])
    diagnosis = diagnose(np.linspace(0.6, 0.99, 12), accuracy, mode="max")
    assert diagnosis.verdict is Verdict.OVERFITTING
    assert (diagnosis.best_step, diagnosis.best_value) == (4, 0.8)
    assert diagnosis.gap.final == pytest.approx(0.26)
    assert diagnosis.reason.startswith("Validation fell 0.8 -> 0.73 (-9 %)")


def test_negative_losses_are_judged_alike() -> None:
    assert diagnose(FALLING - 5, noisy(TURNING - 0.6, 1)).verdict is Verdict.OVERFITTING


def test_spikes_change_the_flags_and_not_the_verdict() -> None:
    spiky = noisy(LEVEL, 2, 0.003)
    spiky[[20, 33]] += 3.0
    diagnosis = diagnose(LEVEL - 0.1, spiky)
    assert diagnosis.verdict is Verdict.CONVERGED
    assert diagnosis.flags == ("spikes",)


@pytest.mark.parametrize("gain", [-0.3, 0.3])
def test_a_lasting_step_of_validation_is_no_spike(gain: float) -> None:
    """As at a drop of the learning rate."""
    val = noisy(LEVEL, 2, 0.003) + gain * (EPOCHS >= 30)
    assert "spikes" not in diagnose(LEVEL - 0.1, val).flags


def test_a_spike_is_flagged_once_validation_came_back() -> None:
    spiky = noisy(LEVEL, 2, 0.003)
    spiky[33] += 3.0
    monitor = LossMonitor()
    flagged = []
    for step, (train, val) in enumerate(zip((LEVEL - 0.1).tolist(), spiky.tolist(), strict=True)):
        monitor.add_train(step, train)
        monitor.add_val(step, val)
        assert monitor.diagnose().flags == diagnose(LEVEL[: step + 1] - 0.1, spiky[: step + 1]).flags
        flagged.append("spikes" in monitor.diagnose().flags)
    assert flagged.index(True) == 34
    assert all(flagged[34:])


CONSTANT = np.full(40, 0.5)
FALLEN = 0.05 + np.exp(-EPOCHS / 4)
TO_ABOVE = 1.0 + np.exp(-EPOCHS / 20)


@pytest.mark.parametrize(
    ("train", "val", "verdict", "says"),
    [
        (TO_ABOVE, LEVEL - 0.2, Verdict.CONVERGED, "from above it"),
        (TO_ABOVE - 1.0, LEVEL + 0.2, Verdict.WIDENING_GAP, "so the gap widens"),
        (
            FALLING - 0.01 * EPOCHS,
            CONSTANT,
            Verdict.WIDENING_GAP,
            "Validation stayed at 0.5 in all 40 evaluations while",
        ),
        (FALLEN, CONSTANT, Verdict.WIDENING_GAP, "Validation stayed at 0.5 in all 40 evaluations while train fell"),
        (TO_ABOVE, CONSTANT, Verdict.CONVERGED, "Validation stayed at 0.5 in all 40 evaluations and train fell"),
        (
            CONSTANT,
            CONSTANT,
            Verdict.UNDERFITTING,
            "Validation stayed at 0.5 in all 40 evaluations and train stayed at 0.5: little",
        ),
        (0 * EPOCHS, 0 * EPOCHS, Verdict.CONVERGED, "Validation stayed at 0 in all 40 evaluations"),
    ],
)
def test_level_validation_is_judged_by_where_train_goes(
    train: Floats, val: Floats, verdict: Verdict, says: str
) -> None:
    diagnosis = diagnose(train, val)
    assert diagnosis.verdict is verdict
    assert says in diagnosis.reason
    assert ("constant_validation" in diagnosis.flags) == bool(np.ptp(val) == 0)
    upside_down = diagnose(-train, -val, "max")
    assert upside_down.verdict is verdict


def test_train_that_is_sparser_than_validation_is_said() -> None:
    diagnosis = diagnose((np.arange(0, 40, 5), FALLING[::5]), noisy(TURNING, 1))
    assert diagnosis.verdict is Verdict.OVERFITTING
    assert "train_sparse" in diagnosis.flags


def test_batches_against_epochs_are_matched_by_order_and_the_gap_is_left_out() -> None:
    train = 0.2 + np.exp(-np.arange(8000) / 1600)
    diagnosis = diagnose(train, noisy(TURNING, 1))
    assert diagnosis.verdict is Verdict.OVERFITTING
    assert "steps_disjoint" in diagnosis.flags
    assert diagnosis.gap.final is None
    assert any("step axis" in reason for reason in diagnosis.not_judged)


def test_validation_far_below_train_is_asked_about_only_if_it_lasts() -> None:
    assert "val_below_train" in diagnose(noisy(LEVEL + 0.5, 1), noisy(LEVEL, 2)).flags
    half_epoch_late = 0.5 + np.exp(-(EPOCHS - 0.5) / 4)
    assert "val_below_train" not in diagnose(noisy(half_epoch_late, 1, 0.001), noisy(LEVEL, 2, 0.001)).flags


def test_a_rise_without_train_is_not_called_overfitting() -> None:
    diagnosis = diagnose([], noisy(TURNING, 1))
    assert diagnosis.verdict is Verdict.INCONCLUSIVE
    assert any("train has no value" in reason for reason in diagnosis.not_judged)
    assert "no train value" in diagnosis.reason


@pytest.mark.parametrize(
    ("train", "verdict"),
    [
        (FALLING, Verdict.IMPROVING),
        (LEVEL, Verdict.CONVERGED),
        (STILL, Verdict.UNDERFITTING),
        (TURNING, Verdict.DIVERGING),
        (np.append(LEVEL, np.nan), Verdict.DIVERGING),
    ],
)
def test_train_alone(train: Floats, verdict: Verdict) -> None:
    diagnosis = diagnose_train(noisy(train, 3, 0.002))
    assert diagnosis.verdict is verdict
    assert diagnosis.best_step is None
    assert any("no validation" in reason for reason in diagnosis.not_judged)


def test_a_descent_that_is_over_after_a_few_of_many_evaluations_is_a_descent() -> None:
    long = 0.05 + np.exp(-np.arange(1000) / 4)
    assert diagnose(noisy(long, 1, 0.001), noisy(long + 0.01, 2, 0.001)).verdict is Verdict.CONVERGED


def test_a_rise_that_is_no_overfitting_is_not_called_level() -> None:
    val = [1.0, 0.6, 0.4, 0.3, 0.28, 0.27, 0.27, 0.26, 0.25, 0.33]
    d = diagnose([1.0, 0.7, 0.5, 0.4, 0.36, 0.35, 0.35, 0.34, 0.34, 0.34], val)
    assert d.verdict != "overfitting"
    assert "not clearly" in d.reason
    assert "0.25 -> 0.33" in d.reason


def test_one_example_more_or_less_is_no_overfitting() -> None:
    """An accuracy on 153 examples that loses one of them for good."""
    val = [0.5, 0.8, 0.9, 0.93] + 8 * [145 / 153] + 20 * [144 / 153]
    train = 1 - 0.5 * np.exp(-0.3 * np.arange(len(val)))
    assert diagnose(train, val, mode="max").verdict != "overfitting"
    worse = [*val[:-18], *(144 / 153 - 0.004 * np.arange(1, 19))]
    assert diagnose(train, worse, mode="max").verdict == "overfitting"


def test_a_rise_beside_a_train_that_only_scatters_is_not_called_converged() -> None:
    val = [1.0, 0.7, 0.56, 0.55, 0.61, 0.76, 0.96, 1.22, 1.55]
    train = [1.0, 0.94, 1.1, 0.9, 1.06, 0.86, 1.04, 0.87, 1.0]
    d = diagnose(train, val)
    assert d.verdict is Verdict.INCONCLUSIVE
    assert "train shows no clear fall that would distinguish overfitting from divergence" in d.reason


def test_a_hardly_rising_train_is_no_divergence() -> None:
    val = [1.0, 0.3, 0.15, 0.1, 0.3, 0.45, 0.6, 0.7]
    train = [1.0, 0.4, 0.2, 0.15, 0.14, 0.14, 0.145, 0.15]
    assert diagnose(train, val).verdict is Verdict.OVERFITTING


def test_a_rise_is_no_overfitting_if_it_is_a_negligible_share_of_the_descent() -> None:
    x = np.arange(40) / 40
    for rise, verdict in ((0.004, "converged"), (0.1, "overfitting")):
        val = np.exp(-12 * x) + rise * np.maximum(x - 0.5, 0) / 0.5
        assert diagnose(np.exp(-3 * x), val).verdict == verdict


@pytest.mark.parametrize("last", [0.9, 0.1])
def test_validation_that_moved_at_its_last_evaluation_is_not_constant(last: float) -> None:
    diagnosis = diagnose(np.linspace(1, 0.1, 12), np.r_[np.full(11, 0.5), last])
    assert "constant_validation" not in diagnosis.flags


def test_two_curves_of_noise_seldom_diverge() -> None:
    rng = np.random.default_rng(0)
    for n in (5, 12, 40):
        curves = 1 + 0.1 * rng.standard_normal((300, 2, n))
        assert sum(diagnose(t, v).verdict == "diverging" for t, v in curves) <= 30


def test_a_new_best_is_no_overfitting() -> None:
    val = [0.3579, 0.4274, 0.3172, 0.2526, 0.3587, 0.3281, 0.3461, 0.3864, 0.435, 0.2294]
    train = [1.0223, 0.7505, 0.6166, 0.4755, 0.3306, 0.3033, 0.2843, 0.2301, 0.2332, 0.1833]
    assert diagnose(train, val).verdict is not Verdict.OVERFITTING


def test_validation_that_only_scatters_is_seldom_called_overfitting() -> None:
    called = 0
    for seed in range(100):
        val = 0.35 + 0.006 * np.random.default_rng(seed).standard_normal(20)
        called += diagnose(np.linspace(0.42, 0.02, 20), val).verdict is Verdict.OVERFITTING
    assert called <= 6


def test_an_evaluation_before_training_hides_no_progress() -> None:
    """A language model: the first evaluation comes before the first update."""
    steps = np.arange(1, 101)
    val = np.r_[10.9, 2.18 + 410.7 / (steps * 5e8) ** 0.28] + np.random.default_rng(0).normal(0, 0.003, 101)
    assert diagnose(val - 0.02, val).verdict is Verdict.IMPROVING


def test_what_fell_at_a_drop_of_the_learning_rate_is_over() -> None:
    noise = np.random.default_rng(1).normal(0, 0.004, 90)
    val = 0.5 + np.exp(-np.arange(90) / 8) - 0.2 * (np.arange(90) >= 55) + noise
    assert diagnose(val - 0.05, val).verdict is Verdict.CONVERGED


@pytest.mark.parametrize(
    ("first", "last", "mode"), [(3.3, 3.12, "min"), (2.3, 2.2, "min"), (28.0, 33.0, "max"), (0.05, 0.12, "max")]
)
def test_slow_progress_is_not_called_little(first: float, last: float, mode: Mode) -> None:
    val = np.linspace(first, last, 50)
    assert diagnose(val, val, mode=mode).verdict is Verdict.IMPROVING


def test_too_few_evaluations_are_named_as_the_reason() -> None:
    d = diagnose([0.45, 0.25, 0.12], [0.35, 0.38, 0.47])
    assert d.verdict is Verdict.INCONCLUSIVE
    assert "3 evaluations are too few" in d.reason


def test_train_that_is_summed_is_judged_as_if_it_were_averaged() -> None:
    rng = np.random.default_rng(0)
    x = np.arange(40) / 40
    train = np.exp(-4 * x)
    level = 0.3 + 0.7 * np.exp(-6 * x) + 0.005 * rng.standard_normal(40)
    for val in (level, level + np.maximum(x - 0.4, 0), train + 0.02):
        averaged, summed = diagnose(train, val), diagnose(128 * train, val)
        assert summed.verdict == averaged.verdict
        assert "val_below_train" not in summed.flags


def test_a_first_value_near_zero_is_no_other_unit() -> None:
    val = [0.01, 0.42, 0.55, 0.61, 0.58, 0.52, 0.45, 0.37]
    train = [0.15, 0.5, 0.6, 0.68, 0.64, 0.57, 0.49, 0.4]
    assert diagnose(train, val, "max").verdict is Verdict.DIVERGING


def test_values_too_large_to_judge_do_not_cancel_out() -> None:
    steps = [0, 1, 2, 3, 4, 5, 5]
    found = diagnose(np.linspace(1, 0.5, 6), (steps, [1, 0.9, 0.8, 0.7, 0.6, 1e300, -1e300]))
    assert (found.best_step, found.best_value) == (4, 0.6)
    assert "non_finite" in found.flags


def test_four_evaluations_are_called_few_where_train_fell() -> None:
    found = diagnose([3.071, 0.711, 0.182, 0.081], [-0.695, -0.737, -0.046, 0.7])
    assert "train shows no clear fall" not in found.reason
