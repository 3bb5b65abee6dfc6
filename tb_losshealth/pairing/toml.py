r"""Reads `losshealth.toml`, in which a person adds and forbids pairs, sets directions and renames.

::

    # In every text `*` is any text; a star itself is written '\*', in single quotes.
    [[pair]]                    # a pair that the names do not show
    run = "exp*"                # which runs; left out: all
    train = "fit_*"             # `*` is any text; in train, val and test it stands for the same text
    val = "check_*"
    test = "final_*"            # optional
    name = "*"                  # optional; each * is what it stood for in train
    mode = "min"                # optional: "min" (lower is better) or "max"
    # Curves of different runs: instead of `run`, name each side's ("train_run" beside "val_run", "test_run").

    [[forbid]]                  # no pair of these; left out: any
    run = "*"
    train = "loss"
    val = "val_loss"

    [[direction]]               # which way is better
    tag = "*kendo*"             # the train or validation tag, or `name`: the pair's name
    mode = "max"

    [[rename]]
    name = "loss"
    to = "cross entropy"
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from tb_losshealth.pairing.pairs import Mode
from tb_losshealth.pairing.problems import RuleProblem
from tb_losshealth.pairing.toml_rules import DirectionRule, ForbidRule, PairRule, Pattern, RenameRule, Rules, Side

_HEADER = re.compile(r"\s*\[\[?\s*[\w.\"'-]+\s*\]\]?\s*(#.*)?")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # table: (keys it must hold, keys it may hold)
    "pair": (("train", "val"), ("run", "test", "name", "mode", "train_run", "val_run", "test_run")),
    "forbid": ((), ("run", "train", "val")),
    "direction": (("mode",), ("run", "tag", "name")),
    "rename": (("name", "to"), ("run",)),
}


def parse_rules(text: str, path: str) -> Rules:
    """Reads the content of a `losshealth.toml`.

    A table with a mistake is left out; the others still hold.

    Args:
        text: the content.
        path: what to call the file in problems.
    """
    reader = _Reader(path)
    for start, chunk in _tables(text):
        reader.read(start, chunk)
    return Rules(
        path,
        tuple(reader.pairs),
        tuple(reader.forbidden),
        tuple(reader.directions),
        tuple(reader.renames),
        tuple(sorted(reader.problems, key=lambda problem: problem.line)),
    )


def _tables(text: str) -> Iterator[tuple[int, str]]:
    """Cuts the text in front of every table header: first line number and text of each piece."""
    lines = [line + "\n" for line in text.split("\n")]
    starts = [at for at, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\r\n"))]
    edges = sorted({0, *starts, len(lines)})
    for start, end in pairwise(edges):
        yield start + 1, "".join(lines[start:end])


@dataclass
class _Reader:
    path: str
    pairs: list[PairRule] = field(default_factory=list)
    forbidden: list[ForbidRule] = field(default_factory=list)
    directions: list[DirectionRule] = field(default_factory=list)
    renames: list[RenameRule] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)

    def read(self, start: int, chunk: str) -> None:
        if sys.version_info >= (3, 11):
            import tomllib
        else:
            import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
        try:
            content = tomllib.loads(chunk)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
            line = int(found[1]) if found and found[1] else max(chunk.count("\n"), 1)
            message = str(error)[: found.start()] if found else str(error)
            self._problem(start + line - 1, f"this is not TOML: {message[:1].lower()}{message[1:]}")
            return
        for table, value in content.items():
            line = start + _line_of(chunk, table)
            entries = value if isinstance(value, list) else [value]
            if table not in _KEYS:
                known = ", ".join(f"[[{name}]]" for name in _KEYS)
                self._problem(line, f'"{table}" is unknown; expected one of {known}{_meant(table, _KEYS)}')
                continue
            for entry in entries:
                if isinstance(entry, dict):
                    self._rule(table, entry, line, start, chunk)
                else:
                    self._problem(line, f'"{table}" must be a table: write [[{table}]] on a line of its own')

    def _rule(self, table: str, entry: dict[str, Any], line: int, start: int, chunk: str) -> None:
        required, optional = _KEYS[table]
        sound = True
        for key, value in entry.items():
            at = start + _line_of(chunk, key)
            if key not in (*required, *optional):
                known = ", ".join((*required, *optional))
                self._problem(
                    at, f'"{key}" is unknown in [[{table}]]; expected {known}{_meant(key, known.split(", "))}'
                )
            elif not isinstance(value, str) or not value:
                self._problem(at, f'"{key}" must be a text that is not empty, got {value!r}')
                sound = False
            elif key == "mode" and value not in ("min", "max"):
                self._problem(at, f'"mode" must be "min" (lower is better) or "max" (higher is better), got "{value}"')
                sound = False
        for key in required:
            if key not in entry:
                self._problem(line, f'[[{table}]] lacks "{key}"; expected {key} = "..."')
                sound = False
        if not sound:
            return
        texts = cast("dict[str, str]", entry)
        run = Pattern.of(texts.get("run", "*"))
        mode = cast("Mode | None", texts.get("mode"))
        if table == "pair":
            self._pair_rule(texts, run, mode, line)
        elif table == "forbid":
            if not entry.keys() & {"run", "train", "val"}:
                self._problem(line, "[[forbid]] is empty; expected train, val or run")
                return
            train, val = (Pattern.of(texts.get(key, "*")) for key in ("train", "val"))
            self.forbidden.append(ForbidRule(line, run, train, val))
        elif table == "direction":
            if not entry.keys() & {"tag", "name"}:
                self._problem(line, '[[direction]] lacks "tag" or "name"; expected tag = "..."')
                return
            tag, name = (Pattern.of(texts.get(key, "*")) for key in ("tag", "name"))
            self.directions.append(DirectionRule(line, run, tag, name, cast("Mode", mode)))
        else:
            self.renames.append(RenameRule(line, run, Pattern.of(texts["name"]), texts["to"]))

    def _pair_rule(self, texts: Mapping[str, str], run: Pattern, mode: Mode | None, line: int) -> None:
        sides = {}
        across = "train_run" in texts or "val_run" in texts
        if across and not ("train_run" in texts and "val_run" in texts):
            self._problem(line, '[[pair]] names the run of one curve alone; expected both "train_run" and "val_run"')
            return
        for side in ("train", "val", "test"):
            if side not in texts:
                continue
            of_run = texts.get(f"{side}_run", texts["val_run"]) if across else None
            sides[side] = Side(Pattern.of(texts[side]), None if of_run is None else Pattern.of(of_run))
            if sides[side].tag.stars != sides["train"].tag.stars or (
                of_run is not None and of_run.count("*") != texts["train_run"].count("*")
            ):
                self._problem(
                    line,
                    f'[[pair]]: "train" and "{side}" must hold the same number of *, since each * stands '
                    "for the same text in both",
                )
                return
        self.pairs.append(PairRule(line, run, sides["train"], sides["val"], sides.get("test"), texts.get("name"), mode))

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(RuleProblem(self.path, line, message))


def _line_of(chunk: str, key: str) -> int:
    """How many lines into a piece a key or a table's header stands."""
    named = re.compile(rf"""\s*(\[\[?\s*)?["']?{re.escape(key)}["']?\s*(=|\]|\.)""")
    return next((at for at, line in enumerate(chunk.split("\n")) if named.match(line)), 0)


def _meant(wrong: str, known: Any) -> str:
    close = difflib.get_close_matches(wrong, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
