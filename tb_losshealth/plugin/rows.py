"""Reports as the JSON-ready dictionaries that http_api.md describes."""

from __future__ import annotations

import math
from typing import Any

from tb_losshealth.events.pairing import TagRef
from tb_losshealth.health.diagnosis import Diagnosis
from tb_losshealth.health.series import Series
from tb_losshealth.plugin.decimation import summarise
from tb_losshealth.reports import PairReport, TrainOnlyReport, severity

SPARK_POINTS = 40

Json = dict[str, Any]


def spark(report: PairReport) -> Json:
    """Both curves in few points."""
    return {"train": _spark(report.train), "val": _spark(report.val)}


def pair_row(report: PairReport, diagnosis: Diagnosis | None = None) -> Json:
    """PairRow; `diagnosis` where an earlier training is shown."""
    pair = report.pair
    judged = (diagnosis or report.diagnosis).to_dict()
    return {
        "id": report.id,
        "run": pair.run,
        "name": pair.name,
        "mode": pair.mode,
        "is_loss": pair.is_loss,
        **{key: judged[key] for key in ("verdict", "onset", "recovered", "best_step", "best_value", "gap")},
        **{key: judged[key] for key in ("evaluations", "train_points", "flags")},
        "last_step": int(report.val.steps[-1]) if len(report.val) else None,
        "last_wall_time": last_wall_time(report.train, report.val),
        "sessions": len(report.trainings),
        "severity": severity(report),
    }


def train_only_row(report: TrainOnlyReport) -> Json:
    """One entry of train_only."""
    return {
        "id": report.id,
        "run": report.loss.run,
        "name": report.loss.name,
        "tag": report.loss.train.tag,
        "mode": report.loss.mode,
        "verdict": report.diagnosis.verdict.value,
        "reason": report.diagnosis.reason,
        "points": len(report.train),
        "last_wall_time": last_wall_time(report.train),
    }


def tag_ref(ref: TagRef | None) -> Json | None:
    """Where a curve was logged."""
    return {"run": ref.run, "tag": ref.tag} if ref else None


def last_wall_time(*curves: Series) -> float | None:
    """When the newest of the points was written, in seconds; None where unknown."""
    times = [float(series.wall_times[-1]) for series in curves if len(series)]
    return max(filter(math.isfinite, times), default=None)


def _spark(series: Series) -> list[list[float]]:
    steps, values = summarise(series, SPARK_POINTS)
    return [[step, value] for step, value in zip(steps, values, strict=True)]
