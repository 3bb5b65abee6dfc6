"""What the page shows of one report, as dictionaries for `encoding`: HTTP API's `pair` and `train_only`."""

from __future__ import annotations

from typing import Any

from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.diagnosis import Diagnosis
from tb_losshealth.present import curves, rows
from tb_losshealth.reports import PairReport, TrainOnlyReport, align

HOW_TO_LOG = 'writer.add_paired_scalars("loss", train=train_loss, val=val_loss, global_step=epoch)'

Json = dict[str, Any]


def pair_detail(report: PairReport, number: int, diagnosis: Diagnosis, view: curves.View) -> Json:
    """One training of a pair with its curves.

    Args:
        report: the pair.
        number: of the training, 0 the oldest.
        diagnosis: that training's.
        view: how fine, and which part.
    """
    training = report.trainings[number]
    is_latest = number == len(report.trainings) - 1
    return {
        "row": rows.pair_facts(report, diagnosis),
        **reasons(diagnosis),
        "pairing": rows.pairing(report.pair),
        "train": curves.curve(training.train, view),
        "val": curves.curve(training.val, view),
        "test": curves.curve(report.test, view) if report.test is not None and is_latest else None,
        "gap": curves.gap(training.val, report.aligned if is_latest else align(training, report.pair.mode), view),
        "marks": curves.marks(training.train, training.val, training.resumed_at),
        "training": number,
        "trainings": len(report.trainings),
        "steps_per_epoch": report.steps_per_epoch,
    }


def train_only_detail(report: TrainOnlyReport, view: curves.View) -> Json:
    """A loss without validation, with its curve."""
    return {
        **rows.train_only_row(report),
        **reasons(report.diagnosis),
        "train": curves.curve(report.train, view),
        "marks": curves.marks(report.train, None, ()),
        "how_to_log": HOW_TO_LOG,
    }


def reasons(diagnosis: Diagnosis) -> Json:
    """Why it was judged so."""
    judged = diagnosis.to_dict()
    return {
        "reason": judged["reason"],
        "not_judged": judged["not_judged"],
        "flags": [{"flag": flag, "text": FLAGS[flag].text} for flag in judged["flags"]],
    }
