"""What values decide where names leave a choice: curve or summary, one step axis or two, which way is better."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tb_losshealth.pairing.pairs import Mode, TagFacts
from tb_losshealth.pairing.plan import Candidate
from tb_losshealth.pairing.tag_names import Kind

MIN_CURVE = 3
"""Points from which a curve beside a single point makes that point a summary of it."""

# On one step axis, two curves whose last points were written at about the same time (this share of the whole time)
# end at about the same step: within some points of the sparser curve, and not below this share of each other.
SAME_TIME = 0.1
SAME_STEP = 0.75
POINTS_APART = 1.5


def choose(candidates: Sequence[Candidate], kind: Kind, facts: Sequence[TagFacts]) -> Candidate | None:
    """The best candidate that the values allow; None if they allow none."""
    allowed = [one for one in candidates if _allowed(kind, facts[one.train], facts[one.val])]
    if len(allowed) < 2:
        return allowed[0] if allowed else None
    most_train = max(facts[one.train].count for one in allowed)
    most_val = max(facts[one.val].count for one in allowed)

    def rank(candidate: Candidate) -> tuple[object, ...]:
        train, val = facts[candidate.train], facts[candidate.val]
        one_epoch = candidate.epoch_train and val.count == 1
        summary = (train.count == 1 and most_train >= MIN_CURVE and not one_epoch) + (
            val.count == 1 and most_val >= MIN_CURVE
        )
        return summary, candidate.rank, -val.count, -train.count, len(val.tag), val.tag, train.tag

    return min(allowed, key=rank)


def _allowed(kind: Kind, train: TagFacts, val: TagFacts) -> bool:
    if not train.count or not val.count:
        return False
    return kind != "unknown" or not (_constant(train) or _constant(val))


def _constant(facts: TagFacts) -> bool:
    return facts.count > 1 and facts.minimum == facts.maximum


def guessed_mode(train: TagFacts) -> Mode:
    """Which way is better for an unknown metric: the way in which training moves it."""
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
