"""`check`: fails where a pair breaks a rule, for continuous integration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from tb_losshealth.cli.errors import CHECK_FAILED, OK, CommandError
from tb_losshealth.cli.expression import BadExpression, Expression
from tb_losshealth.cli.junit import write_junit
from tb_losshealth.cli.options import add_filters, add_logs, add_workers, finite, verdicts
from tb_losshealth.cli.reading import expect_something, filtered, judged, print_problems
from tb_losshealth.cli.rules import FACTS, WORDS, Checked, Rules
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.present.notes import problem_line
from tb_losshealth.present.overview import MAX_LISTED
from tb_losshealth.present.text import count, visible

DEFAULT_FAIL_ON = frozenset({"overfitting", "diverging"})


def add_command(commands: Any) -> None:
    """Adds `check` to the parser's commands."""
    parser = commands.add_parser(
        "check",
        help="fail where a pair overfits, for CI",
        description="Exit code 0: all checks pass; 1: a check failed, or something could not be read; "
        "2: wrong usage, or nothing found to check.",
        epilog=f"EXPR compares {', '.join(FACTS)} with < <= > >= == != 'is None', and or not, + - * /, abs, min, max. "
        "A check that needs an unknown value fails.",
    )
    add_logs(parser)
    parser.add_argument(
        "--fail-on",
        type=_failing,
        default=DEFAULT_FAIL_ON,
        metavar="LIST",
        help="verdicts that fail, beside the other rules; none: no verdict fails (overfitting,diverging)",
    )
    parser.add_argument(
        "--max-gap",
        type=finite,
        metavar="X",
        help="fail where validation - train ends above X, or a curve ends in NaN or infinity",
    )
    parser.add_argument(
        "--assert",
        dest="asserted",
        type=_expression,
        action="append",
        default=[],
        metavar="EXPR",
        help="fail unless this holds: 'gap < 0.2 and (onset is None or onset > 1000)'; may be repeated",
    )
    parser.add_argument(
        "--allow-problems", action="store_true", help="pass and print a warning if files or rules could not be read"
    )
    parser.add_argument("--junit", metavar="FILE", help="also write the results there as JUnit XML; -: standard output")
    add_filters(parser)
    add_workers(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Checks, says what failed and why."""
    rules = Rules(options.fail_on, options.max_gap, tuple(options.asserted))
    result = judged(options)
    print_problems(result.problems)
    expect_something(result, options.logs)
    kept = filtered(result, options)
    if not kept.reports and not kept.train_only:
        raise CommandError(f"none of the {count(len(result), 'pair')} matches the filters")
    checked = rules.check(kept)
    lost = [] if options.allow_problems else [problem for problem in result.problems if not problem.harmless]
    unread = list(_unread(lost))
    if options.junit is not None:
        write_junit(checked, [*result.failed, *unread], options.junit)
    said = sys.stderr if options.junit == "-" else sys.stdout
    failed = [one for one in checked if one.failures]
    for one in failed:
        _print(one, said)
    for one in checked:
        if not one.has_validation and not one.failures:
            name = f"{visible(one.of.run)}  {visible(one.of.name)}"
            print(f"tb-losshealth: not checked for overfitting, no validation: {name}", file=sys.stderr)
    for reason in unread:
        print(f"FAILED {reason}", file=said)
    if failed or unread or result.failed:
        not_judged = f", {count(len(result.failed), 'run')} could not be judged" if result.failed else ""
        not_read = f", {count(len(lost), 'problem')} while reading (see --allow-problems)" if lost else ""
        print(f"{len(failed)} of {count(len(checked), 'check')} failed{not_judged}{not_read}", file=said)
        return CHECK_FAILED
    if not kept.reports:
        raise CommandError("no loss has validation beside it, so overfitting cannot be seen; log a validation loss")
    print(f"{count(len(kept), 'pair')} checked: all pass", file=said)
    return OK


def _unread(lost: Sequence[ReadProblem]) -> Iterator[str]:
    """What was not read and so not checked, a line each."""
    yield from (f"could not be read: {problem_line(problem)}" for problem in lost[:MAX_LISTED])
    if len(lost) > MAX_LISTED:
        yield f"could not be read: {len(lost) - MAX_LISTED:,} more"


def _print(one: Checked, file: TextIO) -> None:
    print(f"FAILED {visible(one.of.run)}  {visible(one.of.name)}", file=file)
    for failure in one.failures:
        print(f"  {visible(failure)}", file=file)
    print(f"  {one.report.diagnosis.reason}", file=file)


def _failing(text: str) -> frozenset[str]:
    return frozenset() if text.strip().lower() == "none" else verdicts(text)


def _expression(text: str) -> Expression:
    try:
        return Expression(text, FACTS, WORDS)
    except BadExpression as error:
        raise argparse.ArgumentTypeError(str(error)) from None
