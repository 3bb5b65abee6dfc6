"""What is said where a framework is not installed."""

from __future__ import annotations

import subprocess
import sys

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
