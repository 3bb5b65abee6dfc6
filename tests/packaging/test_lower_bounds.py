"""The oldest versions that pyproject.toml admits are versions that work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]

# TensorBoard before 2.20 imports pkg_resources, which setuptools 82 no longer has.
OLD_SETUPTOOLS = "setuptools<81"
# Rooms whose tests need no torch.
TESTED = ("tests/health", "tests/logs", "tests/pairing", "tests/plugin", "tests/test_scanner.py")


def lowest_versions() -> list[str]:
    """`name>=1.2; marker` as `name==1.2; marker`."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        dependencies: list[str] = tomllib.load(file)["project"]["dependencies"]
    pinned = []
    for dependency in dependencies:
        assert re.match(r"[\w-]+>=[\d.]+(;.*)?$", dependency), f"{dependency}: needs a lower bound"
        pinned.append(dependency.replace(">=", "==", 1))
    return pinned


@pytest.mark.slow
@pytest.mark.xdist_group("packaging")
def test_the_viewer_works_with_the_oldest_versions_it_admits(fresh_clone: Path, tmp_path: Path) -> None:
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(tmp_path / "venv")],
        [*install, *lowest_versions(), OLD_SETUPTOOLS, "pytest>=8.2", "hypothesis>=6.100"],
        [*install, "--no-deps", str(fresh_clone)],
        [python, "-m", "pytest", "-q", "-m", "not slow and not browser", "-p", "no:cacheprovider", *TESTED],
    ):
        done = subprocess.run(command, cwd=fresh_clone, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
