"""What else a person should know: one plain sentence a flag, what it means and what to do."""

from __future__ import annotations

FLAGS: dict[str, str] = {
    "non_finite": "Some values are NaN or infinite and were left out; look for a too high learning rate, a log or "
    "division of zero, or half precision overflowing.",
    "recovered": "Validation rose long enough to be called overfitting and then came back to a new best; the earlier "
    "onset is kept as a mark, the run as it stands is judged without it.",
    "val_below_train": "Validation is lastingly far below train, more than averaging over the epoch explains: do "
    "dropout, augmentation or a penalty apply to train alone, or did training data leak into validation?",
    "spikes": "Single validation values stick far out and were clipped for the judgement; check for bad batches or "
    "a too small validation set.",
    "noisy_validation": "Validation scatters widely against its own trend, so small changes cannot be seen; use "
    "a larger validation set or judge an average.",
    "few_evaluations": "There are few evaluations, so only strong evidence counts; evaluate more often.",
    "steps_disjoint": "Train and validation hardly share any steps, so they were matched by time or by position; "
    "log both against the same step counter.",
    "train_sparse": "Train was logged less often than validation, so train between its points is interpolated; log "
    "train at least once per evaluation.",
    "constant_validation": "Validation never changes; check that the evaluated model is the one being trained.",
    "restarted": "The run was resumed from an earlier step; what had been logged after that step was dropped.",
    "test_as_val": "A test set stands in for validation; a checkpoint chosen on it makes its score optimistic.",
}


def in_order(flags: set[str]) -> tuple[str, ...]:
    """Return `flags` in the order of FLAGS."""
    return tuple(flag for flag in FLAGS if flag in flags)
