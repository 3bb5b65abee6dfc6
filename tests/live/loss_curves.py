"""Curves of a training that overfits, and of one that does not."""

from __future__ import annotations

import numpy as np

EPOCHS = 40


def train(epoch: float) -> float:
    return float(np.exp(-epoch / 12) + 0.05)


def overfitting(epoch: float) -> float:
    return float(np.exp(-epoch / 8) + 0.2 + 0.03 * max(0, epoch - 15) + 0.002 * (-1) ** int(epoch))


def healthy(epoch: int) -> float:
    return float(np.exp(-epoch / 12) + 0.1 + 0.002 * (-1) ** int(epoch))
