"""The answers of the data routes, as JSON-ready dictionaries. http_api.md describes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tb_losshealth.health.flags import FLAGS
from tb_losshealth.plugin import curves, parameters, rows
from tb_losshealth.plugin.service import Snapshot
from tb_losshealth.scan import PairReport, ScanResult, TrainOnlyReport, judge

MAX_LISTED = 200
DEFAULT_WIDTH = 1200
INT64 = (-(2**63), 2**63 - 1)

HOW_TO_LOG = (
    "Log a validation loss beside it, for example "
    'writer.add_paired_scalars("loss", train=train_loss, val=val_loss, global_step=epoch).'
)

Json = dict[str, Any]


class UnknownId(KeyError):
    """No pair or loss has this id (any more)."""


def overview_head(snapshot: Snapshot, logdir: str) -> Json:
    """The part of the overview that differs from call to call."""
    return {
        "state": snapshot.state,
        "logdir": logdir,
        "version": snapshot.version,
        "read_at": snapshot.read_at,
        "progress": asdict(snapshot.progress) if snapshot.progress else None,
    }


def overview_body(result: ScanResult) -> Json:
    """The part that changes with the version alone."""
    return {
        "counts": dict(Counter(report.diagnosis.verdict.value for report in result)),
        "pairs": [rows.pair_row(report) for report in result],
        "train_only": [rows.train_only_row(report) for report in result.train_only],
        "unpaired": {
            "total": len(result.unpaired),
            "tags": [
                {"run": tag.ref.run, "tag": tag.ref.tag, "reason": tag.reason} for tag in result.unpaired[:MAX_LISTED]
            ],
        },
        "problems": {
            "total": len(result.problems),
            "list": [asdict(problem) for problem in result.problems[:MAX_LISTED]],
        },
        "runs": result.runs,
        "tags": result.tags,
    }


def pair(snapshot: Snapshot, query: Mapping[str, str]) -> Json:
    """One pair with its curves.

    Raises:
        BadParameter: for a parameter that cannot be used.
        UnknownId: if there is no such pair.
    """
    report = _find_pair(snapshot.result, parameters.text(query, "id"))
    view = _view(query)
    last = len(report.trainings) - 1
    chosen = parameters.integer(query, "session", 0, last)
    session = last if chosen is None else chosen
    training = report.trainings[session]
    diagnosis = report.diagnosis if session == last else judge(report.pair, training, of=len(report.trainings))
    return {
        "version": snapshot.version,
        "row": rows.pair_facts(report, diagnosis),
        **_reasons(diagnosis.to_dict()),
        "pairing": {
            **{split: rows.tag_ref(getattr(report.pair, split)) for split in ("train", "val", "test")},
            "source": report.pair.source,
            "reason": report.pair.reason,
        },
        "train": curves.curve(training.train, view),
        "val": curves.curve(training.val, view),
        "test": curves.curve(report.test, view) if report.test is not None and session == last else None,
        "gap": curves.gap(training, report.pair.mode, view),
        "marks": curves.marks(training.train, training.val, training.resumed_at),
        "session": session,
        "sessions": len(report.trainings),
    }


def train_only(snapshot: Snapshot, query: Mapping[str, str]) -> Json:
    """A loss without validation, with its curve.

    Raises:
        BadParameter: for a parameter that cannot be used.
        UnknownId: if there is no such loss.
    """
    report = _find_train_only(snapshot.result, parameters.text(query, "id"))
    view = _view(query)
    return {
        "version": snapshot.version,
        **rows.train_only_row(report),
        **_reasons(report.diagnosis.to_dict()),
        "train": curves.curve(report.train, view),
        "marks": curves.marks(report.train, None, ()),
        "how_to_log": HOW_TO_LOG,
    }


def _reasons(diagnosis: Json) -> Json:
    return {
        "reason": diagnosis["reason"],
        "not_judged": list(diagnosis["not_judged"]),
        "flags": [{"flag": flag, "text": FLAGS.get(flag, "")} for flag in diagnosis["flags"]],
    }


def _view(query: Mapping[str, str]) -> curves.View:
    width = parameters.integer(query, "width", 100, 4000)
    first = parameters.integer(query, "from", *INT64)
    last = parameters.integer(query, "to", *INT64)
    if first is not None and last is not None and first > last:
        raise parameters.BadParameter("parameter 'from' must not be greater than 'to'")
    return curves.View(width or DEFAULT_WIDTH, first, last)


def _find_pair(result: ScanResult, wanted: str) -> PairReport:
    for report in result:
        if rows.pair_id(report.pair) == wanted:
            return report
    raise UnknownId(f"no pair has the id {wanted[:40]!r}; it may have been deleted: reload the overview")


def _find_train_only(result: ScanResult, wanted: str) -> TrainOnlyReport:
    for report in result.train_only:
        if rows.train_only_id(report.loss) == wanted:
            return report
    raise UnknownId(f"no loss has the id {wanted[:40]!r}; it may have been deleted or paired: reload the overview")
