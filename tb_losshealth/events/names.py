"""Reads one tag or run name: which split, which metric, how fine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tb_losshealth.events import vocabulary as words
from tb_losshealth.events.pairs import Mode
from tb_losshealth.events.vocabulary import Split

Grain = Literal["epoch", "step", ""]
Kind = Literal["loss", "error", "score", "unknown", "none"]

# Longer names are read up to here: no person chose them, and every rule stays linear.
MAX_NAME = 400

_CHUNK = re.compile(r"[^\W_]+|[/.:|>\\]")
_CAMEL = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]?[^\WA-Z_0-9]+|[A-Z]+|[0-9]+")
_METRIC_TAIL = "loss|losses|acc|accuracy|err|error|mse|mae|rmse|auc|f1|ppl|iou|dice|score|wer|cer"
_GRAIN_HEAD = "batch|epoch|step|iter|avg|mean|total"
_SPLIT_WORD = "training|train|validation|valid|val|evaluation|eval|testing|test|dev"
_GLUED = re.compile(
    f"(?:(?P<a>{_SPLIT_WORD})(?P<b>{_METRIC_TAIL}|set|data)|(?P<c>{_METRIC_TAIL})(?P<d>{_SPLIT_WORD})"
    f"|(?P<e>{_GRAIN_HEAD})(?P<f>{_METRIC_TAIL})|(?P<g>{_SPLIT_WORD})(?P<h>[0-9]+))"
)
_CJK = re.compile(
    "|".join(w for w in sorted({*words.SPLITS, *words.SYNONYMS}, key=len, reverse=True) if ord(w[0]) > 0x2E7F)
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: normal form, as it was written, and the path component it stands in."""

    text: str
    written: str
    part: int


@dataclass(frozen=True, slots=True)
class Name:
    """A tag, read.

    Attributes:
        raw: the tag.
        split: which split it says it is of; None if it does not say.
        skeleton: the tag with its split words blanked: equal for tags that differ in the split alone.
        metric: the words that say which metric it is.
        soft: words that say how it was averaged; they matter only where there is a choice.
        nearby: those of `metric` that stand beside the split word, away from the metric's own (`val_unseen/loss`).
        grain: whether it says to be per epoch or per step.
        axis: "samples" in `loss vs samples`.
        kind: what sort of metric.
        mode: which way is better; None where the name does not tell.
        label: what a person calls the metric.
        why_none: for kind "none", what it is instead.
    """

    raw: str
    split: Split | None
    split_word: str
    skeleton: str
    metric: frozenset[str]
    soft: frozenset[str]
    nearby: frozenset[str]
    before_metric: frozenset[str]
    grain: Grain
    averaged: bool
    axis: str
    kind: Kind
    mode: Mode | None
    label: str
    why_none: str
    reinforcement: bool
    letter: Split | None


def _chunk_words(chunk: str) -> list[str]:
    """Cuts one run of letters and digits into words, each as written."""
    lower = chunk.lower()
    if lower in words.SPLITS or lower in _KNOWN:
        return [chunk]
    if ord(max(chunk)) > 0x2E7F and (found := _CJK.findall(chunk)):
        rest = [piece for piece in _CJK.split(chunk) if piece]
        return [*found, *rest] if rest else found
    pieces = _CAMEL.findall(chunk) or [chunk]
    if len(pieces) > 1:
        pieces = _rejoin(pieces)
    return [word for piece in pieces for word in _unglue(piece)]


def _rejoin(pieces: list[str]) -> list[str]:
    """Joins what camel case tore: m+AP -> mAP, AP+50 -> AP50, fold+1 -> fold1; a split keeps its number apart."""
    joined: list[str] = []
    for piece in pieces:
        if joined:
            last = joined[-1].lower()
            together = last + piece.lower()
            numbered = piece.isdigit() and last not in words.SPLITS and not last.isdigit()
            if together in _KNOWN or numbered or (last.isdigit() and len(joined[-1]) < 3 and len(piece) == 1):
                joined[-1] += piece
                continue
        joined.append(piece)
    return joined


def _unglue(piece: str) -> list[str]:
    lower = piece.lower()
    if lower in words.SPLITS or lower in _KNOWN:
        return [piece]
    found = _GLUED.fullmatch(lower)
    if not found:
        return [piece]
    cut = len(next(group for group in found.groups() if group))
    return [piece[:cut], piece[cut:]]


_KNOWN = frozenset(words.SYNONYMS) | words.LOSSES | words.ERRORS | words.SCORES | words.NOT_METRICS | words.FILLERS


def _normal(written: str) -> str:
    lower = written.lower()
    if lower in words.SPLITS:
        return lower
    return words.SYNONYMS.get(lower, lower)


def split_of(word: str) -> Split | None:
    """The split that a word names, if it names one."""
    known = words.SPLITS.get(word)
    if known is None and len(word) >= 7 and word not in words.NOT_MISSPELT:
        for right in words.LONG_SPLITS:
            if word[0] == right[0] and _one_edit(word, right):
                return words.SPLITS[right]
    return known


def _one_edit(word: str, right: str) -> bool:
    if abs(len(word) - len(right)) > 1 or word == right:
        return word == right
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    tail, other = word[start:], right[start:]
    return (
        tail[1:] == other[1:]
        or tail[1:] == other
        or tail == other[1:]
        or (tail[:2] == other[:2][::-1] and tail[2:] == other[2:])
    )


@lru_cache(maxsize=65536)
def cut(name: str) -> tuple[Word, ...]:
    """Cuts a name into words."""
    found: list[Word] = []
    part = 0
    for chunk in _CHUNK.findall(name[:MAX_NAME]):
        if chunk in "/.:|>\\":
            part += 1
            continue
        found += [Word(_normal(piece), piece, part) for piece in _chunk_words(chunk)]
    return tuple(_join_phrases(found))


def _join_phrases(found: list[Word]) -> list[Word]:
    joined: list[Word] = []
    at = 0
    while at < len(found):
        for length in (3, 2):
            phrase = tuple(word.text for word in found[at : at + length])
            if len(phrase) == length and phrase in words.PHRASES:
                separator = "_"
                written = separator.join(word.written for word in found[at : at + length])
                merged = words.PHRASES[phrase]
                if len(merged) == 1:
                    joined.append(Word(merged[0], written, found[at].part))
                else:
                    joined += found[at : at + length]
                at += length
                break
        else:
            joined.append(found[at])
            at += 1
    return joined


@lru_cache(maxsize=65536)
def read(raw: str) -> Name:
    """Reads a tag (or the name that a sub-run and its tag make together)."""
    every = cut(raw)
    axis, body = _without_axis(every)
    marks = [(at, split) for at, word in enumerate(body) if (split := split_of(word.text))]
    split, split_word = None, ""
    if marks:
        at, split = marks[-1]
        split_word = body[at].written
    rest = [word for word in body if not split_of(word.text)]
    letter = _letter(rest) if not marks else None
    core = [word for word in rest if not _is_filler(word.text, rest)]
    grain = _grain(core)
    kind, mode, why_none = _kind(core)
    metric_words = [word for word in core if word.text not in words.EPOCH_WORDS and word.text not in words.STEP_WORDS]
    soft = frozenset(word.text for word in metric_words if word.text in words.SOFT)
    metric = frozenset(word.text for word in metric_words if word.text not in words.SOFT)
    head = _head(metric_words)
    head_part = metric_words[head].part if head is not None else -1
    nearby = frozenset(
        word.text
        for word in metric_words
        if word.part != head_part and word.text in metric and word.text not in _METRIC_WORDS
    )
    before = frozenset(
        word.text for at, word in enumerate(metric_words) if head is not None and at < head and word.text in metric
    )
    return Name(
        raw=raw,
        split=split,
        split_word=split_word,
        skeleton=_skeleton(raw),
        metric=metric,
        soft=soft,
        nearby=nearby,
        before_metric=before,
        grain=grain,
        averaged=bool(soft & words.MEAN_WORDS),
        axis=axis,
        kind=kind,
        mode=mode,
        label=_label(metric_words),
        why_none=why_none,
        reinforcement=bool(metric & words.REINFORCEMENT) and kind in ("loss", "none"),
        letter=letter,
    )


_METRIC_WORDS = words.LOSSES | words.ERRORS | words.SCORES


def _is_filler(text: str, rest: list[Word]) -> bool:
    if text == "value" or text == "values":
        # `value_loss` is a value function's loss; `loss_value` is a loss.
        texts = [word.text for word in rest]
        return texts.index(text) > 0 and texts[0] in _METRIC_WORDS
    return text in words.FILLERS


def _without_axis(every: tuple[Word, ...]) -> tuple[str, list[Word]]:
    for at, word in enumerate(every[:-1]):
        if word.text in ("vs", "versus") and every[at + 1].text in words.AXES:
            return every[at + 1].text, [*every[:at], *every[at + 2 :]]
    return "", list(every)


def _letter(rest: list[Word]) -> Split | None:
    return next((words.LETTERS[w.text] for w in rest if w.text in words.LETTERS), None) if len(rest) > 1 else None


def _grain(core: list[Word]) -> Grain:
    texts = {word.text for word in core}
    if texts & words.EPOCH_WORDS:
        return "epoch"
    return "step" if texts & words.STEP_WORDS else ""


def _head(metric_words: list[Word]) -> int | None:
    for at in range(len(metric_words) - 1, -1, -1):
        if metric_words[at].text in _METRIC_WORDS:
            return at
    return None


def _kind(core: list[Word]) -> tuple[Kind, Mode | None, str]:
    """What sort of metric the words name: the rightmost known word tells."""
    texts = [word.text for word in core]
    meaning = [text for text in texts if text not in words.EPOCH_WORDS and text not in words.STEP_WORDS]
    if any(text in words.RECORDS for text in texts):
        return "none", None, "a record so far, not the curve itself"
    if texts and texts[0] in ("hparam", "hparams", "hp"):
        return "none", None, "a hyperparameter summary, not a curve"
    losses = [text for text in meaning if text in words.LOSSES]
    for text in reversed(meaning):
        if text in words.LOSSES:
            return "loss", "min", ""
        if text in words.ERRORS:
            return ("loss", "min", "") if "loss" in losses else ("error", "min", "")
        if text in words.SCORES:
            if losses and text in words.LOSS_BY_NAMESPACE:
                return "loss", "min", ""
            if any(other in words.NOT_METRICS for other in meaning if other not in ("rate", "sample", "token", "sec")):
                return "none", None, f'"{" ".join(texts)}" is no metric'
            return "score", "max", ""
        if text in words.NOT_METRICS:
            if text == "rate" and any(other in words.ERRORS or other in words.SCORES for other in meaning):
                continue
            return "none", None, f'"{text}" is no metric of a model'
    if not meaning:
        if texts:
            return "none", None, "a counter of epochs or steps"
        return "unknown", None, ""
    if any(text in words.NOT_METRICS for text in meaning):
        return "none", None, f'"{" ".join(texts)}" is no metric'
    return "unknown", None, ""


def _skeleton(raw: str) -> str:
    return " ".join("*" if split_of(word.text) else word.text for word in cut(raw))


def _label(metric_words: list[Word]) -> str:
    """The metric as a person writes it: "box_loss", "combined/loss", "SST/F1"."""
    out = ""
    last: Word | None = None
    seen: set[str] = set()
    kept = [word for word in metric_words if word.text not in words.SOFT] or metric_words
    for word in kept:
        if word.text in seen:
            continue
        seen.add(word.text)
        written = word.written
        if written.istitle() or written.lower() in ("loss", "accuracy"):
            written = written.lower()
        separator = "" if last is None else ("_" if last.part == word.part else "/")
        out += separator + written
        last = word
    return out
