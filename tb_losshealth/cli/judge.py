"""From the options to judged rows."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tb_losshealth.cli.errors import CommandError
from tb_losshealth.cli.listing import MAX_NAMED, problem_line
from tb_losshealth.cli.options import executor_of, row_filter
from tb_losshealth.cli.progress import batch_progress
from tb_losshealth.distribute.outcomes import WorkersUnavailable
from tb_losshealth.distribute.summaries import Listed, Summary, summarise
from tb_losshealth.logs.open_log import find_roots
from tb_losshealth.pairing.toml_file import RulesFile
from tb_losshealth.present.text import count, visible
from tb_losshealth.scanner import rule_problem

Json = Mapping[str, Any]


def judged(options: argparse.Namespace, *, sparks: bool = False) -> Summary:
    """Reads and judges what the options name, and says on standard error what failed.

    Args:
        options: of the command.
        sparks: whether rows hold both curves in few points.

    Raises:
        CommandError: there is nothing to judge.
    """
    roots = roots_of(options)
    with batch_progress(quiet=options.quiet) as on_batch:
        try:
            summary = summarise(
                roots,
                executor=executor_of(options),
                metrics=options.metrics,
                config=options.config,
                sparks=sparks,
                on_batch=on_batch,
            )
        except WorkersUnavailable as error:
            raise CommandError(str(error)) from error
    say_failures(summary.failed, "judged")
    return summary


def say_failures(failed: list[str], done: str) -> None:
    """Says on standard error which runs something could not be done with."""
    for failure in failed[:MAX_NAMED]:
        print(f"tb-losshealth: not {done}: {visible(failure)}", file=sys.stderr)
    if len(failed) > MAX_NAMED:
        print(f"tb-losshealth: not {done}: {len(failed) - MAX_NAMED:,} more", file=sys.stderr)


def say_problems(problems: Listed) -> None:
    """Says on standard error what is odd about files and rules."""
    for problem in problems.first[:MAX_NAMED]:
        print(f"tb-losshealth: problem while reading: {problem_line(problem)}", file=sys.stderr)
    if problems.total > MAX_NAMED:
        more = count(problems.total - MAX_NAMED, "more problem")
        print(f"tb-losshealth: {more} while reading; 'tb-losshealth report --explain' lists them", file=sys.stderr)


def roots_of(options: argparse.Namespace) -> dict[str, str]:
    """What to read, by run name prefix.

    Raises:
        CommandError: nothing is there, or the losshealth.toml that was named is missing or has mistakes.
    """
    if options.config is not None:
        _check_config(options.config)
    try:
        return find_roots(options.logs)
    except (FileNotFoundError, ValueError) as error:
        raise CommandError(str(error)) from error


def _check_config(path: str) -> None:
    if not os.path.isfile(path):
        raise CommandError(f"there is no file {path!r}; --config takes a losshealth.toml")
    config = RulesFile(path, must_exist=True)
    config.reread()
    if config.problems:
        raise CommandError("\n".join(problem_line(asdict(rule_problem(problem))) for problem in config.problems))


def expect_something(summary: Summary, logs: list[str]) -> None:
    """Checks that there is anything to show.

    Raises:
        CommandError: there are no pairs and no losses; the message says what there is instead.
    """
    if summary.pairs or summary.train_only:
        return
    where = " ".join(map(repr, logs[:3])) + (" ..." if len(logs) > 3 else "")
    if summary.failed:
        raise CommandError(f"none of the {count(summary.runs, 'run')} under {where} could be judged")
    if not summary.runs:
        unread = f" ({summary.problems.first[0]['reason']})" if summary.problems.first else ""
        raise CommandError(f"no event files or metrics files with scalars under {where}{unread}")
    raise CommandError(
        f"{count(summary.runs, 'run')} with {count(summary.tags, 'scalar')} under {where}, but no loss among them; "
        "log a pair, as in writer.add_paired_scalars('loss', train=..., val=..., global_step=...)"
    )


def filtered(summary: Summary, options: argparse.Namespace) -> Summary:
    """What the filters leave of it."""
    wanted = row_filter(options)
    return Summary(
        pairs=[ranked for ranked in summary.pairs if wanted(ranked[1])],
        train_only=[row for row in summary.train_only if wanted(row)],
        unpaired=summary.unpaired,
        problems=summary.problems,
        unread=summary.unread,
        failed=summary.failed,
        runs=summary.runs,
        tags=summary.tags,
    )
