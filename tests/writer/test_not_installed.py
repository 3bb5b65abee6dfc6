"""The error where a framework is not installed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest


@pytest.mark.parametrize(
    ("package", "module", "extra"),
    [
        ("torch", "summary_writer", "torch"),
        ("transformers", "transformers", "transformers"),
        ("keras", "keras", "keras"),
        ("ignite", "ignite", "ignite"),
        ("lightning", "lightning", "lightning"),
    ],
)
def test_the_error_says_what_to_install(package: str, module: str, extra: str) -> None:
    hidden = {package, "pytorch_lightning"} if package == "lightning" else {package}
    script = f"import sys\nsys.modules.update(dict.fromkeys({sorted(hidden)!r}))\nimport tb_losshealth.writer.{module}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    last_line = done.stderr.splitlines()[-1]
    assert last_line.startswith("ModuleNotFoundError")
    assert f"pip install 'tb-losshealth[{extra}]'" in last_line


def test_the_viewer_does_without_torch() -> None:
    script = "import sys\nsys.modules['torch'] = None\nfrom tb_losshealth import scan, diagnose, LossMonitor"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_early_stopping_of_a_framework_without_torch_does_without_torch() -> None:
    script = (
        "import sys\nsys.modules['torch'] = None\n"
        "from tb_losshealth.callbacks.early_stopping import EarlyStopping\n"
        "stopping = EarlyStopping('val_loss')\n"
        "rises = [stopping.evaluate(n, 1 / (n + 1), 1 / (n + 1) + max(0, n - 20) * 0.1) for n in range(60)]\n"
        "assert rises[-1] and not rises[20]"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ignite", "keras", "lightning", "transformers"])
def test_the_import_path_of_version_0_1_works(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    first, current = (import_module(f"tb_losshealth.{room}.{name}") for room in ("writer", "callbacks"))
    assert all(getattr(first, public) is getattr(current, public) for public in first.__all__)
