"""What the commands share: the log that the options name, what the filters leave of it, and what went wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tb_losshealth.cli.errors import CommandError
from tb_losshealth.cli.options import report_filter
from tb_losshealth.cli.progress import reading_progress
from tb_losshealth.cli.workers import workers
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.present.notes import MAX_NAMED, problem_line
from tb_losshealth.present.text import count, visible
from tb_losshealth.reports import ScanResult
from tb_losshealth.scanner import Scanner


def scanner_of(options: argparse.Namespace) -> Scanner:
    """The scanner of the log that the options name.

    Raises:
        CommandError: nothing is there, or the losshealth.toml that was named is missing or has mistakes.
    """
    if options.config is not None and not os.path.isfile(options.config):
        raise CommandError(f"there is no file {options.config!r}; --config takes a losshealth.toml")
    try:
        scanner = Scanner(options.logs, config=options.config, metrics_files=options.metrics)
    except (FileNotFoundError, ValueError) as error:
        raise CommandError(str(error)) from error
    if options.config is not None and scanner.rule_problems:
        raise CommandError("\n".join(map(problem_line, scanner.rule_problems)))
    return scanner


def judged(options: argparse.Namespace, *, points: int = 0) -> ScanResult:
    """Reads and judges what the options name, and prints on standard error what failed.

    Args:
        options: of the command.
        points: the most points that the reports keep of each curve.

    Raises:
        CommandError: nothing is there, or the workers cannot be used.
    """
    scanner = scanner_of(options)
    with reading_progress(quiet=options.quiet) as on_progress, workers(options) as executor:
        result = scanner.judge_in_batches(executor, points=points, on_progress=on_progress)
    print_failures(result.failed, "judged")
    return result


def print_failures(failed: Sequence[str], done: str) -> None:
    """Prints on standard error which runs something could not be done with."""
    for failure in failed[:MAX_NAMED]:
        print(f"tb-losshealth: not {done}: {visible(failure)}", file=sys.stderr)
    if len(failed) > MAX_NAMED:
        print(f"tb-losshealth: not {done}: {len(failed) - MAX_NAMED:,} more", file=sys.stderr)


def print_problems(problems: Sequence[ReadProblem]) -> None:
    """Prints on standard error what is odd about files and rules."""
    for problem in problems[:MAX_NAMED]:
        print(f"tb-losshealth: problem while reading: {problem_line(problem)}", file=sys.stderr)
    if len(problems) > MAX_NAMED:
        more = count(len(problems) - MAX_NAMED, "more problem")
        print(f"tb-losshealth: {more} while reading; 'tb-losshealth report --explain' lists them", file=sys.stderr)


def expect_something(result: ScanResult, logs: Sequence[str]) -> None:
    """Checks that there is anything to show.

    Raises:
        CommandError: there are no pairs and no losses; the message says what there is instead.
    """
    if result.reports or result.train_only:
        return
    where = " ".join(map(repr, logs[:3])) + (" ..." if len(logs) > 3 else "")
    if result.failed:
        raise CommandError(f"none of the {count(result.runs, 'run')} under {where} could be judged")
    if not result.runs:
        unread = f" ({result.problems[0].reason})" if result.problems else ""
        raise CommandError(f"no event files or metrics files with scalars under {where}{unread}")
    raise CommandError(
        f"{count(result.runs, 'run')} with {count(result.tags, 'scalar')} under {where}, but no loss among them; "
        "log a pair, as in writer.add_paired_scalars('loss', train=..., val=..., global_step=...)"
    )


def filtered(result: ScanResult, options: argparse.Namespace, verdicts: Iterable[str] | None = None) -> ScanResult:
    """What the filters leave of it.

    Args:
        result: of a scan.
        options: with the filters.
        verdicts: those to keep; None: all.
    """
    wanted = report_filter(options, verdicts)
    return replace(
        result,
        reports=tuple(filter(wanted, result.reports)),
        train_only=tuple(filter(wanted, result.train_only)),
    )
