"""Loading can never take TensorBoard down."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from tensorboard.plugins import base_plugin

from tb_losshealth.plugin.loader import LossHealthLoader


def test_tensorboard_finds_the_loader_by_its_entry_point() -> None:
    (entry,) = [entry for entry in entry_points(group="tensorboard_plugins") if entry.name == "losshealth"]
    assert entry.load() is LossHealthLoader


def test_a_context_of_nones_gives_a_plugin_that_is_merely_without_logdir() -> None:
    plugin = LossHealthLoader().load(base_plugin.TBContext())
    assert plugin is not None
    assert plugin.plugin_name == "losshealth"
    assert plugin.is_active() is False
    assert plugin.data_plugin_names() == ("scalars", "losshealth")
    assert plugin.frontend_metadata().tab_name == "Loss Health"


def test_a_failure_to_load_is_logged_and_tensorboard_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "tb_losshealth.plugin.plugin", None)  # importing it now raises
    with caplog.at_level(logging.ERROR):
        assert LossHealthLoader().load(base_plugin.TBContext()) is None
    assert "Loss Health tab could not be loaded" in caplog.text


def test_the_flags_leave_an_empty_command_line_valid() -> None:
    parser = argparse.ArgumentParser()
    loader = LossHealthLoader()
    loader.define_flags(parser)
    loader.fix_flags(parser.parse_args([]))


def test_tensorboard_lists_the_plugin() -> None:
    script = (
        "from tensorboard import default\n"
        "print([p.__name__ for p in default.get_dynamic_plugins() if 'losshealth' in p.__module__])"
    )
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert output.strip() == "['LossHealthLoader']"
