"""The rules that `losshealth.toml` may hold, and the patterns they are made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tb_losshealth.pairing.pairs import Mode, TagRef
from tb_losshealth.pairing.problems import RuleProblem

Stars = tuple[str, ...]
"""What the stars of a pattern stand for in one text."""


@dataclass(frozen=True, slots=True)
class Pattern:
    r"""A text in which `*` stands for any text and `\*` for a star. Matching takes linear time."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Reads a pattern."""
        return cls(tuple(piece.replace("\\*", "*") for piece in re.split(r"(?<!\\)\*", text)))

    @staticmethod
    def escape(text: str) -> str:
        """The pattern that matches this text alone."""
        return text.replace("*", "\\*")

    @property
    def stars(self) -> int:
        """How many stars it holds."""
        return len(self.pieces) - 1

    def match(self, text: str) -> Stars | None:
        """What the stars stand for in `text`, each as short as possible; None if it does not match."""
        first, *between, last = self.pieces if self.stars else (self.pieces[0], "")
        if not self.stars:
            return () if text == first else None
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return None
        at, end = len(first), len(text) - len(last)
        found = []
        for piece in between:
            start = text.find(piece, at, end)
            if start < 0:
                return None
            found.append(text[at:start])
            at = start + len(piece)
        return (*found, text[at:end])


@dataclass(frozen=True, slots=True)
class Side:
    """Where one curve of an added pair lies; `run` None: in the run of the pair."""

    tag: Pattern
    run: Pattern | None = None


@dataclass(frozen=True, slots=True)
class PairRule:
    """Adds pairs."""

    line: int
    run: Pattern
    train: Side
    val: Side
    test: Side | None
    name: str | None
    mode: Mode | None

    @property
    def across_runs(self) -> bool:
        """Whether its curves lie in different runs."""
        return self.train.run is not None

    def in_run(self, run: str, tags: Sequence[str]) -> Iterator[AddedPair]:
        """The pairs it adds in one run."""
        if not self.across_runs and self.run.match(run) is not None:
            yield from self.between({run: tags})

    def between(self, runs: Mapping[str, Sequence[str]]) -> Iterator[AddedPair]:
        """The pairs it adds among these runs."""
        vals, tests = self._found(self.val, runs), self._found(self.test, runs)
        for stars, train in self._found(self.train, runs).items():
            val = vals.get(stars)
            if val is not None and val != train:
                name = self.name
                for star in stars[1]:
                    name = name and name.replace("*", star, 1)
                yield AddedPair(self.line, name, self.mode, train, val, tests.get(stars))

    def _found(self, side: Side | None, runs: Mapping[str, Sequence[str]]) -> dict[tuple[Stars, Stars], TagRef]:
        """By what the stars of run and tag stand for, the first curve of a side."""
        found: dict[tuple[Stars, Stars], TagRef] = {}
        if side is None:
            return found
        for run, tags in runs.items():
            of_run = () if side.run is None else side.run.match(run)
            if of_run is None:
                continue
            for tag in tags:
                of_tag = side.tag.match(tag)
                if of_tag is not None:
                    found.setdefault((of_run, of_tag), TagRef(run, tag))
        return found


@dataclass(frozen=True, slots=True)
class AddedPair:
    """A pair that a rule adds."""

    line: int
    name: str | None
    mode: Mode | None
    train: TagRef
    val: TagRef
    test: TagRef | None


@dataclass(frozen=True, slots=True)
class ForbidRule:
    """Forbids pairs."""

    line: int
    run: Pattern
    train: Pattern
    val: Pattern


@dataclass(frozen=True, slots=True)
class DirectionRule:
    """Sets which way is better."""

    line: int
    run: Pattern
    tag: Pattern
    name: Pattern
    mode: Mode


@dataclass(frozen=True, slots=True)
class RenameRule:
    """Renames pairs."""

    line: int
    run: Pattern
    name: Pattern
    to: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one file; of several rules of one kind that match, the last counts.

    Attributes:
        path: of the file.
        pairs: rules that add pairs.
        forbidden: rules that forbid pairs.
        directions: rules that set which way is better.
        renames: rules that rename pairs.
        problems: mistakes in the file; the rules without mistakes still hold.
    """

    path: str = ""
    pairs: tuple[PairRule, ...] = ()
    forbidden: tuple[ForbidRule, ...] = ()
    directions: tuple[DirectionRule, ...] = ()
    renames: tuple[RenameRule, ...] = ()
    problems: tuple[RuleProblem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs or self.forbidden or self.directions or self.renames)

    def unused(self, used: Collection[int]) -> tuple[RuleProblem, ...]:
        """The rules that changed nothing; `used` are the lines of those that did."""
        rules: dict[str, Sequence[PairRule | ForbidRule | DirectionRule | RenameRule]] = {
            "pair": self.pairs,
            "forbid": self.forbidden,
            "direction": self.directions,
            "rename": self.renames,
        }
        return tuple(
            RuleProblem(self.path, rule.line, f"[[{table}]] matches nothing that was logged")
            for table, of_table in rules.items()
            for rule in of_table
            if rule.line not in used
        )

    def forbids(self, run: str, train: str, val: str) -> int | None:
        """The line that forbids a pair of `run`."""
        for rule in reversed(self.forbidden):
            if _all_match((rule.run, run), (rule.train, train), (rule.val, val)):
                return rule.line
        return None

    def direction(self, run: str, name: str, train: str, val: str) -> tuple[Mode, int] | None:
        """The direction that the file gives a pair, and the line."""
        for rule in reversed(self.directions):
            tag = rule.tag.match(train) is not None or rule.tag.match(val) is not None
            if tag and _all_match((rule.run, run), (rule.name, name)):
                return rule.mode, rule.line
        return None

    def renamed(self, run: str, name: str) -> tuple[str, int] | None:
        """The name that the file gives a pair, and the line."""
        rules = (rule for rule in reversed(self.renames) if _all_match((rule.run, run), (rule.name, name)))
        return next(((rule.to, rule.line) for rule in rules), None)


NO_RULES = Rules()


def _all_match(*pairs: tuple[Pattern, str]) -> bool:
    return all(pattern.match(text) is not None for pattern, text in pairs)
