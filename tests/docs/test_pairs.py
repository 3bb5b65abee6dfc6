"""docs/pairs.md: its program and its losshealth.toml, as printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tb_losshealth import scan
from tb_losshealth.pairing.toml import parse_rules

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
