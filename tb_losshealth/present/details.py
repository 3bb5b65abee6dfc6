"""What the page shows of one report: the answers of the routes `pair` and `train_only`."""

from __future__ import annotations

from tb_losshealth.health.diagnosis import Diagnosis
from tb_losshealth.present import api_types as api
from tb_losshealth.present import curves, rows
from tb_losshealth.reports import PairReport, TrainOnlyReport, align

HOW_TO_LOG = 'writer.add_paired_scalars("loss", train=train_loss, val=val_loss, global_step=epoch)'


def pair_detail(report: PairReport, number: int, diagnosis: Diagnosis, view: curves.View) -> api.PairDetail:
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
        **rows.reasons(diagnosis),
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


def train_only_detail(report: TrainOnlyReport, view: curves.View) -> api.TrainOnlyDetail:
    """A loss without validation, with its curve."""
    return {
        **rows.train_only_row(report),
        "not_judged": list(report.diagnosis.not_judged),
        "flags": [str(flag) for flag in report.diagnosis.flags],
        "train": curves.curve(report.train, view),
        "marks": curves.marks(report.train, None, ()),
        "how_to_log": HOW_TO_LOG,
    }
