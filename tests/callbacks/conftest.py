from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import torch
else:
    torch = pytest.importorskip("torch")


class OverfittingTask:
    """A small regression whose few training labels are mostly noise: validation turns within 60 epochs."""

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        weights = torch.randn(8, 1, generator=generator)

        def sample(count: int, noise: float) -> tuple[torch.Tensor, torch.Tensor]:
            inputs = torch.randn(count, 8, generator=generator)
            return inputs, inputs @ weights + noise * torch.randn(count, 1, generator=generator)

        self.train, self.val = sample(48, 2.0), sample(256, 2.0)
        self.loss = torch.nn.functional.mse_loss

    def model(self) -> torch.nn.Module:
        return torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))

    def batches(self, split: str) -> torch.utils.data.DataLoader[Any]:
        data = torch.utils.data.TensorDataset(*getattr(self, split))
        generator = torch.Generator().manual_seed(1)
        return torch.utils.data.DataLoader(
            data, batch_size=16 if split == "train" else 256, shuffle=split == "train", generator=generator
        )


@pytest.fixture
def overfitting_task() -> OverfittingTask:
    return OverfittingTask()
