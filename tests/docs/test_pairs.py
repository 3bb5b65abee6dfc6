"""docs/pairs.md: its program and its losshealth.toml, as printed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest

from tb_losshealth import scan
from tb_losshealth.pairing.toml import parse_rules
from tb_losshealth.plugin.loader import LossHealthLoader

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "pairs.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_program_declares_a_pair(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    subprocess.run([sys.executable, "-c", block("python")], cwd=tmp_path, check=True)
    (report,) = scan(tmp_path / "runs")
    assert (report.pair.name, report.pair.source) == ("perplexity", "declared")


def test_the_toml_does_what_its_comments_say(logdir, write_run, converged) -> None:
    assert parse_rules(block("toml"), "losshealth.toml").problems == ()
    train, val = converged["loss/train"], converged["loss/val"]
    write_run("exp1", {"fit_a": train, "check_a": val, "fit_b": train, "check_b": val})
    write_run("x/fit", {"loss": train})
    write_run("x/holdout", {"loss": val})
    write_run("g", {"grad_loss": train, "val_grad_loss": val})
    write_run("k", {"train/kendo": train, "val/kendo": val})
    (logdir / "losshealth.toml").write_text(block("toml"))
    result = scan(logdir)
    assert {report.pair.name for report in result if report.pair.run == "exp1"} == {"a", "b"}
    assert "cross entropy" in {report.pair.name for report in result}
    assert "g" not in {report.pair.run for report in result}
    assert {report.pair.mode for report in result if report.pair.run == "k"} <= {"max"}
    assert result.problems == ()


def test_the_commands_take_the_file(tmp_path: Path, logdir, write_run, converged) -> None:
    write_run("exp1", {"fit_a": converged["loss/train"], "check_a": converged["loss/val"]})
    (tmp_path / "my.toml").write_text(block("toml"))
    tensorboard, report = (shlex.split(line) for line in block("sh").splitlines())
    parser = ArgumentParser()
    LossHealthLoader().define_flags(parser)
    flags, _ = parser.parse_known_args(tensorboard[1:])
    assert flags.losshealth_config == "my.toml"
    command = [sys.executable, "-m", "tb_losshealth", *report[1:]]
    shown = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "1 pair in 1 run" in shown
