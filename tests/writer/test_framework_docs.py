"""The program on each framework's page, run as printed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tb_losshealth import Verdict, scan

PAGES = Path(__file__).resolve().parents[2] / "docs" / "frameworks"
PYPROJECT = PAGES.parents[1] / "pyproject.toml"
NEEDS = {
    "pytorch": ["torch"],
    "lightning": ["lightning"],
    "transformers": ["transformers", "accelerate"],
    "keras": ["keras"],
    "ignite": ["ignite"],
}


def test_every_page_is_run() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted(NEEDS)


@pytest.mark.parametrize("framework", NEEDS)
def test_the_change_is_part_of_the_program_and_the_extra_exists(framework: str) -> None:
    page = (PAGES / f"{framework}.md").read_text()
    (change, program) = (re.search(rf"^```{kind}\n(.*?)^```", page, re.M | re.S) for kind in ("diff", "python"))
    assert change is not None
    assert program is not None
    lines = [line[1:] for line in change[1].splitlines() if line[0] != "-"]
    assert 2 <= len(lines) <= 5
    assert set(lines) <= set(program[1].splitlines())
    (extra,) = re.findall(r'^pip install "tb-losshealth\[(\w+)\]"', page, re.M)
    assert re.search(rf"^{extra} = \[", PYPROJECT.read_text(), re.M)


@pytest.mark.parametrize("framework", NEEDS)
def test_the_table_has_every_argument(framework: str) -> None:
    """Names and defaults, read from the source: the framework need not be installed."""
    page = (PAGES / f"{framework}.md").read_text()
    room, name = ("writer", "summary_writer") if framework == "pytorch" else ("callbacks", framework)
    source = ast.parse((PYPROJECT.parent / "tb_losshealth" / room / f"{name}.py").read_text())
    (init,) = [node for node in ast.walk(source) if isinstance(node, ast.FunctionDef) and _has_arguments_of_ours(node)]
    named = init.args.kwonlyargs if framework == "pytorch" else init.args.args[1:]
    defaults = init.args.kw_defaults if framework == "pytorch" else init.args.defaults
    values = [ast.unparse(value).replace("'", '"') for value in defaults if value is not None]
    required = [argument.arg for argument in named[: len(named) - len(values)]]
    optional = [f"{argument.arg}={value}" for argument, value in zip(named[len(required) :], values, strict=True)]
    assert re.findall(r"^\| `(\w+(?:=[^`]*)?)` \|", page, re.M) == required + optional


def _has_arguments_of_ours(function: ast.FunctionDef) -> bool:
    names = {argument.arg for argument in function.args.args + function.args.kwonlyargs}
    return function.name == "__init__" and bool({"monitor", "rank_zero_only"} & names)


@pytest.mark.slow
@pytest.mark.parametrize("framework", NEEDS)
def test_the_program_runs_as_printed(tmp_path: Path, framework: str) -> None:
    missing = [name for name in [*NEEDS[framework], "sklearn"] if find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
    (program,) = re.findall(r"^```python\n(.*?)^```", (PAGES / f"{framework}.md").read_text(), re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    last_line = done.stdout.splitlines()[-1]
    said = re.fullmatch(r"overfitting: stopped \D*(\d+), \w+ \D*(\d+)", last_line)
    assert said is not None, last_line
    stopped, best = map(int, said.groups())
    assert 0 < best < stopped
    reports = [report for report in scan(tmp_path / "runs") if report.pair.is_loss]
    assert [report.diagnosis.verdict for report in reports] == [Verdict.OVERFITTING]
    assert reports[0].diagnosis.best_step == pytest.approx(best, abs=1)
