"""Print each figure beside its goal, for a log of long pairs and a log of many pairs; see benchmarks/dashboard.py.

Times are wall times, so run it on an idle machine. It takes a few minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.viewing.clients import measure_routes
from benchmarks.viewing.logs import Shape, make_log
from benchmarks.viewing.page import measure_page
from benchmarks.viewing.server import tensorboard

POINTS = (10_000, 200)
"""Train and validation points per pair of the first log."""
MANY_POINTS = (500, 50)
"""The same for the second log: few, so that all of them fit into memory."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks/dashboard.py", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, metavar="N", help="runs in each log (%(default)s)")
    parser.add_argument(
        "--pairs", type=int, default=5, metavar="N", help="pairs per run of the second log (%(default)s)"
    )
    parser.add_argument("--only", choices=("long", "many"), help="one of the two logs")
    parser.add_argument(
        "--skip", choices=("page", "routes"), help="skip the figures of the browser, or of the routes under load"
    )
    options = parser.parse_args()
    shapes = {"long": Shape(options.runs, 1, *POINTS), "many": Shape(options.runs, options.pairs, *MANY_POINTS)}
    for name, shape in shapes.items():
        if options.only in (None, name):
            with tempfile.TemporaryDirectory() as scratch:
                measure(Path(scratch), shape, options.skip)


def measure(scratch: Path, shape: Shape, skipped: str | None) -> None:
    log = make_log(scratch / "log", shape)
    with tensorboard(log.folder, scratch / "tensorboard.log") as server:
        seconds = server.read_fully()
        pairs = server.get("overview?limit=1&spark=0")["total_pairs"]
        print(f"\n{shape}, one of a million points and one that grows: {pairs:,} pairs, read in {seconds:.1f} s")
        if skipped != "page":
            measure_page(server, log)
        if skipped != "routes":
            measure_routes(server, log)


if __name__ == "__main__":
    main()
