"""Ablation: leave out one condition of the detector, fit the weights anew, score again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.judging import calibrate, families
from benchmarks.judging.detectors import Outcome, ours
from benchmarks.judging.history import History
from benchmarks.judging.scores import Scores, score
from benchmarks.judging.truth import clear
from tb_losshealth.health.detector import alarm, evidence, log_odds, moving_averages, record, verdict

SEEDS = range(150)


@dataclass(frozen=True)
class Result:
    """Scores without one condition.

    Attributes:
        synthetic: scores on the synthetic histories.
        real: scores on the real trainings.
        worst_share: false alarms in the healthy family with the most, in %.
        worst_family: that family.
    """

    synthetic: Scores
    real: Scores
    worst_share: float
    worst_family: str


def run(synthetic: Sequence[History], real: Sequence[History]) -> dict[str, Result]:
    """Scores by condition left out, on histories with a clear truth."""
    synthetic, real = [h for h in synthetic if clear(h)], [h for h in real if clear(h)]
    tuning = calibrate.tuning_set(SEEDS)
    results = {"(nothing)": _score(synthetic, real)}
    with _fitted(tuning):
        results["(nothing, fitted anew)"] = _score(synthetic, real)
    for name in log_odds.WEIGHTS:
        with _patched(log_odds, "features", _leaving_out(name)), _fitted(tuning):
            results[name.replace("_", " ")] = _score(synthetic, real)
    never = lambda e: np.zeros(len(e.rise), dtype=bool)  # noqa: E731
    always = lambda e: np.ones(len(e.rise), dtype=bool)  # noqa: E731
    with _patched(log_odds, "train_rises", never), _patched(verdict, "train_rises", never), _fitted(tuning):
        results["train must not rise with it"] = _score(synthetic, real)
    with _patched(log_odds, "train_learned", always), _fitted(tuning):
        results["train must have learned"] = _score(synthetic, real)
    with (
        _patched(moving_averages, "MIN_WINDOWS_SINCE_LOW", 10**9),
        _patched(evidence, "MIN_WINDOWS_SINCE_LOW", 10**9),
        _fitted(tuning),
    ):
        results["time scales wider than one evaluation"] = _score(synthetic, real)
    with _patched(record, "clip_spikes", lambda x: x), _fitted(tuning):
        results["clipping of spikes"] = _score(synthetic, real)
    with _patched(evidence, "NEGLIGIBLE_RISE", 1e-12):
        results["negligible rises"] = _score(synthetic, real)
    with _patched(alarm, "MIN_HELD", 1), _patched(alarm, "MIN_HELD_SHARE", 0.0):
        results["holding before confirming"] = _score(synthetic, real)
    with _patched(log_odds, "_expected_extreme", lambda count: np.full(np.shape(count), 2.0)), _fitted(tuning):
        results["expected extreme that grows with the run"] = _score(synthetic, real)
    return results


def _score(synthetic: Sequence[History], real: Sequence[History]) -> Result:
    outcomes = [ours(h) for h in synthetic]
    shares = _false_alarms(synthetic, outcomes)
    worst = max(shares, key=lambda name: shares[name])
    return Result(
        score(synthetic, outcomes, families.REVOKED), score(real, [ours(h) for h in real], ()), shares[worst], worst
    )


def _false_alarms(histories: Sequence[History], outcomes: Sequence[Outcome]) -> dict[str, float]:
    counts: dict[str, list[bool]] = {}
    for history, outcome in zip(histories, outcomes, strict=True):
        if not history.overfits:
            counts.setdefault(history.family, []).append(outcome.overfits)
    return {family: 100 * float(np.mean(alarms)) for family, alarms in counts.items()}


def _leaving_out(name: str) -> Callable[[evidence.Evidence], dict[str, Any]]:
    features = log_odds.features
    return lambda e: {key: value for key, value in features(e).items() if key != name}


@contextmanager
def _patched(module: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


@contextmanager
def _fitted(tuning: Sequence[History]) -> Iterator[None]:
    """Use weights that are fitted to the detector in its present state."""
    names = list(log_odds.features(evidence.gather_evidence(np.zeros(5), np.zeros(5))))
    bias, slopes = calibrate.fitted(tuning, np.array([calibrate.SIGNS[name] for name in names]))
    weights = dict(zip(names, slopes.tolist(), strict=True))
    with _patched(log_odds, "WEIGHTS", weights), _patched(log_odds, "BIAS", bias):
        yield
