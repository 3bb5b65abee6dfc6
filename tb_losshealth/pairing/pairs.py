"""The data that pairing takes and gives: references to tags, facts about their values, and the pairs made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from tb_losshealth.health.curves.series import Series
from tb_losshealth.health.curves.tag_trainings import TagTraining
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.labels import Flag
from tb_losshealth.pairing.problems import RuleProblem
from tb_losshealth.pairing.tag_names import read

__all__ = ["LossPair", "Mode", "Pairing", "Source", "TagFacts", "TagRef", "TrainOnly", "Unpaired", "explicit_pair"]

Source = Literal["declared", "grammar", "override"]


# References and pairs are tuples, not dataclasses: they serve as keys, and a large log holds one for every tag.


class TagRef(NamedTuple):
    """One scalar tag of one run ("." is the root of the logdir)."""

    run: str
    tag: str

    def __str__(self) -> str:
        return f"{self.run}:{self.tag}"


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What pairing uses of the values of a tag, besides its name.

    Attributes:
        run: name of the run.
        tag: name of the tag.
        count: number of points.
        minimum: least finite value; NaN without one.
        maximum: greatest finite value; NaN without one.
        first_value: first finite value; NaN without one.
        last_value: last finite value.
    """

    run: str
    tag: str
    count: int = 0
    minimum: float = float("nan")
    maximum: float = float("nan")
    first_value: float = float("nan")
    last_value: float = float("nan")

    @property
    def ref(self) -> TagRef:
        """The tag these facts are about."""
        return TagRef(self.run, self.tag)

    @classmethod
    def of(cls, run: str, tag: str, series: Series) -> TagFacts:
        """Reads the facts off a curve."""
        values = series.values
        if not len(values):
            return cls(run, tag)
        low, high = values.min(), values.max()
        if not (math.isfinite(low) and math.isfinite(high)):
            values = values[np.isfinite(values)]
            low, high = (values.min(), values.max()) if len(values) else (math.nan, math.nan)
        first, last = (values[0], values[-1]) if len(values) else (math.nan, math.nan)
        return cls(run, tag, len(series.values), float(low), float(high), float(first), float(last))

    @classmethod
    def latest(cls, run: str, tag: str, trainings: Sequence[TagTraining]) -> TagFacts | None:
        """Reads the facts off the latest training; None where all points were purged, so that there is no curve."""
        return cls.of(run, tag, trainings[-1].series) if trainings else None


class LossPair(NamedTuple):
    """A train curve and the validation curve of the same metric.

    Attributes:
        run: the run a person thinks of; the parent, where the curves lie in sub-runs.
        name: what a person calls the metric; unique within the run.
        mode: "min" where lower is better, else "max".
        train: the train curve.
        val: the validation curve.
        test: the curve of a third split, if there is one.
        flags: what is unusual about the pair, such as TEST_AS_VAL or STEP_TRAIN_EPOCH_VAL.
        reason: one sentence: why these two belong together.
        is_loss: whether the metric is a loss (these rank first), not an accuracy or the like.
        source: a writer's declaration, the grammar of names, or a person's rule.
    """

    run: str
    name: str
    mode: Mode
    train: TagRef
    val: TagRef
    test: TagRef | None
    flags: tuple[Flag, ...]
    reason: str
    is_loss: bool
    source: Source


def explicit_pair(
    run: str, name: str, mode: Mode, curves: tuple[TagRef, TagRef, TagRef | None], *, reason: str, source: Source
) -> LossPair:
    """The pair of curves that a writer or a person put together, whatever the tags are called.

    It counts as a loss where the train tag names a loss, and where that tag names nothing known and lower is better.
    The curves are train, validation and the third split, if there is one; all else is as in `LossPair`.
    """
    train, val, test = curves
    kind = read(train.tag).kind
    is_loss = kind == "loss" or (kind in ("unknown", "none") and mode == "min")
    return LossPair(run, name, mode, train, val, test, (), reason, is_loss, source)


class TrainOnly(NamedTuple):
    """A train loss without validation beside it."""

    run: str
    name: str
    mode: Mode
    train: TagRef
    reason: str


class Unpaired(NamedTuple):
    """A tag that is in no pair, and the reason."""

    ref: TagRef
    reason: str


@dataclass(frozen=True)
class Pairing:
    """Every tag of a logdir, as part of a pair, a train loss alone, or neither.

    Attributes:
        pairs: losses first within a run; runs in name order.
        train_only: train losses without validation.
        unpaired: all other tags; those that look like one half of a pair come first.
        problems: rules of a person's `losshealth.toml` that match nothing.
    """

    pairs: tuple[LossPair, ...] = ()
    train_only: tuple[TrainOnly, ...] = ()
    unpaired: tuple[Unpaired, ...] = ()
    problems: tuple[RuleProblem, ...] = ()

    @cached_property
    def _reasons(self) -> dict[TagRef, str]:
        reasons = {item.ref: item.reason for item in self.unpaired}
        reasons.update({loss.train: loss.reason for loss in self.train_only})
        for pair in reversed(self.pairs):
            for ref in (pair.train, pair.val, pair.test):
                if ref is not None:
                    reasons[ref] = f'In the pair "{pair.name}" of run "{pair.run}". {pair.reason}'
        return reasons

    def explain(self, ref: TagRef) -> str | None:
        """Why a tag is, or is not, in a pair; None for a tag that is not in the log."""
        return self._reasons.get(ref)
