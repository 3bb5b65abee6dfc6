"""`report`: the pairs as a table, worst first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tb_losshealth.cli.errors import OK, PARTIAL, CommandError
from tb_losshealth.cli.explanation import explanation
from tb_losshealth.cli.listing import TERMINAL_ROWS, headline_of, notes
from tb_losshealth.cli.machine_formats import write_csv, write_json
from tb_losshealth.cli.markdown import markdown_lines
from tb_losshealth.cli.options import add_filters, add_logs, add_workers, positive, verdicts, whole
from tb_losshealth.cli.output import text_output
from tb_losshealth.cli.plain_table import plain_lines
from tb_losshealth.cli.reading import expect_something, filtered, judged
from tb_losshealth.present.rows import SPARK_POINTS
from tb_losshealth.reports import PairReport, ScanResult

FORMATS = ("table", "plain", "md", "json", "csv")


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
    with text_output(options.output) as file:
        write(filtered(result, options, options.verdict), options, file)
    return PARTIAL if result.failed else OK


def write(result: ScanResult, options: argparse.Namespace, file: Any) -> None:
    """Writes the report in the format asked for."""
    form = _form(options)
    unasked = TERMINAL_ROWS if form == "table" and _on_terminal(options) else 0
    limit = unasked if options.limit is None else options.limit
    shown = result[: limit or None]
    if form == "json":
        write_json(result, shown, options.logs, file)
    elif form == "csv":
        write_csv(shown, file)
    elif form == "md":
        print_lines(markdown_lines(result, shown), file)
    else:
        if form == "table":
            _print_table(shown, file)
        elif shown:
            print_lines(plain_lines(shown), file)
        if shown:
            print(file=file)
        if len(shown) < len(result):
            print(f"{len(result) - len(shown):,} more pairs; --limit 0 shows all", file=file)
        print(headline_of(result), file=file)
        if not options.explain:
            print_lines(notes(result), file)
    if options.explain and form not in ("json", "csv"):
        print_lines(explanation(result, shown), file)


def _on_terminal(options: argparse.Namespace) -> bool:
    return options.output in (None, "-") and sys.stdout.isatty()


def _form(options: argparse.Namespace) -> str:
    return options.format or ("table" if _on_terminal(options) else "plain")


def print_lines(lines: Any, file: Any) -> None:
    """Writes lines."""
    for line in lines:
        print(line, file=file)


def _print_table(shown: Sequence[PairReport], file: Any) -> None:
    from rich.console import Console

    from tb_losshealth.cli.terminal_table import terminal_table

    if shown:
        console = Console(file=file, highlight=False)
        console.print(terminal_table(shown, console))


def _check_watchable(options: argparse.Namespace) -> None:
    if options.format not in (None, "table", "plain") or options.output or options.dask or options.jobs != 1:
        raise CommandError(
            "--watch shows a table and cannot be combined with --json, --csv, --output, --jobs or --dask"
        )
