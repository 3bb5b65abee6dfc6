"""`report`: the pairs as a table, worst first."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tb_losshealth.cli.errors import OK, PARTIAL, CommandError
from tb_losshealth.cli.options import add_filters, add_logs, add_workers, positive, verdicts, whole
from tb_losshealth.cli.output import text_output
from tb_losshealth.cli.reading import expect_something, filtered, judged
from tb_losshealth.present.notes import TERMINAL_ROWS
from tb_losshealth.present.rows import SPARK_POINTS
from tb_losshealth.present.written_report import FORMATS, write_report


def add_command(commands: Any) -> None:
    """Adds `report` to the parser's commands."""
    parser = commands.add_parser("report", help="show every pair, worst first", description=__doc__)
    add_logs(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=FORMATS, help="default: a table on a terminal, plain text elsewhere")
    form.add_argument("--json", dest="format", action="store_const", const="json", help="same as --format json")
    form.add_argument("--csv", dest="format", action="store_const", const="csv", help="same as --format csv")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
    add_filters(parser)
    parser.add_argument(
        "--verdict", type=verdicts, metavar="LIST", help="only these verdicts, such as overfitting,diverging"
    )
    parser.add_argument("-n", "--limit", type=whole, metavar="N", help="show at most N pairs; 0: all")
    parser.add_argument(
        "--explain", action="store_true", help="give the reasons, and why every other tag is in no pair"
    )
    parser.add_argument("--watch", action="store_true", help="follow running trainings until Ctrl-C")
    parser.add_argument(
        "--interval", type=positive, default=5.0, metavar="S", help="seconds between refreshes (%(default)s)"
    )
    add_workers(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Shows the report."""
    if options.watch:
        _check_watchable(options)
        from tb_losshealth.cli.watch import watch

        return watch(options)
    result = judged(options, points=SPARK_POINTS if _form(options) == "table" else 0)
    expect_something(result, options.logs)
    unasked = TERMINAL_ROWS if _form(options) == "table" and _on_terminal(options) else 0
    limit = unasked if options.limit is None else options.limit
    with text_output(options.output) as file:
        kept = filtered(result, options, options.verdict)
        write_report(kept, _form(options), file, limit=limit, explain=options.explain, logs=options.logs)
    return PARTIAL if result.failed else OK


def _on_terminal(options: argparse.Namespace) -> bool:
    return options.output in (None, "-") and sys.stdout.isatty()


def _form(options: argparse.Namespace) -> str:
    return options.format or ("table" if _on_terminal(options) else "plain")


def _check_watchable(options: argparse.Namespace) -> None:
    if options.format not in (None, "table", "plain") or options.output or options.dask or options.jobs != 1:
        raise CommandError(
            "--watch shows a table and cannot be combined with --json, --csv, --output, --jobs or --dask"
        )
