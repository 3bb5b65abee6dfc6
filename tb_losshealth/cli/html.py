"""`html`: the page with its charts as one file, to read offline and to send."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tb_losshealth.cli.errors import OK, CommandError
from tb_losshealth.cli.options import add_filters, add_logs, verdicts, whole
from tb_losshealth.cli.output import text_output
from tb_losshealth.cli.progress import reading_progress
from tb_losshealth.cli.reading import expect_something, filtered, print_problems, scanner_of
from tb_losshealth.pair_diagnosis import diagnose_pair
from tb_losshealth.present import api_types as api
from tb_losshealth.present.curves import View
from tb_losshealth.present.details import pair_detail, train_only_detail
from tb_losshealth.present.glossary import GLOSSARY
from tb_losshealth.present.overview import log_facts
from tb_losshealth.present.rows import pair_facts, spark, train_only_row
from tb_losshealth.present.saved_page import Bundle, read_bundle, saved_page
from tb_losshealth.reports import PairReport, ScanResult, TrainOnlyReport

# Some 100 kB a pair with long curves: enough for a ticket, small enough for mail.
DEFAULT_PAIRS = 100
# Columns that curves are thinned to; each keeps its first, last, least and greatest value.
COLUMNS = 400
# Of a folder with very many trainings only the latest are worth sending.
MAX_TRAININGS = 10


def add_command(commands: Any) -> None:
    """Adds `html` to the parser's commands."""
    parser = commands.add_parser("html", help="save the page with its charts as one file", description=__doc__)
    add_logs(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write, such as report.html")
    add_filters(parser)
    parser.add_argument(
        "--verdict", type=verdicts, metavar="LIST", help="only these verdicts, such as overfitting,diverging"
    )
    parser.add_argument(
        "-n",
        "--limit",
        type=whole,
        default=DEFAULT_PAIRS,
        metavar="N",
        help="at most N pairs, worst first; 0: all (%(default)s)",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Writes the file."""
    bundle = _bundle()
    scanner = scanner_of(options)
    with reading_progress(quiet=options.quiet) as on_progress:
        result = scanner.refresh(on_progress)
    print_problems(result.problems)
    expect_something(result, options.logs)
    kept = filtered(result, options, options.verdict)
    pairs, alone = kept[: options.limit or None], kept.train_only[: options.limit or None]
    if not pairs and not alone:
        raise CommandError(f"none of the {len(result):,} pairs matches the filters, so nothing was written")
    logdir = " ".join(options.logs)
    view = View(COLUMNS)
    with text_output(options.output) as file:
        file.writelines(
            saved_page(
                bundle,
                f"Loss Health: {logdir}",
                _overview(result, pairs, logdir),
                (_pair(report, view) for report in pairs),
                (_train_only(report, view) for report in alone),
            )
        )
    return OK


def _bundle() -> Bundle:
    try:
        return read_bundle()
    except OSError as error:
        name = Path(error.filename).name
        raise CommandError(f"{name} was not bundled with this installation; reinstall tb-losshealth") from error


def _overview(result: ScanResult, pairs: Sequence[PairReport], logdir: str) -> api.OverviewHead:
    return {
        "state": "ready",
        "logdir": logdir,
        "version": 1,
        "read_at": time.time(),
        "since": None,
        "progress": None,
        "next": None,
        "removed": [],
        "glossary": GLOSSARY,
        **log_facts(result, pairs),
    }


def _pair(report: PairReport, view: View) -> api.SavedPair:
    last = len(report.trainings) - 1

    def trainings() -> Iterator[api.PairDetail | None]:
        for number, training in enumerate(report.trainings):
            if last - number >= MAX_TRAININGS:
                yield None
                continue
            diagnosis = report.diagnosis if number == last else diagnose_pair(report.pair, training, of=last + 1)
            yield pair_detail(report, number, diagnosis, view)

    return {"id": report.id, "row": pair_facts(report), "spark": spark(report), "trainings": list(trainings())}


def _train_only(report: TrainOnlyReport, view: View) -> api.SavedTrainOnly:
    return {"id": report.id, "row": train_only_row(report), "detail": train_only_detail(report, view)}
