"""What the routes answer has the shapes of present/api_types.py: each field, none else, of its type."""

from __future__ import annotations

import argparse
import json
import types
import typing
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_losshealth import scan
from tb_losshealth.health.answer.flags import FlagEntry
from tb_losshealth.health.answer.types import Gap, Onset
from tb_losshealth.logs.problems import ReadProblem
from tb_losshealth.logs.run import Progress
from tb_losshealth.pairing.pairs import TagRef
from tb_losshealth.plugin.loader import LossHealthLoader
from tb_losshealth.present import api_types as api
from tb_losshealth.present.rows import pair_row


def check(value: Any, hint: Any, at: str = "") -> None:
    """Fails where a value that was JSON is not of a type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        words = isinstance(arguments[1], type) and issubclass(arguments[1], Enum)
        check(value, Literal[tuple(word.value for word in arguments[1])] if words else arguments[1], at)
    elif origin is Literal:
        assert value in arguments, at
    elif origin in (typing.Union, types.UnionType):
        if value is not None:
            (one,) = (part for part in arguments if part is not type(None))
            check(value, one, at)
    elif origin is list or arguments[1:] == (...,):
        assert isinstance(value, list), at
        for i, item in enumerate(value):
            check(item, arguments[0], f"{at}[{i}]")
    elif origin is tuple:
        for item, part in zip(value, arguments, strict=True):
            check(item, part, at)
    elif origin is dict:
        for key, item in value.items():
            check(key, arguments[0], at)
            check(item, arguments[1], f"{at}.{key}")
    elif typing.is_typeddict(hint) or is_dataclass(hint) or hasattr(hint, "_fields"):
        fields = typing.get_type_hints(hint, include_extras=True)
        assert getattr(hint, "__required_keys__", fields.keys()) <= value.keys() <= fields.keys(), at
        for key, item in value.items():
            check(item, fields[key], f"{at}.{key}")
    elif hint is float:
        assert isinstance(value, (int, float)), at
        assert not isinstance(value, bool), at
    else:
        assert type(value) is hint, at


@pytest.fixture
def client(logdir: Path, write_run, overfitting, converged) -> Client:
    """Two trainings in a folder, a pair with a lost value, a loss alone, tags in no pair, something unreadable."""
    write_run("twice", converged)
    write_run("twice", overfitting, start=1_800_000_000.0)
    lossy = {tag: [*points[:-1], (points[-1][0], float("nan"))] for tag, points in converged.items()}
    write_run("lossy", {**lossy, "loss/test": converged["loss/val"], "lr": converged["loss/val"]})
    write_run("alone", {"train_loss": converged["loss/train"]})
    (logdir / "junk").mkdir()
    (logdir / "junk" / "events.out.tfevents.1.host").write_bytes(b"this is no event file, not at all, and it goes on")
    plugin = LossHealthLoader().load(base_plugin.TBContext(logdir=str(logdir), flags=argparse.Namespace()))
    return Client(TensorBoardWSGI([plugin]))


def test_every_route_answers_in_its_shape(client: Client) -> None:
    seen: set[str] = set()

    def get(path: str, hint: Any, **query: object) -> Any:
        seen.add(f"/{path}")
        response = client.get(f"/data/plugin/losshealth/{path}", query_string={k: str(v) for k, v in query.items()})
        value = json.loads(response.get_data(as_text=True))
        check(value, hint, path)
        return value

    overview = get("overview", api.Overview)
    while overview["state"] == "loading":
        overview = get("overview", api.Overview)
    assert overview["pairs"]
    assert overview["train_only"]
    assert overview["unpaired"]["tags"]
    assert overview["problems"]["list"]
    assert overview["glossary"]
    assert get("overview", api.Overview, since=overview["version"])["glossary"] is None
    assert get("overview", api.Overview, after=overview["pairs"][0]["id"], limit=1)["glossary"] is None
    assert "spark" not in get("overview", api.Overview, spark=0)["pairs"][0]
    get("sparks", api.Sparks, ids=",".join(row["id"] for row in overview["pairs"]))
    pairs = [get("pair", api.PairAnswer, id=row["id"]) for row in overview["pairs"]]
    assert any(pair["test"] for pair in pairs)
    assert any(pair["marks"]["non_finite"] for pair in pairs)
    twice = next(pair["row"]["id"] for pair in pairs if pair["trainings"] == 2)
    assert get("pair", api.PairAnswer, id=twice, training=0)["training"] == 0
    get("train_only", api.TrainOnlyAnswer, id=overview["train_only"][0]["id"])
    get("unpaired", api.UnpairedAnswer, contains="lr")
    tags = {"train_run": "lossy", "train_tag": "lr", "val_run": "lossy", "val_tag": "loss/val"}
    get("trial", api.TrialAnswer, **tags)
    get("pair", api.ErrorAnswer, id="unknown")
    plugin = LossHealthLoader().load(base_plugin.TBContext(logdir="", flags=argparse.Namespace()))
    assert plugin is not None
    assert seen == {path for path in plugin.get_plugin_apps() if "." not in path}


def test_rows_of_the_command_line_have_their_shape(client: Client, logdir: Path) -> None:
    rows = [pair_row(report) for report in scan(logdir)]
    assert rows
    for row in rows:
        check(row, api.ReportRow, row["run"])


@pytest.mark.parametrize("wrong", [{"run": "a"}, {"run": "a", "tag": "b", "more": 1}, {"run": "a", "tag": None}])
def test_another_shape_is_noticed(wrong: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        check(wrong, TagRef)


@pytest.mark.parametrize("kind", [Onset, Gap, TagRef, ReadProblem, Progress, FlagEntry])
def test_no_shape_repeats_a_class_of_another_room(kind: type) -> None:
    own = [shape for shape in vars(api).values() if typing.is_typeddict(shape)]
    assert typing.get_type_hints(kind).keys() not in [typing.get_type_hints(shape).keys() for shape in own]
