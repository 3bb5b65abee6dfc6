"""The command line: parses, runs one command, and turns whatever happens into an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import NoReturn

import tb_losshealth
from tb_losshealth.cli import check, export, html, report
from tb_losshealth.cli.errors import BAD_USAGE, BROKEN_PIPE, INTERRUPTED, TERMINATED, CommandError
from tb_losshealth.cli.options import Parser

PROGRAM = "tb-losshealth"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: without the program's name; those of the process if None.

    Returns:
        0, or 1 where a check failed, 2 for bad usage or where nothing was found, 130 after Ctrl-C, 141 where the
        reader of a pipe went away.

    Raises:
        SystemExit: with code 143 after SIGTERM, and as argparse does.
    """
    _fill_in_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter gets its number
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        with _cleaning_up_when_terminated():
            code: int = options.command(options)
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _say(str(error), BAD_USAGE)
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:
        _drop_output()
        return _say(f"cannot write the result: {error.strerror or error}", BAD_USAGE)


def _parser() -> Parser:
    parser = Parser(prog=PROGRAM, description="Is it overfitting, since when, and which checkpoint do I keep?")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {tb_losshealth.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for module in (report, check, export, html):
        module.add_command(commands)
    return parser


def _fill_in_closed_streams() -> None:
    """Python has None where the process was started with a closed standard output or error."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the process ends


@contextlib.contextmanager
def _cleaning_up_when_terminated() -> Iterator[None]:
    """SIGTERM ends the process as an error would, so that no half file stays behind."""
    is_ours = threading.current_thread() is threading.main_thread()  # Python gives signals to no other thread
    if not is_ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(*_: object) -> NoReturn:
    raise SystemExit(TERMINATED)


def _say(message: str, code: int) -> int:
    with contextlib.suppress(OSError):
        for line in message.splitlines():
            print(f"{PROGRAM}: {line}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Lets Python's own flush at exit find a place that takes it."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
