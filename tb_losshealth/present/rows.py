"""Reports as JSON-ready dictionaries, with the key names of the plugin's HTTP API."""

from __future__ import annotations

import math
from typing import Any

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.diagnosis import Diagnosis
from tb_losshealth.pairing.pairs import LossPair, TagRef, Unpaired
from tb_losshealth.present.decimation import summarise
from tb_losshealth.reports import PairReport, TrainOnlyReport

SPARK_POINTS = 40

Json = dict[str, Any]


def pair_facts(report: PairReport, diagnosis: Diagnosis | None = None) -> Json:
    """PairRow without its sparkline; `diagnosis` where an earlier training is shown."""
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
        "trainings": len(report.trainings),
        "severity": report.severity,
    }


def pair_row(report: PairReport) -> Json:
    """Everything about a pair but its curves: PairRow, why it was judged so, and why it was paired."""
    judged = report.diagnosis.to_dict()
    return {
        **pair_facts(report),
        "reason": judged["reason"],
        "not_judged": judged["not_judged"],
        "pairing": pairing(report.pair),
        "last_value": _last_value(report.val),
        "last_train_value": _last_value(report.train),
    }


def pairing(pair: LossPair) -> Json:
    """Where the curves of a pair were logged, and why they belong together."""
    return {
        **{split: tag_ref(getattr(pair, split)) for split in ("train", "val", "test")},
        "source": pair.source,
        "reason": pair.reason,
    }


def spark(report: PairReport) -> Json:
    """Both curves as at most SPARK_POINTS points each, finite values alone."""
    return {"train": _spark(report.train), "val": _spark(report.val)}


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


def unpaired_row(tag: Unpaired) -> Json:
    """One tag that is in no pair, and why."""
    return {"run": tag.ref.run, "tag": tag.ref.tag, "reason": tag.reason}


def tag_ref(ref: TagRef | None) -> Json | None:
    """Where a curve was logged."""
    return {"run": ref.run, "tag": ref.tag} if ref else None


def last_wall_time(*curves: Series) -> float | None:
    """When the newest of the points was written, in seconds; None where unknown."""
    times = [float(series.wall_times[-1]) for series in curves if len(series)]
    return max(filter(math.isfinite, times), default=None)


def _last_value(series: Series) -> float | None:
    value = float(series.values[-1]) if len(series) else math.nan
    return value if math.isfinite(value) else None


def _spark(series: Series) -> list[list[float]]:
    steps, values = summarise(series, SPARK_POINTS)
    return [[step, value] for step, value in zip(steps, values, strict=True)]
