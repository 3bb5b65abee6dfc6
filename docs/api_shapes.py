"""The shapes of the HTTP API as JavaScript and people read them, from present/api_types.py."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal

from tb_losshealth.present import api_types

ANSWERS = ("Overview", "Sparks", "PairAnswer", "TrialAnswer", "TrainOnlyAnswer", "UnpairedAnswer", "ErrorAnswer")
"""What the routes answer; http_api.md describes these shapes and those that they are made of."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One class as it stands in the source.

    Attributes:
        bases: the names of those that it extends.
        summary: what it is.
        fields: its own, in order, each with its type.
        notes: what a field means: the comment behind it, or what the docstring says.
        optional: whether its own fields may be left out.
    """

    bases: tuple[str, ...]
    summary: str
    fields: dict[str, Any]
    notes: dict[str, str]
    optional: bool


def _shape(kind: type) -> Shape:
    source = textwrap.dedent(inspect.getsource(kind))
    node = next(part for part in ast.parse(source).body if isinstance(part, ast.ClassDef))
    summary, _, rest = (ast.get_docstring(node) or "").partition("\n\nAttributes:\n")
    attributes = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", rest, re.MULTILINE)
    notes = {name: re.sub(r"\s+", " ", note).replace("None", "null").rstrip(".") for name, note in attributes}
    hints = typing.get_type_hints(kind, include_extras=True)
    fields: dict[str, Any] = {}
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            fields[line.target.id] = hints[line.target.id]
            if note := source.splitlines()[line.lineno - 1].partition("  # ")[2]:
                notes[line.target.id] = note
    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
    return Shape(
        bases=tuple(base for base in bases if base not in ("TypedDict", "NamedTuple")),
        summary=summary,
        fields=fields,
        notes=notes,
        optional=any(keyword.arg == "total" for keyword in node.keywords),
    )


def _is_shape(hint: Any) -> bool:
    return typing.is_typeddict(hint) or is_dataclass(hint) or hasattr(hint, "_fields")


SHAPES = {kind.__name__: _shape(kind) for kind in vars(api_types).values() if _is_shape(kind)}
"""Every shape by its name: those of other rooms, then api_types' own, in the order of the source."""

ENUMS = {
    hint.__metadata__[0]: name
    for name, hint in vars(api_types).items()
    if name.endswith("Name") and issubclass(hint.__metadata__[0], Enum)
}
"""The name of each set of words."""


def js_types() -> str:
    """The content of frontend/src/types.js."""
    head = "// The shapes of the HTTP API's answers, for the type checker alone. Written by docs/generate.py."
    words = [f"/** @typedef {{{_alternatives(enum)}}} {name} */" for enum, name in ENUMS.items()]
    return "\n".join([head, "", *words, *map(_js_typedef, SHAPES), "", "export {};", ""])


def _js_typedef(name: str) -> str:
    lines = [SHAPES[name].summary, f"@typedef {{object}} {name}"]
    for shape in (*_ancestors(name), SHAPES[name]):
        for field, hint in shape.fields.items():
            shown = f"[{field}]" if shape.optional else field
            note = f" - {shape.notes[field]}" if field in shape.notes else ""
            lines.append(f"@property {{{_js(hint)}}} {shown}{note}")
    return "\n/**\n" + "".join(f" * {line}\n" for line in lines) + " */"


def markdown_shapes() -> str:
    """The shapes of http_api.md: a table each."""
    named = list(_reachable())
    sections = [f"`{name}` is one of {_plain_words(enum)}.\n" for enum, name in ENUMS.items()]
    return "\n".join([*sections, *(_section(name, named) for name in SHAPES if name in named)])


def _section(name: str, named: list[str]) -> str:
    shape = SHAPES[name]
    inherited = [base for base in shape.bases if base in named]
    also = "".join(f" It has the fields of [{base}](#{base.lower()}), and:" for base in inherited)
    rows = ""
    for part in (*(SHAPES[base] for base in _lineage(name) if not inherited), shape):
        for field, hint in part.fields.items():
            kind = f"{_plain(hint)}{', may be left out' if part.optional else ''}"
            rows += f"| `{field}` | {kind} | {part.notes.get(field, '')} |\n"
    return f"### {name}\n{shape.summary}{also}\n\n| field | type | meaning |\n| --- | --- | --- |\n{rows}"


def _lineage(name: str) -> Iterator[str]:
    """The names of what a shape extends, the farthest first."""
    for base in SHAPES[name].bases:
        yield from _lineage(base)
        yield base


def _ancestors(name: str) -> list[Shape]:
    return [SHAPES[base] for base in _lineage(name)]


def _reachable() -> Iterator[str]:
    """The names of the answers and of what they are made of."""
    seen: set[str] = set()
    left = list(ANSWERS)
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        for shape in (*_ancestors(name), SHAPES[name]):
            for hint in shape.fields.values():
                left += _shapes_in(hint)


def _shapes_in(hint: Any) -> list[str]:
    if _is_shape(hint):
        return [hint.__name__]
    return [name for part in typing.get_args(hint) for name in _shapes_in(part)]


def _js(hint: Any) -> str:
    """A type as JSDoc writes it."""
    return _written(
        hint,
        {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"},
        listed=lambda item: f"({item})[]" if "|" in item else f"{item}[]",
        pair=lambda items: f"[{', '.join(items)}]",
        mapped=lambda key, value: (
            f"Partial<Record<{key}, {value}>>" if key in ENUMS.values() else f"Record<{key}, {value}>"
        ),
        either=" | ".join,
    )


def _plain(hint: Any) -> str:
    """A type in words."""
    return _written(
        hint,
        {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"},
        listed=lambda item: f"list of {item}",
        pair=lambda items: f"[{', '.join(items)}]",
        mapped=lambda key, value: f"{value} by {key}",
        either=" or ".join,
        shape=lambda name: f"[{name}](#{name.lower()})",
    )


def _written(
    hint: Any,
    names: dict[Any, str],
    *,
    listed: Callable[[str], str],
    pair: Callable[[list[str]], str],
    mapped: Callable[[str, str], str],
    either: Callable[[list[str]], str],
    shape: Callable[[str], str] = str,
) -> str:
    """A type in some notation.

    Raises:
        TypeError: if the notation has nothing for it.
    """

    def write(hint: Any) -> str:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            return ENUMS.get(arguments[1]) or write(arguments[1])
        if origin is Literal:
            return either([f'"{value}"' for value in arguments])
        if origin in (typing.Union, types.UnionType):
            return either([write(part) for part in arguments])
        if origin is list:
            return listed(write(arguments[0]))
        if origin is tuple and arguments[-1] is ...:
            return listed(write(arguments[0]))
        if origin is tuple:
            return pair([write(part) for part in arguments])
        if origin is dict:
            return mapped(write(arguments[0]), write(arguments[1]))
        if _is_shape(hint):
            return shape(hint.__name__)
        if hint in names:
            return names[hint]
        raise TypeError(f"no notation for {hint!r}")

    return write(hint)


def _alternatives(enum: type[Enum]) -> str:
    return " | ".join(f'"{member.value}"' for member in enum)


def _plain_words(enum: type[Enum]) -> str:
    return ", ".join(f'"{member.value}"' for member in enum)
