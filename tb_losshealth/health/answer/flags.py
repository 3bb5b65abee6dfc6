"""What else a person should know: one plain sentence a flag, what it means and what to do."""

from __future__ import annotations

FLAGS: dict[str, str] = {
    "recovered": "Validation had turned for the worse and then came back, or its rise no longer stood out; the earlier "
    "onset stays marked, the verdict is that of the run as it stands.",
    "non_finite": "Some values are NaN, infinite or beyond 1e290 and were left out: look for a too high learning rate, "
    "a division by zero, the log of zero, or half precision overflowing.",
    "val_below_train": "Validation stays far better than train, more than averaging over the epoch explains: do "
    "dropout, augmentation or a penalty act on train alone, or did training data get into validation?",
    "constant_validation": "Validation never changes: is the model that is evaluated the one that is trained?",
    "noisy_validation": "Validation scatters widely about its own trend, so small changes cannot be seen: evaluate on "
    "more examples.",
    "spikes": "Single validation values stick far out and were cut for the judgement, not in the chart: look for bad "
    "batches or a too small validation set.",
    "few_evaluations": "With fewer than 10 evaluations only strong evidence counts: evaluate more often.",
    "train_sparse": "Train is logged less often than validation, so its last known value stands in between: log train "
    "at least once an evaluation.",
    "steps_disjoint": "Train and validation count different steps, so they were matched by time or order: log both "
    "against one counter.",
    "step_train_epoch_val": "Train is logged every step and validation every epoch: each evaluation is compared with "
    "the median of train since the one before.",
    "resumed": "The training was resumed from an earlier step; what had been logged from there on was dropped.",
    "restarted": "The folder holds several trainings; this is the latest unless another was chosen. Log each to a "
    "folder of its own.",
    "direction_guessed": "Whether higher or lower is better was guessed from the values: say so if the guess is wrong.",
    "test_as_val": "A test set stands in for validation: the score of a checkpoint chosen on it is too good.",
}


def in_order(flags: set[str]) -> tuple[str, ...]:
    """Return `flags` in the order of FLAGS."""
    return tuple(flag for flag in FLAGS if flag in flags)
