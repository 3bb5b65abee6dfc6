"""A real TensorBoard to measure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Server:
    """A running TensorBoard; `address` is its URL."""

    address: str

    @property
    def routes(self) -> str:
        """The URL of the plugin's routes."""
        return f"{self.address}data/plugin/losshealth/"

    def get(self, route: str) -> Any:
        """The answer of the plugin, decoded."""
        with urllib.request.urlopen(self.routes + route, timeout=120) as answer:
            return json.load(answer)

    def read_fully(self) -> float:
        """Seconds until the log is read."""
        start = time.perf_counter()
        while self.get("overview?limit=1&spark=0")["state"] == "loading":
            time.sleep(0.2)
        return time.perf_counter() - start


@contextmanager
def tensorboard(logdir: Path, printed: Path) -> Iterator[Server]:
    """Run TensorBoard on a logdir; its output goes to the file `printed`."""
    command = [sys.executable, "-m", "tensorboard.main", "--port", "0", "--logdir", str(logdir)]
    with printed.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        while not (address := re.search(r"TensorBoard \S+ at (http://\S+)", printed.read_text())):
            if process.poll() is not None:
                raise RuntimeError(printed.read_text())
            time.sleep(0.05)
        yield Server(address[1])
    finally:
        process.terminate()
        process.wait()
