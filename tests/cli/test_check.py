"""`check`: what fails, what is said, and the exit code."""

from __future__ import annotations

import math
import os
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
        (["--fail-on", "none"], []),
        (["--max-gap", "10"], ["bad"]),
        (["--fail-on", "none", "--max-gap", "10"], []),
        (["--fail-on", "none", "--max-gap", "0.5"], ["bad"]),
        (["--max-gap", "-1"], ["bad", "good"]),
        (["--assert", "gap < 10"], ["bad"]),
        (["--fail-on", "none", "--assert", "gap < 10"], []),
        (["--fail-on", "none", "--assert", "gap < 0.5"], ["bad"]),
        (["--assert", "gap < 0.5", "--assert", "verdict != 'converged'"], ["bad", "good"]),
        (["--assert", "onset is None or onset > 1e6"], ["bad"]),
        (["--assert", "onset > 1e6"], ["bad", "good"]),
        (["--fail-on", "none", "--assert", "val <= 10 and train <= 10 and run != 'x' and mode == 'min'"], []),
    ],
)
def test_rules(run, runs: Path, arguments: list[str], failed: list[str]) -> None:
    code, out, _ = run("check", runs, *arguments)
    names = sorted(line.split()[1] for line in out.splitlines() if line.startswith("FAILED"))
    assert names == failed
    assert code == (1 if failed else 0)


@pytest.mark.parametrize("broken", ["loss/train", "loss/val"])
def test_a_curve_that_ends_in_no_number_has_no_final_gap(run, logdir: Path, write_run, converged, broken: str) -> None:
    tags = {
        tag: [*points[:-1], (points[-1][0], math.nan)] if tag == broken else points for tag, points in converged.items()
    }
    write_run("broken", tags)
    code, out, _ = run("check", logdir, "--fail-on", "none", "--max-gap", "10")
    assert code == 1
    assert "ends in a value that is not finite, so the final gap is unknown" in out


def test_an_assertion_says_what_the_values_are(run, runs: Path) -> None:
    _, out, _ = run("check", runs, "--assert", "gap < 0.1", "--assert", "onset > 5", "--run", "bad|good")
    assert "  gap < 0.1 does not hold: gap is 1." in out
    assert "  onset > 5 cannot be evaluated: onset is unknown here" in out


def test_an_assertion_that_divides_by_zero_fails(run, runs: Path) -> None:
    code, out, _ = run("check", runs, "--run", "good", "--assert", "not (gap / (val - val) > 0.1)")
    assert code == 1
    assert "cannot be evaluated: it divides by zero" in out


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


def test_junit_on_standard_output_stands_there_alone(run, runs: Path) -> None:
    code, out, err = run("check", runs, "--junit", "-")
    assert code == 1
    assert ET.fromstring(out.encode())[0].get("failures") == "1"
    assert "FAILED bad  loss\n  the verdict is overfitting\n" in err
    assert err.endswith("1 of 3 checks failed\n")


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
        (["--assert", "verdict != 'overfit'"], "'overfit' is no verdict; there are overfitting, "),
        (["--assert", "'minimum' == mode"], "'minimum' is no mode; there are min, max"),
        (["--fail-on", "bad"], "'bad' is no verdict"),
        (["--fail-on", ""], "is no verdict"),
        (["--fail-on", "none,diverging"], "'none' is no verdict"),
        (["--max-gap", "wide"], "no number"),
        (["--max-gap", "nan"], "no number"),
        (["--junit", ""], "cannot write ''"),
        (["--junit", "/no/such/folder/junit.xml"], "cannot write '/no/such/folder/junit.xml'"),
    ],
)
def test_a_mistake_is_code_2(run, runs: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("check", runs, *arguments)
    assert code == 2
    assert said in err
    assert err.count("\n") <= 2


def test_what_could_not_be_read_fails_unless_allowed(run, runs: Path, tmp_path: Path) -> None:
    (runs / "good" / "events.out.tfevents.9.broken").write_bytes(b"this is no event file, whatever its name says")
    path = tmp_path / "junit.xml"
    code, out, err = run("check", runs, "--run", "good", "--junit", path)
    assert code == 1
    assert "FAILED could not be read: " in out
    assert out.endswith("0 of 1 check failed, 1 problem while reading (see --allow-problems)\n")
    assert "events.out.tfevents.9.broken at byte 0" in err
    (suite,) = ET.parse(path).getroot()
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    error = suite.find("testcase/error")
    assert error is not None
    assert str(error.get("message")).startswith("could not be read: ")
    code, out, err = run("check", runs, "--run", "good", "--junit", path, "--allow-problems")
    assert (code, out) == (0, "1 pair checked: all pass\n")
    assert "events.out.tfevents.9.broken at byte 0" in err
    assert ET.parse(path).getroot()[0].get("errors") == "0"


def test_a_file_that_waits_for_its_writer_is_said_and_passes(run, runs: Path) -> None:
    empty = runs / "good" / "events.out.tfevents.9.empty"
    empty.write_bytes(b"")
    cut = runs / "good" / "events.out.tfevents.9.cut"
    (event_file,) = (runs / "alone").iterdir()
    cut.write_bytes(event_file.read_bytes()[:-3])
    for path in (empty, cut):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # long ago, so that its writer must be asked for
    code, out, err = run("check", runs, "--run", "good")
    assert (code, out) == (0, "1 pair checked: all pass\n")
    assert "is empty" in err
    assert "ends within a record" in err


def test_rules_of_the_log_that_could_not_be_read_fail_and_those_for_other_runs_do_not(run, runs: Path) -> None:
    config = runs / "losshealth.toml"
    config.write_text('[[forbid]]\nrun = "other"\n')
    code, _, err = run("check", runs, "--run", "good")
    assert (code, "matches nothing" in err) == (0, True)
    config.write_text('[[forbid]]\nruns = "bad"\n')
    code, out, _ = run("check", runs, "--run", "good")
    assert code == 1
    assert "losshealth.toml: line " in out


@pytest.mark.parametrize("command", [["check"], ["html", "-o", "{target}"], ["report"], ["export"]])
def test_mistakes_in_the_config_that_was_named_are_bad_usage(run, runs: Path, tmp_path: Path, command) -> None:
    config, target = tmp_path / "our.toml", tmp_path / "report.html"
    config.write_text('[[rename]]\nname = "loss"\n[[pair]]\ntrain = "a"\n')
    code, out, err = run(*(word.format(target=target) for word in command), runs, "--config", config)
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"tb-losshealth: {config}: line ") for line in lines)
    assert not target.exists()
    code, _, err = run(*(word.format(target=target) for word in command), runs, "--config", "")
    assert (code, "there is no file" in err) == (2, True)


@pytest.mark.parametrize("command", [["html", "-o", "{target}"], ["export", "--what", "diagnoses"]])
def test_other_commands_say_what_could_not_be_read(run, runs: Path, tmp_path: Path, command) -> None:
    (runs / "good" / "events.out.tfevents.9.broken").write_bytes(b"this is no event file, whatever its name says")
    code, _, err = run(*(word.format(target=tmp_path / "report.html") for word in command), runs)
    assert code == 0
    assert "events.out.tfevents.9.broken at byte 0" in err
