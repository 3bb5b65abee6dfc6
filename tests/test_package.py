"""The public names, and what importing the package costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tb_losshealth


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has imported after `code`."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    )


def test_importing_the_package_imports_neither_torch_nor_tensorboard_nor_numpy() -> None:
    assert not modules_after("import tb_losshealth") & {"torch", "tensorboard", "numpy"}


def test_scanning_and_the_plugin_need_no_torch() -> None:
    assert "torch" not in modules_after("from tb_losshealth import scan, diagnose, LossMonitor")
    assert "torch" not in modules_after("import tb_losshealth.plugin.plugin")


def test_the_loader_imports_nothing_of_the_plugin_until_it_loads() -> None:
    ours = {name for name in modules_after("import tb_losshealth.plugin.loader") if name.startswith("tb_losshealth")}
    assert ours == {"tb_losshealth", "tb_losshealth.plugin", "tb_losshealth.plugin.loader"}


@pytest.mark.parametrize("name", [*tb_losshealth.__all__, "SummaryWriter"])
def test_every_public_name_resolves(name: str) -> None:
    if name == "SummaryWriter":
        pytest.importorskip("torch")
    assert getattr(tb_losshealth, name).__name__ == name


def test_scan_is_the_function_even_after_its_module_was_imported() -> None:
    script = "import tb_losshealth.scanner\nfrom tb_losshealth import scan\nassert callable(scan), scan"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'scam'"):
        _ = tb_losshealth.scam


def test_without_torch_everything_but_the_writer_is_there_and_the_writer_says_what_it_needs() -> None:
    script = """
import sys
sys.modules["torch"] = None  # importing it now fails
from tb_losshealth import *
import tb_losshealth
assert scan and diagnose and LossMonitor
try:
    from tb_losshealth import SummaryWriter
except ImportError as error:
    assert "pip install 'tb-losshealth[torch]'" in str(error), error
"""
    subprocess.run([sys.executable, "-c", script], check=True)
