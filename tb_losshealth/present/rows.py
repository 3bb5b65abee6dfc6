"""Reports as rows, with the key names of the HTTP API."""

from __future__ import annotations

import math
from dataclasses import asdict

from tb_losshealth.health.curves.few_points import few_points
from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.diagnosis import Diagnosis
from tb_losshealth.pairing.pairs import LossPair
from tb_losshealth.present import api_types as api
from tb_losshealth.reports import CurveEnd, PairReport, TrainOnlyReport

SPARK_POINTS = 40
"""Points of a curve in a sparkline, which is some 100 pixels wide."""


def pair_facts(report: PairReport, diagnosis: Diagnosis | None = None) -> api.PairFacts:
    """A pair without its curves; `diagnosis` where an earlier training is shown."""
    pair, judged = report.pair, diagnosis or report.diagnosis
    return {
        "id": report.id,
        "run": pair.run,
        "name": pair.name,
        "mode": pair.mode,
        "is_loss": pair.is_loss,
        "verdict": judged.verdict.value,
        "onset": asdict(judged.onset) if judged.onset else None,
        "recovered": judged.recovered,
        "best_step": judged.best_step,
        "best_value": _finite(judged.best_value),
        "gap": {key: _finite(value) for key, value in asdict(judged.gap).items()},
        "evaluations": judged.evaluations,
        "train_points": judged.train_points,
        "flags": [str(flag) for flag in judged.flags],
        "last_step": report.val_end.step,
        "last_wall_time": last_wall_time(report.train_end, report.val_end),
        "trainings": report.training_count,
        "severity": report.severity,
    }


def pair_row(report: PairReport) -> api.ReportRow:
    """A pair without its curves, why it was judged so, and why it was paired."""
    return {
        **pair_facts(report),
        **reasons(report.diagnosis),
        "pairing": pairing(report.pair),
        "last_value": report.val_end.value,
        "last_train_value": report.train_end.value,
    }


def reasons(diagnosis: Diagnosis) -> api.Reasons:
    """Why it was judged so."""
    return {"reason": diagnosis.reason, "not_judged": list(diagnosis.not_judged)}


def pairing(pair: LossPair) -> api.Pairing:
    """Where the curves of a pair were logged, and why they belong together."""
    return {
        "train": pair.train._asdict(),
        "val": pair.val._asdict(),
        "test": pair.test._asdict() if pair.test else None,
        "source": pair.source,
        "reason": pair.reason,
    }


def spark(report: PairReport) -> api.Spark:
    """Both curves as at most SPARK_POINTS points each, finite values alone."""
    return {"train": _spark(report.train), "val": _spark(report.val)}


def train_only_row(report: TrainOnlyReport) -> api.TrainOnlyRow:
    """A loss without validation."""
    return {
        "id": report.id,
        "run": report.loss.run,
        "name": report.loss.name,
        "tag": report.loss.train.tag,
        "mode": report.loss.mode,
        "verdict": report.diagnosis.verdict.value,
        "reason": report.diagnosis.reason,
        "points": report.train_end.points,
        "last_wall_time": last_wall_time(report.train_end),
    }


def last_wall_time(*ends: CurveEnd) -> float | None:
    """When the newest of the points was written, in seconds; None where unknown."""
    return max((end.wall_time for end in ends if end.wall_time is not None), default=None)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _spark(series: Series) -> list[api.SparkPoint]:
    few = few_points(series, SPARK_POINTS)
    return [[step, value] for step, value in zip(few.steps.tolist(), few.values.tolist(), strict=True)]
