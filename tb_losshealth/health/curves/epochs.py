"""How many steps an epoch takes, where a run logs which epoch it is in."""

from __future__ import annotations

import numpy as np

from tb_losshealth.health.curves.series import Series


def steps_per_epoch(epochs: Series) -> int | None:
    """Steps per epoch of a curve that says which epoch each step belongs to.

    Whole numbers count finished epochs, so the last step of each counts; fractions say how far a run is.

    Args:
        epochs: the epoch at each step, as Lightning (whole) or the Trainer of Transformers (fractions) log it.

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
