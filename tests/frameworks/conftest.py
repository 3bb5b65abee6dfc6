"""A tiny problem to train on, and the pairs that a framework's own logger made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tb_losshealth import scan

if TYPE_CHECKING:
    import torch
else:
    torch = pytest.importorskip("torch")

Found = Callable[[Path], dict[tuple[str, str], str]]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)


@pytest.fixture
def points() -> tuple[torch.Tensor, torch.Tensor]:
    """128 points of a noisy line with three inputs."""
    x = torch.randn(128, 3)
    return x, x.sum(1, keepdim=True) + 0.1 * torch.randn(128, 1)


@pytest.fixture
def found() -> Found:
    """Finds the pairs of a logdir: for run and name of each, "train ~ val", with its flags in brackets."""

    def find(logdir: Path) -> dict[tuple[str, str], str]:
        pairs = {}
        for report in scan(logdir):
            pair = report.pair
            same = pair.train.run == pair.val.run == pair.run
            curves = (pair.train.tag, pair.val.tag) if same else (str(pair.train), str(pair.val))
            flags = f" [{' '.join(pair.flags)}]" if pair.flags else ""
            pairs[pair.run, pair.name] = " ~ ".join(curves) + flags
        return pairs

    return find
