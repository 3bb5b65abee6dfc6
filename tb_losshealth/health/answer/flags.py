"""What else a person should know of a pair: each flag with what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tb_losshealth.health.labels import Flag


@dataclass(frozen=True, slots=True)
class FlagEntry:
    """What a flag means.

    Attributes:
        title: its name for people, with a capital.
        meaning: what was found, one or two sentences.
        advice: what to do about it.
        sources: who says more about it.
    """

    title: str
    meaning: str
    advice: str
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What it means and what to do."""
        return f"{self.meaning} {self.advice}"


_ROSEBROCK = "Rosebrock, Why is my validation loss lower than my training loss? (2019), after G\u00e9ron"

FLAGS: Mapping[str, FlagEntry] = {
    Flag.RECOVERED: FlagEntry(
        title="Recovered",
        meaning="Validation had turned for the worse and then came back, or its rise no longer stood out.",
        advice="The earlier onset stays marked; go by the verdict, which is that of the run as it stands.",
        sources=("Nakkiran et al., Deep Double Descent (2019)",),
    ),
    Flag.NON_FINITE: FlagEntry(
        title="Not finite",
        meaning="Some values are NaN, infinite or larger than 1e290 in magnitude, and were left out.",
        advice="Look for a learning rate that is too high, a division by zero, the log of zero, or an overflow of half "
        "precision.",
        sources=("Micikevicius et al., Mixed Precision Training (2018)",),
    ),
    Flag.VAL_BELOW_TRAIN: FlagEntry(
        title="Validation better than train",
        meaning="Validation stays far better than train, more than averaging over the epoch explains.",
        advice="Do dropout, augmentation or a penalty act on train alone, or did training data get into validation?",
        sources=(_ROSEBROCK,),
    ),
    Flag.CONSTANT_VALIDATION: FlagEntry(
        title="Constant validation",
        meaning="Validation never changes.",
        advice="Is the model that is evaluated the one that is trained?",
        sources=("Karpathy, A Recipe for Training Neural Networks (2019)",),
    ),
    Flag.NOISY_VALIDATION: FlagEntry(
        title="Noisy validation",
        meaning="Validation scatters widely about its own trend, so small changes cannot be seen.",
        advice="Evaluate on more examples.",
        sources=("Bouthillier et al., Accounting for Variance in Machine Learning Benchmarks (2021)",),
    ),
    Flag.SPIKES: FlagEntry(
        title="Spikes",
        meaning="Single validation values stick far out; the diagnosis clips them, the chart does not.",
        advice="Look for bad batches or a validation set that is too small.",
    ),
    Flag.FEW_EVALUATIONS: FlagEntry(
        title="Few evaluations",
        meaning="With fewer than 10 evaluations only strong evidence counts.",
        advice="Evaluate more often.",
    ),
    Flag.TRAIN_SPARSE: FlagEntry(
        title="Sparse train",
        meaning="Train is logged less often than validation. Where it has no value, its last one is used.",
        advice="Log train at least once per evaluation.",
    ),
    Flag.STEPS_DISJOINT: FlagEntry(
        title="Different step counters",
        meaning="Train and validation count different steps, so they were matched by the time or the order in which "
        "they were logged.",
        advice="Log both against one counter.",
    ),
    Flag.STEP_TRAIN_EPOCH_VAL: FlagEntry(
        title="Train by step, validation by epoch",
        meaning="Train is logged every step and validation every epoch.",
        advice="Each evaluation is compared with the median of train since the one before; nothing needs to change.",
        sources=(_ROSEBROCK,),
    ),
    Flag.RESUMED: FlagEntry(
        title="Resumed",
        meaning="The training was resumed from an earlier step; what had been logged from there on was dropped.",
        advice="Check that it was resumed from the checkpoint you meant.",
    ),
    Flag.RESTARTED: FlagEntry(
        title="Several trainings",
        meaning="The folder holds several trainings; this is the latest unless another was chosen.",
        advice="Log each to a folder of its own.",
    ),
    Flag.DIRECTION_GUESSED: FlagEntry(
        title="Direction guessed",
        meaning="Whether higher or lower is better was guessed from the values.",
        advice="Set the mode of the pair if the guess is wrong.",
    ),
    Flag.TEST_AS_VAL: FlagEntry(
        title="Test set as validation",
        meaning="A test set stands in for validation.",
        advice="The score of a checkpoint chosen on it is too optimistic: choose on a validation set.",
        sources=("Goodfellow, Bengio & Courville, Deep Learning (2016), section 5.3",),
    ),
}
"""What each flag is called and means, in the order of `Flag`."""
