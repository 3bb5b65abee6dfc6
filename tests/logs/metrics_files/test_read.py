"""Metrics files of every known shape, whole, torn and strange."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest

from tb_losshealth.logs.metrics_files.read import read_table
from tb_losshealth.logs.metrics_files.table import NotMetrics, Table


def table(text: str | bytes, *, named: bool = True) -> Table:
    return read_table(io.BytesIO(text.encode() if isinstance(text, str) else text), named=named)


def curves(text: str | bytes, *, named: bool = True) -> dict[str, list[tuple[int, float]]]:
    return {
        metric.name: list(zip(metric.steps.tolist(), metric.values.tolist(), strict=True))
        for metric in table(text, named=named).metrics()
    }


LIGHTNING = """epoch,step,train_loss,val_loss
0,49,1.75,
0,99,1.21,
0,99,,1.3
1,149,0.9,
"""


def test_lightning_leaves_cells_empty() -> None:
    assert curves(LIGHTNING) == {"train_loss": [(49, 1.75), (99, 1.21), (149, 0.9)], "val_loss": [(99, 1.3)]}


def test_ultralytics_pads_its_header_and_counts_epochs() -> None:
    rows = [
        "   epoch,  time,  train/box_loss, val/box_loss, lr/pg0",
        " 1, 12.5, 1.8494, 2.1501, 0.5",
        " 2, 25, 1.7, 2.1, 0.9",
    ]
    text = "\n".join(rows) + "\n"
    found = curves(text)
    assert found["train/box_loss"] == [(1, 1.8494), (2, 1.7)]
    assert found["val/box_loss"] == [(1, 2.1501), (2, 2.1)]
    assert "time" not in found


def test_trainer_state_gets_the_names_of_its_tensorboard_callback() -> None:
    history = [
        {"epoch": 0.5, "loss": 1.4, "grad_norm": 2.0, "step": 500},
        {"epoch": 0.5, "eval_loss": 1.06, "eval_runtime": 4.0, "step": 500},
        {"epoch": 1.0, "train_loss": 1.2, "step": 1000},
    ]
    found = curves(json.dumps({"best_metric": None, "global_step": 1000, "log_history": history}, indent=2))
    assert found["train/loss"] == [(500, 1.4)]
    assert found["eval/loss"] == [(500, 1.06)]
    assert found["train/train_loss"] == [(1000, 1.2)]


def test_json_lines_may_be_nested_and_lack_anything() -> None:
    text = '{"step": 1, "train": {"loss": 0.9}}\n\n{"step": 2, "train": {"loss": 0.8}, "val": {"loss": 1.0}}\n'
    assert curves(text) == {"train/loss": [(1, 0.9), (2, 0.8)], "val/loss": [(2, 1.0)]}


@pytest.mark.parametrize(
    "text",
    [
        '{"epoch": 1, "mode": "train", "loss": 0.9}\n{"epoch": 1, "mode": "val", "loss": 1.1}\n',
        "epoch,phase,loss\n1,train,0.9\n1,val,1.1\n",
    ],
)
def test_a_column_that_names_the_split_makes_two_curves(text: str) -> None:
    assert curves(text) == {"train/loss": [(1, 0.9)], "val/loss": [(1, 1.1)]}


def test_a_json_list_and_lists_by_name_are_read() -> None:
    assert curves('[{"epoch": 3, "loss": 1}, {"epoch": 4, "loss": 0.5}]') == {"loss": [(3, 1.0), (4, 0.5)]}
    assert curves('{"loss": [1, 0.5], "val_loss": [1.1, 0.9], "model": "cnn"}') == {
        "loss": [(0, 1.0), (1, 0.5)],
        "val_loss": [(0, 1.1), (1, 0.9)],
    }


def test_steps_counted_anew_in_every_epoch_are_no_axis() -> None:
    text = "epoch,step,loss\n0,0,3\n0,1,2\n1,0,1.5\n1,1,1\n"
    assert [step for step, _ in curves(text)["loss"]] == [0, 0, 1, 1]


def test_rows_that_count_differently_keep_their_own_axis() -> None:
    text = '{"step": 100, "loss": 2}\n{"step": 200, "loss": 1}\n{"epoch": 1, "val_loss": 1.5}\n'
    assert curves(text) == {"loss": [(100, 2.0), (200, 1.0)], "val_loss": [(1, 1.5)]}


def test_without_a_counter_the_row_is_the_step() -> None:
    assert curves("train_loss;val_loss\n3;4\n2;3\n") == {
        "train_loss": [(0, 3.0), (1, 2.0)],
        "val_loss": [(0, 4.0), (1, 3.0)],
    }


def test_numbers_as_people_log_them() -> None:
    text = "step,loss\n1,nan\n2,inf\n3,\"tensor(0.41, device='cuda:0')\"\n4,n/a\n5,1e-3\n"
    (loss,) = (metric for metric in table(text).metrics() if metric.name == "loss")
    assert loss.steps.tolist() == [1, 2, 3, 5]
    np.testing.assert_array_equal(loss.values, [math.nan, math.inf, 0.41, 1e-3])


def test_wall_times_are_taken_where_they_are_times() -> None:
    (metric,) = table("step,loss,timestamp\n1,2,1700000000\n2,1,1700000060\n").metrics()
    assert metric.wall_times.tolist() == [1700000000, 1700000060]
    (metric,) = table("step,loss,time\n1,2,12.5\n2,1,25\n").metrics()
    assert np.isnan(metric.wall_times).all()


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        (
            "step,loss\n1,2\n2,1,9\n3,0.5\n",
            2,
            "1 row did not fit the header line and were left out, the first in line 3",
        ),
        ("step,loss\n1,2\n2,1\n3", 2, None),
        ("step,loss\n1,2\nstep,loss\n2,1\n", 2, None),
        ('{"step":1,"loss":2}\n{"step":2,"lo\n{"step":3,"loss":1}\n', 2, "1 line is no JSON object"),
        ('{"step":1,"loss":2}\n{"step":2,"loss":1}\n{"step":3,"lo', 2, None),
    ],
)
def test_torn_and_odd_rows_cost_themselves_alone(text: str, kept: int, said: str | None) -> None:
    read = table(text)
    (metric,) = read.metrics()
    assert len(metric.steps) == kept
    assert [(said or "") in problem for problem in read.problems] == ([True] if said else [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("1,2\n3,4\n", "no header"),
        ("a,b\nx,y\n", "no numbers"),
        ("{]", "no complete JSON"),
        ("[" * 100_000, "no complete JSON"),
        ('{"a": "b"}', "no JSON objects with numbers"),
        ('"a"\n"b"\n', "no numbers"),
        ("PNG\0\1\2", "no text"),
    ],
)
def test_what_holds_no_metrics_says_so(text: str, reason: str) -> None:
    with pytest.raises(NotMetrics, match=reason):
        table(text)


@pytest.mark.parametrize(
    "text",
    [
        "id,label,width\n1,0,640\n2,1,480\n",
        "step,temperature\n1,0.5\n2,0.6\n",
        "loss,val_loss\n1,2\n",
        '{"text": "hello", "tokens": 12}\n' * 3,
        '{"hidden_size": [768, 768]}',
    ],
)
def test_files_that_nobody_named_must_look_like_metrics(text: str) -> None:
    with pytest.raises(NotMetrics):
        table(text, named=False)


def test_a_large_data_set_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        lines = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.lines += 1
            line = b'{"text": "hello", "tokens": 12}\n' * (len(buffer) // 32)
            buffer[: len(line)] = line
            return len(line)

    endless = Endless()
    with pytest.raises(NotMetrics):
        read_table(io.BufferedReader(endless), named=False)
    assert endless.lines < 1000


def test_long_and_huge_numbers_do_no_harm() -> None:
    text = '{"step": 1, "loss": 1' + "0" * 400 + '}\n{"step": 99999999999999999999, "loss": 1}\n'
    (loss,) = (metric for metric in table(text).metrics() if metric.name == "loss")
    assert loss.steps.tolist() == [0, 1]
    assert loss.values.tolist() == [math.inf, 1.0]


def test_a_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    assert curves("\ufeffepoch,loss\r\n1,2\r\n2,1\r\n".encode()) == {"loss": [(1, 2.0), (2, 1.0)]}
