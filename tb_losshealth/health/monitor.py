"""LossMonitor: the same judgement fed one value at a time."""

from __future__ import annotations

import math

from tb_losshealth.health.answer import Diagnosis, Verdict
from tb_losshealth.health.curves import check_mode
from tb_losshealth.health.diagnosis import diagnose


class LossMonitor:
    """Judge a training while it runs."""

    def __init__(self, mode: str = "min") -> None:
        """Start empty; mode is "min" for losses, "max" where higher is better."""
        self.mode = check_mode(mode)
        self.state = "healthy"
        self._train: tuple[list[int], list[float]] = ([], [])
        self._val: tuple[list[int], list[float]] = ([], [])

    def add_train(self, step: int, value: float) -> None:
        """Add one train value."""
        self._train[0].append(int(step))
        self._train[1].append(float(value))

    def add_val(self, step: int, value: float) -> str:
        """Add one evaluation; return the state."""
        self._val[0].append(int(step))
        self._val[1].append(float(value))
        if math.isfinite(value):
            overfits = self.diagnose().verdict is Verdict.OVERFITTING
            if overfits:
                self.state = "confirmed" if self.state in ("provisional", "confirmed") else "provisional"
            elif self.state != "healthy":
                self.state = "recovered" if self.state == "confirmed" else "healthy"
        return self.state

    def diagnose(self) -> Diagnosis:
        """Return the diagnosis of everything added so far."""
        return diagnose(self._train, self._val, self.mode)

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnosis of everything added so far."""
        return self.diagnose()
