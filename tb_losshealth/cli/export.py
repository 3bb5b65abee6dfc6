"""`export`: every series, or every diagnosis, for other programs."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from tb_losshealth.batches import Selection
from tb_losshealth.cli.errors import OK, PARTIAL, CommandError
from tb_losshealth.cli.options import add_filters, add_logs, add_workers, regex
from tb_losshealth.cli.output import binary_output
from tb_losshealth.cli.progress import reading_progress
from tb_losshealth.cli.reading import (
    expect_something,
    filtered,
    judged,
    print_failures,
    print_problems,
    scanner_of,
)
from tb_losshealth.cli.series_files import SERIES_FILES, pyarrow
from tb_losshealth.cli.workers import workers
from tb_losshealth.present.flat import COLUMNS, flat_row
from tb_losshealth.present.machine_formats import write_csv
from tb_losshealth.present.rows import pair_row
from tb_losshealth.present.text import count
from tb_losshealth.reports import PairReport

Json = dict[str, Any]

FORMATS = tuple(SERIES_FILES)


def add_command(commands: Any) -> None:
    """Adds `export` to the parser's commands."""
    parser = commands.add_parser("export", help="write every series, or every diagnosis", description=__doc__)
    add_logs(parser)
    parser.add_argument("--format", choices=FORMATS, help="default: by the extension of the output, else csv")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
    parser.add_argument(
        "--what",
        choices=("series", "diagnoses"),
        default="series",
        help="every point, or one row per pair (%(default)s)",
    )
    parser.add_argument("--tag", type=regex, metavar="REGEX", help="with series: only tags that match")
    add_filters(parser)
    add_workers(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Exports."""
    form = _format(options)
    if form == "parquet":
        pyarrow()
        if options.output in (None, "-") and sys.stdout.isatty():
            raise CommandError("parquet is no text for a terminal; name a file with -o, or redirect the output")
    return _export_series(options, form) if options.what == "series" else _export_diagnoses(options, form)


def _format(options: argparse.Namespace) -> str:
    ending = os.path.splitext(options.output or "")[1].lstrip(".").lower()
    if options.format:
        return str(options.format)
    if ending and ending not in FORMATS:
        raise CommandError(f"no format is called {ending!r}; pass --format, one of {', '.join(FORMATS)}")
    return ending or "csv"


def _export_series(options: argparse.Namespace, form: str) -> int:
    if options.filter or options.name or options.losses:
        raise CommandError("series are chosen with --run and --tag; --filter, --name and --losses choose pairs")
    scanner = scanner_of(options)
    written = 0
    with reading_progress(quiet=options.quiet) as on_progress, workers(options) as executor:
        curves = scanner.curves(Selection(options.run, options.tag), executor, on_progress=on_progress)
        with binary_output(options.output) as file:
            output = SERIES_FILES[form](file)
            for curve in curves:
                output.write(curve)
                written += 1
            if not written and not curves.failed:
                raise CommandError("no scalars were found, so nothing was written")
            output.close()
    if curves.problems:
        said = count(curves.problems, "problem")
        print(f"tb-losshealth: {said} while reading; 'tb-losshealth report' lists them", file=sys.stderr)
    print_failures(curves.failed, "exported")
    return PARTIAL if curves.failed else OK


def _export_diagnoses(options: argparse.Namespace, form: str) -> int:
    if options.tag:
        raise CommandError("--tag chooses series; pairs are chosen with --filter, --run, --name and --losses")
    result = judged(options)
    print_problems(result.problems)
    expect_something(result, options.logs)
    reports = filtered(result, options).reports
    with binary_output(options.output) as file:
        {"csv": _csv, "json": _json, "parquet": _parquet}[form](reports, file)
    return PARTIAL if result.failed else OK


def _csv(reports: Sequence[PairReport], file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
    write_csv(reports, text)
    text.flush()
    text.detach()


def _json(reports: Sequence[PairReport], file: BinaryIO) -> None:
    file.write(b"[")
    for number, row in enumerate(map(pair_row, reports)):
        file.write((("," if number else "") + "\n " + json.dumps(row, allow_nan=False)).encode("ascii"))
    file.write(b"\n]\n")


def _parquet(reports: Sequence[PairReport], file: BinaryIO) -> None:
    arrow = pyarrow()
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
    schema = arrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    table = arrow.Table.from_pylist([_encodable(flat_row(pair_row(report))) for report in reports], schema=schema)
    arrow.parquet.write_table(table, file)


def _encodable(row: Json) -> Json:
    return {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }
