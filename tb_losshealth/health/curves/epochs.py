"""How many steps an epoch takes, for runs that log their epoch."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Series


def steps_per_epoch(epochs: Series) -> int | None:
    """Compute the steps per epoch from a curve of epoch numbers.

    Whole numbers count finished epochs, so the last step of each epoch counts. Fractions grow with every step.

    Args:
        epochs: the epoch at each step: whole (Lightning) or a fraction (the Trainer of Transformers).

    Returns:
        The rounded number; None if fewer than two epochs were logged, or if steps are epochs themselves.
    """
    known = np.isfinite(epochs.values)
    steps, values = epochs.steps[known], epochs.values[known]
    if len(values) < 2 or np.any(np.diff(values) < 0):
        return None
    if np.all(values == np.round(values)):
        last = np.append(np.diff(values) > 0, True)
        if np.count_nonzero(last) > 2:
            last[-1] = False  # the epoch under way may not be over
        steps, values = steps[last], values[last]
        if len(values) < 2:
            return None
        rate = float(np.median(np.diff(steps) / np.diff(values)))
    else:
        rate = float((steps[-1] - steps[0]) / (values[-1] - values[0]))
    return round(rate) if rate >= 2 else None
