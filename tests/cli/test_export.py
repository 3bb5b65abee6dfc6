"""`export`: the same numbers in every format."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet  # type: ignore[import-untyped, unused-ignore]
import pytest

from tb_losshealth import scan

Point = tuple[str, str, int, int, float, float]


def points_of_csv(text: str) -> list[Point]:
    return [
        (row["run"], row["tag"], int(row["session"]), int(row["step"]), float(row["wall_time"]), float(row["value"]))
        for row in csv.DictReader(io.StringIO(text))
    ]


def test_every_format_holds_every_point(run, runs: Path, tmp_path: Path) -> None:
    code, out, err = run("export", runs)
    assert (code, err) == (0, "")
    expected = points_of_csv(out)
    assert len(expected) == 5 * 60
    report = scan(runs)[0]
    shown = [(step, value) for r, tag, _, step, _, value in expected if (r, tag) == ("bad", "loss/val")]
    assert shown == list(zip(report.val.steps.tolist(), report.val.values.tolist(), strict=True))

    assert run("export", runs, "-o", tmp_path / "x.json")[0] == 0
    found = [
        (curve["run"], curve["tag"], curve["session"], *point)
        for curve in json.loads((tmp_path / "x.json").read_text())
        for point in zip(curve["steps"], curve["wall_times"], curve["values"], strict=True)
    ]
    assert found == expected

    assert run("export", runs, "-o", tmp_path / "x.parquet")[0] == 0
    table = parquet.read_table(tmp_path / "x.parquet")
    assert list(zip(*(column.to_pylist() for column in table.columns), strict=True)) == expected


def test_diagnoses_in_every_format(run, runs: Path, tmp_path: Path) -> None:
    for form in ("csv", "json", "parquet"):
        assert run("export", runs, "--what", "diagnoses", "-o", tmp_path / f"d.{form}")[0] == 0
    (tmp_path / "report.csv").write_text(run("report", runs, "--csv")[1])
    assert (tmp_path / "d.csv").read_text() == (tmp_path / "report.csv").read_text()
    assert json.loads((tmp_path / "d.json").read_text()) == json.loads(run("report", runs, "--json")[1])["pairs"]
    rows = parquet.read_table(tmp_path / "d.parquet").to_pylist()
    best = [report.diagnosis.best_value for report in scan(runs)]
    assert [(row["run"], row["best_value"]) for row in rows] == list(zip(["bad", "good"], best, strict=True))
    assert rows[1]["onset_step"] is None


def test_series_are_chosen_by_run_and_tag(run, runs: Path) -> None:
    _, out, _ = run("export", runs, "--run", "bad|alone", "--tag", "train")
    assert {(r, tag) for r, tag, *_ in points_of_csv(out)} == {("bad", "loss/train"), ("alone", "train_loss")}


def test_what_is_not_finite_and_not_known_survives(run, tmp_path: Path) -> None:
    log = tmp_path / "metrics.csv"
    log.write_text("step,loss\n1,nan\n2,inf\n3,-inf\n4,0.1\n")
    _, out, _ = run("export", log)
    written = ["nan", "inf", "-inf", "0.1"]
    assert out.splitlines()[1:] == [f"metrics.csv,loss,0,{step},,{value}" for step, value in enumerate(written, 1)]
    run("export", log, "-o", tmp_path / "x.parquet")
    values = parquet.read_table(tmp_path / "x.parquet")["value"].to_numpy()
    np.testing.assert_array_equal(values, [math.nan, math.inf, -math.inf, 0.1])
    _, out, _ = run("export", log, "--format", "json")
    (curve,) = json.loads(out)
    assert (curve["values"], curve["wall_times"]) == ([None, None, None, 0.1], [None] * 4)


def test_long_curves_are_written_in_slices(run, tmp_path: Path) -> None:
    count = 150_000
    log = tmp_path / "long.csv"
    log.write_text("step,loss\n" + "".join(f"{step},{step / 7}\n" for step in range(count)))
    run("export", log, "-o", tmp_path / "x.json")
    (curve,) = json.loads((tmp_path / "x.json").read_text())
    assert curve["steps"] == list(range(count))
    run("export", log, "-o", tmp_path / "x.parquet")
    table = parquet.read_table(tmp_path / "x.parquet")
    assert table["step"].to_pylist() == curve["steps"]
    assert table["value"].to_pylist() == curve["values"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.xlsx"], "no format is called 'xlsx'"),
        (["--format", "xml"], "xml"),
        (["--name", "loss"], "--run and --tag"),
        (["--what", "diagnoses", "--tag", "loss"], "--tag chooses series"),
        (["--tag", "nothing"], "nothing was written"),
        (["-o", "/no/such/folder/x.csv"], "cannot write"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_no_file(
    run, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, _, err = run("export", runs, *arguments)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert list((tmp_path / "empty").iterdir()) == []
