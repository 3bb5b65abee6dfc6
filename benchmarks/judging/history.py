"""One training history and its truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.validate import Mode

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """What a detector sees of a training, and the truth.

    Attributes:
        source: "synthetic", "real" or "corpus".
        family: the generator, data set or file it comes from.
        overfits: whether the run overfits at its end; None where that is left open.
        verdict: the expected verdict; None where several are right.
        train_steps: int64 [m].
        train: float64 [m].
        steps: int64 [n], steps of the evaluations.
        val: float64 [n].
        mode: "min" or "max".
        onset: the range of evaluation indices in which validation truly turns, or None.
        clean: the noise-free validation curve in the same units [n], or None where unknown.
        effect: true rise over true descent at the end of the run.
        noise: standard deviation of the noise over the descent (real trainings: over descent or rise, if larger).
        own_effect: rise over descent of the smoothed validation curve, if the detector sees only some of its
            evaluations; NaN where it sees all.
    """

    source: str
    family: str
    overfits: bool | None
    verdict: str | None
    train_steps: NDArray[np.int64]
    train: Floats
    steps: NDArray[np.int64]
    val: Floats
    mode: Mode = "min"
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
        """The history up to and including evaluation `count`; its truth stays that of the whole run."""
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
