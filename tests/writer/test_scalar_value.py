from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tb_losshealth import SummaryWriter
from tb_losshealth.live.warn_once import LossHealthWarning
from tb_losshealth.writer.scalar_value import as_float, as_number

Reader = Callable[[Path], list[Any]]


@pytest.mark.parametrize("value", [70000.0, -1e30, 1e-30, math.inf])
def test_bfloat16_keeps_its_range(value: float) -> None:
    assert as_number("loss", torch.tensor(value, dtype=torch.bfloat16)) == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("method", ["add_scalar", "add_scalars", "add_paired_scalars"])
def test_bfloat16_keeps_its_range_in_the_log(tmp_path: Path, read_scalars: Reader, method: str) -> None:
    large = torch.tensor(70144.0, dtype=torch.bfloat16)
    with SummaryWriter(tmp_path) as writer:
        if method == "add_scalar":
            writer.add_scalar("a", large, 1)
        elif method == "add_scalars":
            writer.add_scalars("a", {"b": large}, 1)
        else:
            writer.add_paired_scalars("a", train=large, global_step=1)
    folder = tmp_path / "a_b" if method == "add_scalars" else tmp_path
    assert [value for _, _, value in read_scalars(folder)] == [70144.0]


@pytest.mark.parametrize(
    "log",
    [
        lambda writer, meta: writer.add_scalar("loss", meta),
        lambda writer, meta: writer.add_scalars("loss", {"train": meta}),
        lambda writer, meta: writer.add_paired_scalars("loss", train=meta),
    ],
    ids=["add_scalar", "add_scalars", "add_paired_scalars"],
)
def test_meta_tensors_are_refused(tmp_path: Path, read_scalars: Reader, log: Callable[..., None]) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=r"loss.*meta device"):
        log(writer, torch.empty((), device="meta"))
    assert read_scalars(tmp_path) == []


@pytest.mark.parametrize("value", [torch.ones(2), torch.tensor(1j), [1.0], None, "0.5", np.ones(3)], ids=repr)
def test_what_torch_must_answer_is_left_as_it_came(value: object) -> None:
    assert as_number("loss", value) is value


@pytest.mark.parametrize(("value", "expected"), [(3, 3.0), ("0.5", 0.5)])
def test_as_float(value: object, expected: float) -> None:
    assert as_float(value) == expected


@pytest.mark.parametrize("value", [None, "x", 1j, 10**400])
def test_what_is_no_number_is_nan(value: object) -> None:
    assert math.isnan(as_float(value))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_not_finite_is_warned_of_once_a_tag_and_logged(tmp_path: Path, read_scalars: Reader, value: float) -> None:
    with SummaryWriter(tmp_path) as writer, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for step in range(3):
            writer.add_scalar("a", value, step)
            writer.add_scalar("b", torch.tensor(value), step)
            writer.add_scalar("fine", 1.0, step)
    assert [str(warning.message).split()[0] for warning in warned] == ["'a'", "'b'"]
    assert {warning.category for warning in warned} == {LossHealthWarning}
    assert {warning.filename for warning in warned} == {__file__}
    assert len(read_scalars(tmp_path)) == 9
