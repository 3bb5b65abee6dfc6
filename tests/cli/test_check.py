"""`check`: what fails, what is said, and the exit code."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tb_losshealth import scan


def test_overfitting_fails_by_default_and_says_why(run, runs: Path) -> None:
    code, out, _ = run("check", runs)
    assert code == 1
    assert out.startswith("FAILED bad  loss\n  the verdict is overfitting\n")
    assert scan(runs)[0].diagnosis.reason in out
    assert out.endswith("1 of 3 checks failed\n")


def test_what_is_healthy_passes(run, runs: Path) -> None:
    code, out, err = run("check", runs, "--run", "good")
    assert (code, out, err) == (0, "1 pair checked: all pass\n", "")


@pytest.mark.parametrize(
    ("arguments", "failed"),
    [
        (["--fail-on", "converged"], ["alone", "good"]),
        (["--fail-on", "diverging"], []),
        (["--max-gap", "0.5"], ["bad"]),
        (["--max-gap", "-1"], ["bad", "good"]),
        (["--assert", "gap < 0.5"], ["bad"]),
        (["--assert", "gap < 0.5", "--assert", "verdict != 'converged'"], ["bad", "good"]),
        (["--assert", "onset is None or onset > 1e6"], ["bad"]),
        (["--assert", "onset > 1e6"], ["bad", "good"]),
        (["--assert", "val <= 10 and train <= 10 and run != 'x' and mode == 'min'"], []),
    ],
)
def test_rules(run, runs: Path, arguments: list[str], failed: list[str]) -> None:
    code, out, _ = run("check", runs, *arguments)
    names = sorted(line.split()[1] for line in out.splitlines() if line.startswith("FAILED"))
    assert names == failed
    assert code == (1 if failed else 0)


def test_an_assertion_says_what_the_values_are(run, runs: Path) -> None:
    _, out, _ = run("check", runs, "--assert", "gap < 0.1", "--assert", "onset > 5", "--run", "bad|good")
    assert "  gap < 0.1 does not hold: gap is 1." in out
    assert "  onset > 5 cannot be said: onset is unknown here" in out


def test_a_log_with_nothing_to_check_does_not_pass(run, logdir: Path, write_run, converged) -> None:
    assert run("check", logdir)[0] == 2
    write_run("alone", {"train_loss": converged["loss/train"]})
    code, _, err = run("check", logdir)
    assert code == 2
    assert "overfitting cannot be seen" in err
    code, _, err = run("check", logdir, "--run", "nothing")
    assert (code, "matches the filters" in err) == (2, True)


def test_junit_holds_every_pair(run, runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    assert run("check", runs, "--junit", path)[0] == 1
    (suite,) = ET.parse(path).getroot()
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    cases = {case.get("classname"): [child.tag for child in case] for case in suite}
    assert cases == {"bad": ["failure"], "good": [], "alone": ["skipped"]}
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "the verdict is overfitting"


def test_junit_takes_names_that_xml_cannot_hold(run, logdir: Path, write_run, overfitting, tmp_path: Path) -> None:
    write_run("a<b>&\x01\x1b", overfitting)
    path = tmp_path / "junit.xml"
    run("check", logdir, "--junit", path)
    assert [case.get("classname") for case in ET.parse(path).getroot().iter("testcase")] == ["a<b>&\\x01\\x1b"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--assert", "gap <"], "cannot be read"),
        (["--assert", "gapp < 1"], "did you mean 'gap'"),
        (["--fail-on", "bad"], "'bad' is no verdict"),
        (["--fail-on", ""], "is no verdict"),
        (["--max-gap", "wide"], "no number"),
        (["--max-gap", "nan"], "no number"),
        (["--junit", "/no/such/folder/junit.xml"], "cannot write '/no/such/folder/junit.xml'"),
    ],
)
def test_a_mistake_is_code_2(run, runs: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("check", runs, *arguments)
    assert code == 2
    assert said in err
    assert err.count("\n") <= 2
