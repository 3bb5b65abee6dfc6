"""One training history with its truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """What a detector sees, and what is true.

    Attributes:
        source: "synthetic", "real" or "corpus".
        family: which generator, data set or file it came from.
        overfits: the truth at the end of the run; None where it is left open.
        verdict: the verdict that is expected where one is, else None.
        train_steps: int64 [m].
        train: float64 [m].
        steps: int64 [n], of the evaluations.
        val: float64 [n].
        mode: "min" or "max".
        onset: the range of evaluation indices in which validation truly turns, or None.
        clean: the noise-free validation curve in the same units [n], or None where unknown.
        effect: true rise over true descent at the end of the run.
        noise: standard deviation of the noise over the descent (real trainings: over descent or rise, if larger).
        own_effect: rise over descent of the whole validation curve of which the detector sees some evaluations,
            smoothed; NaN where it sees all.
    """

    source: str
    family: str
    overfits: bool | None
    verdict: str | None
    train_steps: NDArray[np.int64]
    train: Floats
    steps: NDArray[np.int64]
    val: Floats
    mode: str = "min"
    onset: tuple[float, float] | None = None
    clean: Floats | None = None
    effect: float = np.nan
    noise: float = np.nan
    own_effect: float = np.nan

    @property
    def oriented(self) -> Floats:
        """Validation, lower is better."""
        return -self.val if self.mode == "max" else self.val

    @property
    def oriented_train(self) -> Floats:
        """Train, lower is better."""
        return -self.train if self.mode == "max" else self.train

    def prefix(self, count: int) -> History:
        """The history as it was after `count` evaluations; the truth fields are left as they are."""
        seen = int(np.searchsorted(self.train_steps, self.steps[count - 1], side="right"))
        return History(
            self.source,
            self.family,
            self.overfits,
            self.verdict,
            self.train_steps[:seen],
            self.train[:seen],
            self.steps[:count],
            self.val[:count],
            self.mode,
            self.onset,
            None if self.clean is None else self.clean[:count],
            self.effect,
            self.noise,
            self.own_effect,
        )
