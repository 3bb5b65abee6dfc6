"""Reads one name: cuts it into words, and finds the split, the metric and the logging interval that a tag names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.pairing import vocabulary as words
from tb_losshealth.pairing.vocabulary import Split

Interval = Literal["epoch", "step", ""]
"""How often a curve is logged, where its name gives that."""

Kind = Literal["loss", "error", "score", "unknown", "none"]
"""What sort of metric a tag holds; "none" where it is no metric."""

MAX_NAME = 400
"""Characters of a name that are read: no person writes longer ones, and hostile ones must not cost time."""

CACHED_NAMES = 65536
"""Names kept as read. The runs of a sweep log the same tags; a name takes about a kilobyte."""

METRIC_WORDS = words.LOSSES | words.ERRORS | words.SCORES
INTERVAL_WORDS = words.EPOCH_WORDS | words.STEP_WORDS
_KNOWN = frozenset(words.SYNONYMS) | METRIC_WORDS | words.NOT_METRICS | words.FILLERS

_CHUNK = re.compile(r"[^\W_]+")
_NEW_PART = re.compile(r"[/:|>\\]|\.(?!\d)")
_CAMEL = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[^\WA-Z_0-9]+|[A-Z]+|[0-9]+")
_TITLE = re.compile(r"[A-Z][a-z]+|LOSS|ACCURACY")
_METRIC = "|".join(sorted(words.GLUED_METRICS, key=len, reverse=True))
_SPLIT = "|".join(sorted(words.GLUED_SPLITS, key=len, reverse=True))
_GLUED = re.compile(
    f"([{''.join(words.LETTERS)}])(?:{'|'.join(words.LETTERED_METRICS)})"
    f"|({_SPLIT})(?:{_METRIC}|[0-9]+)|({_METRIC})(?:{_SPLIT})|({'|'.join(words.GLUED_PREFIXES)})(?:{_METRIC})"
)
_UNSPACED = re.compile("|".join(sorted(words.UNSPACED, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    Attributes:
        text: its normal form.
        written: as it was written.
        part: number of the path component it stands in.
        gap: what separates it from the word before: "/", " ", "-", "_", or "" (camel case).
    """

    text: str
    written: str
    part: int
    gap: str


@dataclass(frozen=True, slots=True)
class Name:
    """A tag, read.

    Attributes:
        split: the split it names; None if it names none.
        split_word: the word that names the split, as written.
        skeleton: the tag's words with the split blanked; equal for tags that differ only in the split.
        content: the words that are neither split nor filler.
        metric: of these, the words that name the metric.
        averaging: of these, the words that name how it was averaged; they matter only where there is a choice.
        metric_word: the word that makes it a metric; empty if no such word is known.
        in_other_parts: those of `metric` in other path components than the metric word (`val_unseen/loss`).
        beside_split: those of `metric` that stand with the split word, in front of the metric word (`val_unseen_loss`).
        interval: whether it is named per epoch or per step.
        axis: "samples" in `loss vs samples`.
        kind: what sort of metric; "none" if it is none.
        mode: which way is better; None where the name does not show it.
        why_none: for kind "none", what it is instead.
        letter_split: the split that a single letter names where another tag has the other letter.
    """

    split: Split | None
    split_word: str
    skeleton: str
    content: tuple[Word, ...]
    metric: frozenset[str]
    averaging: frozenset[str]
    metric_word: str
    in_other_parts: frozenset[str]
    beside_split: frozenset[str]
    interval: Interval
    axis: str
    kind: Kind
    mode: Mode | None
    why_none: str
    letter_split: Split | None

    @property
    def of_reinforcement(self) -> bool:
        """Whether it is a loss of reinforcement learning."""
        return self.kind == "loss" and bool(self.metric & words.REINFORCEMENT)

    def label(self, metric: frozenset[str]) -> str:
        """The metric as a person writes it ("box_loss", "SST/F1"), of these words alone."""
        last = {word.text: at for at, word in enumerate(self.content) if {word.text, word.written.lower()} & metric}
        kept = [word for at, word in enumerate(self.content) if last.get(word.text) == at]
        metric_part = max((word.part for word in kept), default=0)
        kept = [word for word in kept if word.part == metric_part or word.text not in words.NOT_METRICS]
        label = ""
        for at, word in enumerate(kept):
            same_part = at > 0 and word.part == kept[at - 1].part
            gap = "" if at == 0 else word.gap if same_part and word.gap != "/" else "_" if same_part else "/"
            joined = (at > 0 and not gap) or (at + 1 < len(kept) and not kept[at + 1].gap)
            label += gap + (word.written.lower() if _TITLE.fullmatch(word.written) and not joined else word.written)
        return label


def split_of(word: str) -> Split | None:
    """The split that a word names; None if it names none."""
    known = words.SPLITS.get(word)
    if known is None and len(word) >= 7 and word not in words.NOT_MISSPELT:
        for right in words.LONG_SPLITS:
            if word[0] == right[0] and _one_edit(word, right):
                return words.SPLITS[right]
    return known


def _one_edit(word: str, right: str) -> bool:
    """Whether one letter was left out, added, changed, or swapped with the next."""
    start = next((at for at, pair in enumerate(zip(word, right, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return abs(len(word) - len(right)) == 1
    a, b = word[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@lru_cache(maxsize=CACHED_NAMES)
def cut(name: str) -> tuple[Word, ...]:
    """Cuts a name into words: at every character that is no letter or digit, and at camel case."""
    name = name[:MAX_NAME]
    found: list[Word] = []
    part = end = 0
    for chunk in _CHUNK.finditer(name):
        between = name[end : chunk.start()]
        end = chunk.end()
        if found and _NEW_PART.search(between + chunk[0][:1]):
            part += 1
            gap = "/"
        else:
            gap = next((sign for sign in (" ", "-", "_") if sign in between), "_")
        for piece in _pieces(chunk[0]):
            lower = piece.lower()
            found.append(Word(words.SYNONYMS.get(lower, lower), piece, part, gap))
            gap = ""
    return tuple(_with_phrases(found))


def _pieces(chunk: str) -> list[str]:
    """Cuts letters and digits into words, each as written."""
    if chunk.lower() in _KNOWN or chunk.lower() in words.SPLITS:
        return [chunk]
    if not chunk.isascii() and _UNSPACED.search(chunk):
        return [piece for piece in re.split(f"({_UNSPACED.pattern})", chunk) if piece]
    joined: list[str] = []
    for piece in _CAMEL.findall(chunk) or [chunk]:
        # Camel case separates parts that belong together: m+AP, AP+50, fold+1. A split and its number stay separate.
        last = joined[-1].lower() if joined else ""
        numbered = piece.isdigit() and last not in words.SPLITS and not last.isdigit()
        if joined and (last + piece.lower() in _KNOWN or numbered or last.isdigit()):
            joined[-1] += piece
        else:
            joined.append(piece)
    return [word for piece in joined for word in _unglued(piece)]


def _unglued(piece: str) -> list[str]:
    lower = piece.lower()
    if lower in _KNOWN or lower in words.SPLITS:
        return [piece]
    glued = _GLUED.fullmatch(lower)
    if glued is not None:
        length = len(next(filter(None, glued.groups())))
    elif len(lower) > len("gloss") and lower.endswith("loss"):
        length = len(lower) - len("loss")
    else:
        return [piece]
    return [piece[:length], piece[length:]]


def _with_phrases(found: list[Word]) -> list[Word]:
    joined: list[Word] = []
    at = 0
    while at < len(found):
        for length in (3, 2):
            phrase = found[at : at + length]
            meaning = words.PHRASES.get(" ".join(word.text for word in phrase)) if len(phrase) == length else None
            if meaning is not None:
                written = phrase[0].written + "".join(word.gap + word.written for word in phrase[1:])
                joined.append(Word(meaning, written, phrase[-1].part, phrase[0].gap))
                at += length
                break
        else:
            joined.append(found[at])
            at += 1
    return joined


@lru_cache(maxsize=CACHED_NAMES)
def read(tag: str) -> Name:
    """Reads a tag (or the name that a sub-run and its tag make together)."""
    every = _without_devices(cut(tag))
    axis, body = _without_axis(every)
    split_word = _split_word(body)
    rest = [word for word in body if split_of(word.text) is None]
    content = tuple(word for before, word in zip([None, *rest], rest, strict=False) if not _is_filler(word, before))
    if rest and rest[-1].text == "per" and not any(word.text in METRIC_WORDS for word in content):
        # The phoneme error rate; anywhere else it is the "per" of `loss per epoch`.
        content = (*content, rest[-1])
    kind, mode, why_none = _kind(content)
    naming = [word for word in content if word.text not in INTERVAL_WORDS and word.text not in words.AVERAGING]
    metric_word = next((word for word in reversed(naming) if word.text in METRIC_WORDS), None)
    in_front = naming[: naming.index(metric_word)] if metric_word else naming
    texts = {word.text for word in content}
    return Name(
        split=split_of(split_word.text) if split_word else None,
        split_word=split_word.written if split_word else "",
        skeleton=" ".join("*" if split_of(word.text) else word.text for word in every),
        content=content,
        metric=frozenset(word.text for word in naming),
        averaging=frozenset(texts & words.AVERAGING),
        metric_word=metric_word.text if metric_word else "",
        in_other_parts=frozenset(word.text for word in naming if metric_word and word.part != metric_word.part),
        beside_split=frozenset(word.text for word in in_front if split_word and word.part == split_word.part),
        interval=interval_of(texts),
        axis=axis,
        kind=kind,
        mode=mode,
        why_none=why_none,
        letter_split=None if split_word and split_of(split_word.text) == "train" else _letter_split(content),
    )


def interval_of(texts: AbstractSet[str]) -> Interval:
    """How often something is logged that is named with these words."""
    return "epoch" if texts & words.EPOCH_WORDS else "step" if texts & words.STEP_WORDS else ""


def _split_word(body: Sequence[Word]) -> Word | None:
    """The word that names the split: the rightmost one (`Train/Samples/eval_loss` is validation)."""
    marks = [word for word in body if split_of(word.text)]
    if not marks:
        return None
    last = marks[-1]
    if last.text in words.EVALUATION:
        named = [word for word in marks if word.part == last.part and word.text not in words.EVALUATION]
        return named[-1] if named else last
    return last


def _without_devices(every: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a name; behind a train folder, words that only look like a split become other words."""
    folder = next((word.part for word in every if split_of(word.text) == "train"), None)
    found = []
    for word, after in zip(every, [*every[1:], None], strict=False):
        text = word.text
        if folder is not None and word.part > folder:
            text = words.NO_SPLIT_IN_TRAIN.get(text, text)
            if text in words.EVALUATION and after is not None and after.text in words.MODES:
                text = words.EVAL_MODE
        found.append(word if text == word.text else replace(word, text=text))
    return tuple(found)


def _without_axis(every: Sequence[Word]) -> tuple[str, list[Word]]:
    for at, word in enumerate(every[:-1]):
        if word.text in ("vs", "versus") and every[at + 1].text in words.AXES:
            return every[at + 1].text, [*every[:at], *every[at + 2 :]]
    return "", list(every)


def _is_filler(word: Word, before: Word | None) -> bool:
    if word.text in ("value", "values"):
        # `value_loss` is the loss of a value function; `loss_value` is a loss.
        return before is not None and before.part == word.part and before.text in METRIC_WORDS
    return word.text in words.FILLERS


def _letter_split(content: Sequence[Word]) -> Split | None:
    if len(content) < 2:
        return None
    return next((words.LETTERS[word.text] for word in content if word.text in words.LETTERS), None)


def _kind(content: Sequence[Word]) -> tuple[Kind, Mode | None, str]:
    """What sort of metric the words name: the rightmost known word decides."""
    texts = [word.text for word in content]
    meaning = [word for word in content if word.text not in INTERVAL_WORDS]
    if any(text in words.RECORDS for text in texts):
        return "none", None, "it is the best value so far, not the curve itself"
    if texts and texts[0] in words.HPARAMS:
        return "none", None, "it is a summary for the comparison of hyperparameters, not a curve"
    if len(meaning) < len(texts) and all(word.text in words.AVERAGING | words.EXTENT for word in meaning):
        return "none", None, "it counts epochs or steps"
    others = [word.text for word in meaning if word.text in words.NOT_METRICS]
    strong = [word for word in meaning if word.text not in words.WEAK]
    for at, word in reversed(list(enumerate(strong))):
        kind, mode = _kind_of(word, strong[:at])
        if kind == "score" and any(other not in words.HARMLESS for other in others):
            break
        if kind != "unknown":
            return *_turned(kind, mode, word, meaning), ""
        if word.text in words.NOT_METRICS and word.text not in words.HARMLESS:
            break
    if others:
        return "none", None, f'"{others[-1]}" shows that it does not measure how good a model is'
    weak = next((word for word in reversed(meaning) if word.text in words.WEAK), None)
    return (*_turned(*_kind_of(weak, ()), weak, meaning), "") if weak else ("unknown", None, "")


def _turned(kind: Kind, mode: Mode | None, word: Word, meaning: Sequence[Word]) -> tuple[Kind, Mode | None]:
    """What a metric is once the words that negate it count (`neg_mse`, `1-acc`)."""
    texts = {other.text for other in meaning}
    if texts & words.UNDIRECTED:
        return kind, None
    in_front = [other for other in meaning[: meaning.index(word)] if other.part == word.part]
    from_one = word.gap == "-" and [other.text for other in in_front] == ["1"]
    negated = any(other.text in words.NEGATIONS for other in in_front) and word.text not in words.OF_NEGATIVES
    if mode is None or texts & words.NEVER_NEGATED or not (from_one or texts & words.NEGATIONS):
        return kind, mode
    if from_one or negated:
        return ("error", "min") if mode == "max" else ("score", "max")
    return kind, None


def _kind_of(word: Word, before: Sequence[Word]) -> tuple[Kind, Mode | None]:
    """What one word names; a loss word in front of it may make it the name of a loss (`loss_dice`, `loss/iou`)."""
    if word.text in words.LOSSES:
        return "loss", None if word.text in words.EITHER_WAY else "min"
    if word.text in words.ERRORS | words.LOSS_IN_A_LOSS_FOLDER and any(other.text in words.LOSSES for other in before):
        return "loss", "min"
    if word.text in words.ERRORS:
        return "error", "min"
    return ("score", "max") if word.text in words.SCORES else ("unknown", None)
