"""Fixtures that several rooms share. Event files are written by TensorBoard's own writer, without torch."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No deadline: the machine may be busy. In CI the same examples every time: new ones are for those who can mend.
settings.register_profile("ours", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("ours")

Points = Iterable[tuple[int, float]]
WriteRun = Callable[..., Path]

CopyCheckout = Callable[[Path], Path]

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ROOT = Path(__file__).resolve().parents[1]
START = 1_700_000_000.0


# The fixtures of the browser tests import playwright, so that a skip would come too late.
collect_ignore = [] if find_spec("playwright") else ["browser"]

# What of ours needs PyTorch as soon as it is imported.
NEEDS_TORCH = ("tb_losshealth.writer", "tb_losshealth.callbacks")


def pytest_report_header() -> list[str]:
    return [f"skipped, since playwright is not installed: tests/{folder}" for folder in collect_ignore]


class AbsentPackage(pytest.Module):
    """A test module that needs a package which is not installed: skipped, with the name of the package."""

    package = ""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        pytest.skip(f"{self.package} is not installed", allow_module_level=True)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    package = absent_package(module_path)
    if package is None:
        return None
    module = AbsentPackage.from_parent(parent, path=module_path)
    module.package = package
    return module


def absent_package(path: Path) -> str | None:
    """The first package that a test module imports at its top and that is not installed."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "tb_losshealth" and any(alias.name == "SummaryWriter" for alias in node.names):
                names = [NEEDS_TORCH[0]]
        for name in names:
            package = "torch" if name.startswith(NEEDS_TORCH) else name.partition(".")[0]
            if find_spec(package) is None:
                return package
    return None


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """An empty logdir."""
    path = tmp_path / "runs"
    path.mkdir()
    return path


@pytest.fixture
def write_run(logdir: Path) -> WriteRun:
    """Write (or append) one run: `write_run("exp1", {"loss/train": [(0, 1.0)]})`, points in order of step.

    A point's wall time is `start` plus its step, in seconds.
    """

    def write(run: str, tags: Mapping[str, Points], start: float = START) -> Path:
        folder = logdir / run
        writer = EventFileWriter(str(folder))
        points = sorted((step, tag, value) for tag, series in tags.items() for step, value in series)
        for step, tag, value in points:
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(wall_time=start + step, step=step, summary=summary))
        writer.close()
        return folder

    return write


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process (playwright allows one): an installed one, else playwright's own."""
    from playwright.sync_api import sync_playwright

    installed = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    executable = os.environ.get("LOSSHEALTH_CHROMIUM") or next(filter(None, installed), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def overfitting() -> dict[str, list[tuple[int, float]]]:
    """A textbook overfit: train falls, validation turns at step 200."""
    rng = np.random.default_rng(0)
    steps = np.arange(0, 600, 10)
    train = 2.0 * np.exp(-steps / 120) + rng.normal(0, 0.01, len(steps))
    val = 2.0 * np.exp(-steps / 120) + 0.1 + 0.0025 * np.maximum(steps - 200, 0) + rng.normal(0, 0.02, len(steps))
    return {
        "loss/train": [(int(step), float(value)) for step, value in zip(steps, train, strict=True)],
        "loss/val": [(int(step), float(value)) for step, value in zip(steps, val, strict=True)],
    }


@pytest.fixture(scope="session")
def converged() -> dict[str, list[tuple[int, float]]]:
    """Both fall and end flat."""
    rng = np.random.default_rng(1)
    steps = np.arange(0, 600, 10)
    curve = 2.0 * np.exp(-steps / 60) + 0.2
    return {
        f"loss/{split}": [
            (int(s), float(v)) for s, v in zip(steps, curve + rng.normal(0, 0.01, len(steps)), strict=True)
        ]
        for split in ("train", "val")
    }


@pytest.fixture(scope="session")
def copy_checkout() -> CopyCheckout:
    """Copy what git knows of (and what it would add) into a folder, as a fresh clone has it."""

    def copy(target: Path) -> Path:
        listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target / name)
        return target

    return copy


@pytest.fixture
def fresh_clone(copy_checkout: CopyCheckout, tmp_path: Path) -> Path:
    """The checkout without anything that was built or installed in it."""
    return copy_checkout(tmp_path / "clone")
