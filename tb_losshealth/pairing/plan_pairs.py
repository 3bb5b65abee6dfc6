"""Which tags of one family of runs are train and validation of the same metric, as far as names go.

The result is a plan. It depends on no value, so the thousand runs of a sweep, which all log the same tags, share one
plan; `evidence` then chooses among the plan's candidates by what the values show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tb_losshealth.pairing import vocabulary as words
from tb_losshealth.pairing.families import Role
from tb_losshealth.pairing.match_rules import TagMatcher
from tb_losshealth.pairing.plan import Entry, Plan, TrainOnlyCandidate
from tb_losshealth.pairing.tag_names import read
from tb_losshealth.pairing.vocabulary import Split

_LETTERS = frozenset(words.LETTERS)


def make_plan(tags: Sequence[tuple[int, Role, str]]) -> Plan:
    """Plans the pairs of a family.

    Args:
        tags: for every tag the number of its run, that run's role, and the tag's name (with the `add_scalars` key).
    """
    entries = _entries(tags)
    metrics = [entry for entry in entries if entry.name.kind != "none"]
    train = [entry for entry in metrics if entry.split == "train"]
    plain = [entry for entry in metrics if entry.split is None]
    test = [entry for entry in metrics if entry.split == "test"]
    val = [entry for entry in metrics if entry.split == "val"]
    val = [entry for entry in val if not _is_value_loss(entry, train, val, plain)]
    timed = [entry for entry in entries if "runtime" in entry.name.metric]

    matcher = TagMatcher(train, plain, val, timed)
    matcher.match_all()
    proposals = matcher.proposals(test, test_as_val=False)
    covered = {metric for topic in matcher.candidates for metric in (topic.metric, topic.metric - words.EXTENT)}
    left = [entry for entry in test if entry.metric not in covered]
    # An unmarked tag beside marked train tags is as likely a validation metric itself.
    of_tests = TagMatcher(train, [] if any(entry.name.split for entry in train) else plain, left, timed)
    of_tests.match_all()
    for topic in [topic for topic in of_tests.candidates if {topic.metric, topic.metric - words.EXTENT} & covered]:
        del of_tests.candidates[topic]
    proposals += of_tests.proposals([], test_as_val=True)
    proposals.sort(key=lambda proposal: (proposal.kind != "loss", proposal.label, proposal.valset))
    return Plan(
        tuple(proposals),
        tuple(
            TrainOnlyCandidate(entry.at, entry.name.label(entry.metric) or "loss", _without_copies(entry))
            for entry in (*train, *plain)
            if _may_be_train_only(entry)
        ),
        tuple(_reason(entry) for entry in entries),
        tuple(2 if e.name.kind == "none" else 0 if e.split in ("val", "test") else 1 for e in entries),
    )


def _entries(tags: Sequence[tuple[int, Role, str]]) -> list[Entry]:
    entries = []
    for at, (home, role, tag) in enumerate(tags):
        name = read(tag)
        entries.append(
            Entry(at, home, name, role, name.split or role.split, name.metric, name.interval or role.interval)
        )
    return _with_spellings(_with_letters(entries))


def _with_spellings(entries: list[Entry]) -> list[Entry]:
    """Separates two spellings of a metric (`iou`, `miou`) where each is there for both train and validation."""
    alike: dict[frozenset[str], dict[frozenset[str], list[Entry]]] = {}
    for entry in entries:
        if entry.name.kind not in ("none", "unknown"):
            alike.setdefault(entry.metric, {}).setdefault(_spelling(entry), []).append(entry)
    for metric, spellings in alike.items():
        if len(spellings) < 2:
            continue
        whole = [spelt for spelt, of_it in spellings.items() if _has_both_splits(of_it)]
        # One of them keeps the common form, with which any further tag may pair.
        for spelt in sorted(whole, key=lambda spelt: (spelt != metric, sorted(spelt)))[1:]:
            for entry in spellings[spelt]:
                entries[entry.at] = replace(entry, metric=spelt)
    return entries


def _spelling(entry: Entry) -> frozenset[str]:
    return frozenset(word.written.lower() for word in entry.name.content if word.text in entry.metric)


def _has_both_splits(entries: Iterable[Entry]) -> bool:
    splits = {entry.split for entry in entries}
    return bool(splits & {"val", "test"}) and bool(splits & {"train", None})


def _with_letters(entries: list[Entry]) -> list[Entry]:
    """Reads `t_loss` and `v_loss` as train and validation where both are there, without a policy or value function."""
    taken = {entry.home for entry in entries if _of_reinforcement(entry)}
    lettered = [e for e in entries if e.name.letter_split and e.split is None and e.home not in taken]
    splits: dict[tuple[int, frozenset[str]], set[Split | None]] = {}
    for entry in lettered:
        splits.setdefault((entry.home, entry.metric - _LETTERS), set()).add(entry.name.letter_split)
    for entry in lettered:
        metric = entry.metric - _LETTERS
        if len(splits[entry.home, metric]) > 1:
            entries[entry.at] = replace(entry, split=entry.name.letter_split, metric=metric)
    return entries


def _of_reinforcement(entry: Entry) -> bool:
    return not entry.name.letter_split and (entry.name.of_reinforcement or bool(entry.metric & words.RETURNS))


def _is_value_loss(entry: Entry, train: list[Entry], val: list[Entry], plain: list[Entry]) -> bool:
    """`val_loss` beside `pol_loss` is the loss of a value function."""
    if train or any(other.name.split_word.lower() != "val" for other in val):
        return False
    return entry.name.kind == "loss" and any(other.metric & words.POLICY for other in plain)


def _may_be_train_only(entry: Entry) -> bool:
    name = entry.name
    if name.kind != "loss" or name.of_reinforcement or name.axis or name.metric_word in words.MONITORED:
        return False
    return entry.split == "train" or not entry.role.evaluates


def _without_copies(entry: Entry) -> frozenset[str]:
    """The metric without the words that mark copies of one curve (`loss_dev0`, `total_loss`)."""
    copied = entry.metric - words.EXTENT
    if "device" in copied:
        copied = frozenset(word for word in copied if not word.isdigit())
    return copied - words.COPIES or entry.metric


def _reason(entry: Entry) -> str:
    """Why a tag is in no pair, if it turns out to be in none."""
    name = entry.name
    by = f'by "{name.split_word}"' if name.split else "by its run"
    if name.kind == "none":
        return f"No pair: {name.why_none}."
    if name.axis:
        return f"No pair: it is a copy of a curve on another axis (vs {name.axis})."
    if entry.split == "train":
        return f"Train ({by}), but no validation tag names the same metric."
    if entry.split == "val":
        return f"Validation ({by}), but no train tag names the same metric."
    if entry.split == "test":
        return f"Test ({by}), but no pair is about the same metric on the same set."
    if entry.role.evaluates:
        return "No pair: its run is named like a validation run, and there is no train run beside it."
    if name.of_reinforcement:
        return "No pair: a loss of reinforcement learning has no validation."
    return "No pair: its name marks neither train nor validation, and no marked tag names the same metric."
