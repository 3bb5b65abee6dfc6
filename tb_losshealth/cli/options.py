"""What all commands take: which logs, which of their pairs, and where the work is done."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

from tb_losshealth.health.diagnosis import Verdict
from tb_losshealth.pairing.pairs import LossPair
from tb_losshealth.reports import PairReport, TrainOnlyReport

VERDICTS = tuple(verdict.value for verdict in Verdict)

LOGS_HELP = "folder of runs, as for tensorboard --logdir; or a metrics file, a glob, an fsspec URL (s3://..., gs://...)"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends with code 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def add_logs(parser: argparse.ArgumentParser) -> None:
    """Adds the logs to read."""
    parser.add_argument("logs", nargs="+", metavar="LOGDIR", help=LOGS_HELP)
    parser.add_argument(
        "--no-metrics", dest="metrics", action="store_false", help="ignore CSV and JSON files that are not named"
    )
    parser.add_argument(
        "--config", metavar="FILE", help="a losshealth.toml: which tags are pairs (default: the one in LOGDIR)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="show no progress on standard error")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Adds which pairs to look at."""
    parser.add_argument(
        "-f", "--filter", type=regex, metavar="REGEX", help="only pairs whose run or name matches, ignoring case"
    )
    parser.add_argument("--run", type=regex, metavar="REGEX", help="only pairs whose run matches")
    parser.add_argument("--name", type=regex, metavar="REGEX", help="only pairs whose name matches: 'loss', 'accuracy'")
    parser.add_argument("--losses", action="store_true", help="only losses, no accuracies and the like")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Adds where the work is done."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-j", "--jobs", type=jobs, default=1, metavar="N", help="read with N processes; 0: one per core")
    where.add_argument("--dask", metavar="ADDRESS", help="read on the workers of this Dask scheduler")


def report_filter(
    options: argparse.Namespace, verdicts: Iterable[str] | None = None
) -> Callable[[PairReport | TrainOnlyReport], bool]:
    """Whether a pair, or a loss without validation, is to be looked at.

    Args:
        options: with the filters.
        verdicts: those to keep; None: all.
    """
    kept = None if verdicts is None else frozenset(verdicts)

    def wanted(report: PairReport | TrainOnlyReport) -> bool:
        of = report.pair if isinstance(report, PairReport) else report.loss
        anywhere = options.filter
        return (
            (anywhere is None or bool(anywhere.search(of.run) or anywhere.search(of.name)))
            and (options.run is None or bool(options.run.search(of.run)))
            and (options.name is None or bool(options.name.search(of.name)))
            and (not options.losses or not isinstance(of, LossPair) or of.is_loss)
            and (kept is None or report.diagnosis.verdict.value in kept)
        )

    return wanted


def regex(text: str) -> re.Pattern[str]:
    """A regular expression, without regard to case."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from None


def verdicts(text: str) -> frozenset[str]:
    """Verdicts between commas."""
    words = [word.strip().lower().replace("-", "_") for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in VERDICTS]
    if unknown or not words:
        wrong = repr(unknown[0]) if unknown else "nothing"
        raise argparse.ArgumentTypeError(f"{wrong} is no verdict; there are {', '.join(VERDICTS)}")
    return frozenset(words)


def whole(text: str) -> int:
    """A whole number from zero on."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def jobs(text: str) -> int:
    """A number of processes; 0 is one a core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(whole(text) or cores, 1024)


def positive(text: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above zero")
    return value


def finite(text: str) -> float:
    """Any number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value
