"""The mean train loss between two evaluations."""

from __future__ import annotations

from typing import Any

import torch


class MeanLoss:
    """Mean of the train loss since the last call of `take`. The sum stays on the loss's device, so nothing waits."""

    def __init__(self) -> None:
        self._sum: Any = 0.0
        self._batches = 0

    def add(self, loss: Any) -> None:
        """Adds the loss of one batch, a number or a one-element tensor."""
        self._sum = self._sum + (loss.detach().float() if isinstance(loss, torch.Tensor) else float(loss))
        self._batches += 1

    def take(self) -> float | None:
        """Returns the mean and starts again; None if there was no batch."""
        mean = float(self._sum) / self._batches if self._batches else None
        self._sum, self._batches = 0.0, 0
        return mean
