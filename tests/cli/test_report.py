"""`report`: what it shows and in which forms."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_losshealth import scan
from tb_losshealth.present.plain_table import HEADER
from tb_losshealth.present.rows import pair_facts

HOSTILE = "a\x1b[31mred\x07|`<script>alert(1)</script>@everyone\u202e"


def columns(line: str) -> list[str]:
    return re.split(r"  +", line.strip())


def test_a_pipe_gets_aligned_text_worst_first(run, runs: Path) -> None:
    code, out, err = run("report", runs)
    lines = out.splitlines()
    assert code == 0
    assert err == ""
    assert columns(lines[0]) == list(HEADER)
    assert [columns(line)[:3] for line in lines[1:3]] == [["overfitting", "bad", "loss"], ["converged", "good", "loss"]]
    (bad, _) = scan(runs)
    onset, best = bad.diagnosis.onset, bad.diagnosis
    assert onset is not None
    assert columns(lines[1])[3:5] == [f"{onset.step:,} ({onset.low:,}-{onset.high:,})", f"{best.best_step:,}"]
    assert "2 pairs in 3 runs: 1 overfitting, 1 converged" in lines
    assert "1 loss has no validation beside it" in out
    assert "\x1b" not in out


def test_json_has_the_rows_of_the_page(run, runs: Path) -> None:
    code, out, _ = run("report", runs, "--json")
    document = json.loads(out)
    assert code == 0
    result = scan(runs)
    for row, report in zip(document["pairs"], result, strict=True):
        expected = pair_facts(report)  # what the page gets
        assert {key: row[key] for key in expected} == expected
        assert row["reason"] == report.diagnosis.reason
    assert document["counts"] == {"overfitting": 1, "converged": 1}
    assert [row["run"] for row in document["train_only"]] == ["alone"]
    assert (document["runs"], document["tags"], document["problems"]["total"]) == (3, 5, 0)


def test_csv_is_one_line_a_pair(run, runs: Path) -> None:
    _, out, _ = run("report", runs, "--csv")
    first, second = csv.DictReader(io.StringIO(out))
    bad = scan(runs)[0].diagnosis
    assert (first["run"], first["verdict"], int(first["best_step"])) == ("bad", "overfitting", bad.best_step)
    assert float(first["best_value"]) == bad.best_value
    assert second["onset_step"] == ""


def test_markdown_is_a_table_that_no_name_breaks_out_of(run, logdir: Path, overfitting) -> None:
    writer = EventFileWriter(str(logdir / "exp"))
    for (step, train), (_, val) in zip(overfitting["loss/train"], overfitting["loss/val"], strict=True):
        for split, value in (("train", train), ("val", val)):
            summary = Summary(value=[Summary.Value(tag=f"{HOSTILE}/{split}_loss", simple_value=value)])
            writer.add_event(Event(wall_time=1e9 + step, step=step, summary=summary))
    writer.close()
    _, out, _ = run("report", logdir, "--format", "md")
    (row,) = (line for line in out.splitlines() if "overfitting" in line and line.startswith("| "))
    cells = re.split(r"(?<!\\)\|", row)[1:-1]
    assert len(cells) == len(HEADER)
    # Inside a code span nothing is markup; the fence is longer than any run of backticks within.
    name = cells[2].strip()
    fence = re.match("`+", name)
    assert fence is not None
    assert name.endswith(fence[0])
    assert fence[0] not in name[len(fence[0]) : -len(fence[0])]
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_control_characters_of_names_never_reach_the_terminal(run, logdir: Path, write_run, overfitting) -> None:
    write_run(HOSTILE.replace("/", "-"), {**overfitting, f"{HOSTILE}/lr": [(0, 0.1)]})
    for arguments in (["report"], ["report", "--explain"], ["report", "--format", "md"], ["check"]):
        _, out, err = run(*arguments, logdir)
        assert "\\x1b" in out
        assert "\\u202e" in out
        assert not set(out + err) & set("\x1b\x07\u202e")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-f", "BAD"], ["bad"]),
        (["--run", "^g"], ["good"]),
        (["--name", "accuracy"], []),
        (["--verdict", "converged,unstable"], ["good"]),
        (["--losses"], ["bad", "good"]),
        (["--limit", "1"], ["bad"]),
    ],
)
def test_filters(run, runs: Path, arguments: list[str], expected: list[str]) -> None:
    code, out, _ = run("report", runs, "--json", *arguments)
    assert code == 0
    assert [row["run"] for row in json.loads(out)["pairs"]] == expected


def test_explain_says_why_of_every_tag(run, runs: Path, write_run) -> None:
    write_run("bad", {"lr": [(0, 0.1), (1, 0.2)]})
    _, out, _ = run("report", runs, "--explain")
    result = scan(runs)
    for report in result:
        assert report.diagnosis.reason in out
        assert report.pair.reason in out
    assert re.search(r"^1 tag in no pair:\n  bad  lr: .+", out, re.MULTILINE)


def test_metrics_files_are_read_unless_refused(run, logdir: Path) -> None:
    rows = "".join(f"{epoch},{1 / epoch},{1 / epoch + 0.1}\n" for epoch in range(1, 20))
    (logdir / "metrics.csv").write_text("epoch,train_loss,val_loss\n" + rows)
    code, out, _ = run("report", logdir, "--json")
    assert (code, [row["evaluations"] for row in json.loads(out)["pairs"]]) == (0, [19])
    code, _, err = run("report", logdir, "--no-metrics")
    assert (code, err.count("\n")) == (2, 1)


def test_a_person_s_word_counts(run, runs: Path, tmp_path: Path) -> None:
    rule = '[[rename]]\nname = "loss"\nto = "cross entropy"\n'
    (runs / "losshealth.toml").write_text(rule)
    _, out, _ = run("report", runs, "--json")
    assert {row["name"] for row in json.loads(out)["pairs"]} == {"cross entropy"}
    other = tmp_path / "other.toml"
    other.write_text(rule.replace("cross entropy", "nll") + '[[rename]]\nname = "nothing"\nto = "x"\n')
    _, out, _ = run("report", runs, "--json", "--config", other)
    document = json.loads(out)
    assert {row["name"] for row in document["pairs"]} == {"nll"}
    assert ["matches nothing" in problem["reason"] for problem in document["problems"]["list"]] == [True]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "no such folder: 'nowhere'"),
        (["no*where"], "matches 'no*where'"),
        (["nosuch://bucket"], "nosuch://bucket"),
        (["{runs}", "--verdict", "overfit"], "'overfit' is no verdict; there are overfitting, "),
        (["{runs}", "--format", "xml"], "xml"),
        (["{runs}", "-f", "("], "no regular expression"),
        (["{runs}", "--jobs", "many"], "no whole number"),
        (["{runs}", "--config", "nowhere.toml"], "nowhere.toml"),
        (["{runs}", "-o", "{runs}/no/such/folder.txt"], "cannot write"),
        (["{runs}", "-o", "{runs}"], "it is a folder"),
        (["{runs}", "--watch", "--json"], "--watch"),
        ([], "LOGDIR"),
    ],
)
def test_a_mistake_is_one_clear_line_and_code_2(run, runs: Path, arguments: list[str], said: str) -> None:
    code, out, err = run("report", *(argument.format(runs=runs) for argument in arguments))
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("tb-losshealth")
    assert err.count("\n") == 1


def test_a_folder_without_logs_and_logs_without_losses_are_told_apart(run, logdir: Path, write_run) -> None:
    code, _, err = run("report", logdir)
    assert (code, "no event files or metrics files" in err) == (2, True)
    write_run("exp", {"lr": [(0, 0.1), (1, 0.2)]})
    code, _, err = run("report", logdir)
    assert (code, "1 run with 1 scalar" in err, "add_paired_scalars" in err) == (2, True, True)


def test_what_could_not_be_read_is_said_and_the_rest_shown(run, runs: Path) -> None:
    (runs / "good" / "events.out.tfevents.9.broken").write_bytes(b"this is no event file, whatever its name says")
    code, out, _ = run("report", runs)
    assert code == 0
    assert "1 problem while reading:" in out
    assert "events.out.tfevents.9.broken at byte 0" in out
    assert "2 pairs in 3 runs" in out
