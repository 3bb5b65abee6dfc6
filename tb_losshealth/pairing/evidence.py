"""What values decide where names leave a choice: curve or summary, and which way is better."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from tb_losshealth.pairing.pairs import Mode, TagFacts
from tb_losshealth.pairing.plan import Candidate
from tb_losshealth.pairing.tag_names import Kind

MIN_CURVE = 3
"""Points from which a curve beside a single point makes that point a summary of it."""


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
    values = attrgetter("count", "minimum", "maximum", "first_value", "last_value")
    return bool(values(one) == values(other))
