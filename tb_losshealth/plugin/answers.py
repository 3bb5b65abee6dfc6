"""The answers of the data routes. http_api.md describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.plugin import parameters
from tb_losshealth.plugin.service import Snapshot
from tb_losshealth.present import api_types as api
from tb_losshealth.present import curves, details, rows
from tb_losshealth.reports import PairReport, ScanResult, TrainOnlyReport

MAX_SPARKS = 100
DEFAULT_WIDTH = 1000
# A wider chart gets columns of more than a pixel, which does not show beside lines of two: the answer for two curves of
# any length, unevenly logged and dense, stays below 300 kB.
MAX_COLUMNS = 1100
INT64 = (-(2**63), 2**63 - 1)

Report = TypeVar("Report", PairReport, TrainOnlyReport)


class UnknownId(KeyError):
    """No pair or loss has this id (any more)."""


def sparks(snapshot: Snapshot, query: Mapping[str, str]) -> api.Sparks:
    """Sparklines of some pairs, by id; unknown ids are left out.

    Raises:
        BadParameter: if no ids or too many are given.
    """
    wanted = parameters.text(query, "ids").split(",")
    if len(wanted) > MAX_SPARKS:
        raise parameters.BadParameter(f"parameter 'ids' takes at most {MAX_SPARKS} ids, not {len(wanted)}")
    found = {name: snapshot.result.by_id.get(name) for name in wanted}
    sparks = {name: rows.spark(report) for name, report in found.items() if isinstance(report, PairReport)}
    return {"version": snapshot.version, "sparks": sparks}


def pair(snapshot: Snapshot, query: Mapping[str, str]) -> api.PairAnswer:
    """One pair with its curves.

    Raises:
        BadParameter: for a parameter that cannot be used.
        UnknownId: if there is no such pair.
    """
    return pair_answer(snapshot, _find(snapshot.result, parameters.text(query, "id"), PairReport), query)


def pair_answer(snapshot: Snapshot, report: PairReport, query: Mapping[str, str]) -> api.PairAnswer:
    """The curves of a report, as `width`, `from`, `to` and `training` ask for them.

    Raises:
        BadParameter: for a parameter that cannot be used.
    """
    last = len(report.trainings) - 1
    chosen = parameters.integer(query, "training", 0, last)
    number = last if chosen is None else chosen
    training = report.trainings[number]
    diagnosis = report.diagnosis if number == last else diagnose_pair(report.pair, training, of=len(report.trainings))
    return {"version": snapshot.version, **details.pair_detail(report, number, diagnosis, _view(query))}


def train_only(snapshot: Snapshot, query: Mapping[str, str]) -> api.TrainOnlyAnswer:
    """A loss without validation, with its curve.

    Raises:
        BadParameter: for a parameter that cannot be used.
        UnknownId: if there is no such loss.
    """
    report = _find(snapshot.result, parameters.text(query, "id"), TrainOnlyReport)
    return {"version": snapshot.version, **details.train_only_detail(report, _view(query))}


def _view(query: Mapping[str, str]) -> curves.View:
    width = parameters.integer(query, "width", 100, 4000)
    first = parameters.integer(query, "from", *INT64)
    last = parameters.integer(query, "to", *INT64)
    if first is not None and last is not None and first > last:
        raise parameters.BadParameter("parameter 'from' must not be greater than 'to'")
    return curves.View(min(width or DEFAULT_WIDTH, MAX_COLUMNS), first, last)


def _find(result: ScanResult, wanted: str, kind: type[Report]) -> Report:
    report = result.by_id.get(wanted)
    if not isinstance(report, kind):
        raise UnknownId(f"nothing has the id {wanted[:40]!r}; it may have been deleted or paired anew: reload")
    return report
