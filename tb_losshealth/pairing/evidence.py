"""What values say where names leave a choice: the real curve or a summary of it, one step axis or two, which way."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tb_losshealth.pairing.pairs import Mode, TagFacts
from tb_losshealth.pairing.plan import Option
from tb_losshealth.pairing.tag_names import Kind

# A single point beside a curve of at least this many is a summary of that curve.
CURVE = 3
# On one step axis, two curves whose last points were written at about the same time (this share of the whole time)
# end at about the same step: within some points of the sparser curve, and not below this share of each other.
SAME_TIME = 0.1
SAME_STEP = 0.75
POINTS_APART = 1.5


def choose(options: Sequence[Option], kind: Kind, facts: Sequence[TagFacts]) -> Option | None:
    """The best option that the values allow; None if they allow none."""
    options = [option for option in options if _allowed(kind, facts[option.train], facts[option.val])]
    if len(options) < 2:
        return options[0] if options else None
    most_train = max(facts[o.train].count for o in options)
    most_val = max(facts[o.val].count for o in options)

    def rank(option: Option) -> tuple[object, ...]:
        train, val = facts[option.train], facts[option.val]
        one_epoch = option.epoch_train and val.count == 1
        summary = (train.count == 1 and most_train >= CURVE and not one_epoch) + (val.count == 1 and most_val >= CURVE)
        return summary, option.rank, -val.count, -train.count, len(val.tag), val.tag, train.tag

    return min(options, key=rank)


def _allowed(kind: Kind, train: TagFacts, val: TagFacts) -> bool:
    if not train.count or not val.count:
        return False
    return kind != "unknown" or not (_constant(train) or _constant(val))


def _constant(facts: TagFacts) -> bool:
    return facts.count > 1 and facts.minimum == facts.maximum


def guessed_mode(train: TagFacts) -> Mode:
    """Which way is better for an unknown metric: the way that training takes it."""
    return "min" if train.last_value < train.first_value else "max"


def same_curve(one: TagFacts, other: TagFacts) -> bool:
    """Whether two tags hold the same values: one curve, logged under two names."""
    return (one.count, one.minimum, one.maximum, one.first_value, one.last_value) == (
        other.count,
        other.minimum,
        other.maximum,
        other.first_value,
        other.last_value,
    )


def axes_differ(train: TagFacts, val: TagFacts) -> bool:
    """Whether the two count different things (batches against epochs), judged by their ends.

    `health.step_axes` asks the same of every point, before it aligns the curves.
    """
    if train.count < 2 or val.count < 2:
        return False
    spacing = max(_spacing(train), _spacing(val))
    if val.first_step > train.last_step or train.first_step > val.last_step:
        return max(val.first_step - train.last_step, train.first_step - val.last_step) > 2 * spacing
    whole = max(train.last_wall, val.last_wall) - min(train.first_wall, val.first_wall)
    if not (math.isfinite(whole) and whole > 0 and abs(train.last_wall - val.last_wall) <= SAME_TIME * whole):
        return False
    low, high = sorted((train.last_step, val.last_step))
    return high - low > POINTS_APART * spacing and low < SAME_STEP * high


def _spacing(facts: TagFacts) -> float:
    return (facts.last_step - facts.first_step) / max(facts.count - 1, 1)
