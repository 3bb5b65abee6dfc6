"""Write what documents and page repeat of the code: tables of verdicts and flags, and the API's shapes.

Usage: python docs/generate.py

In a document, the lines between `<!-- generated: NAME -->` and `<!-- end -->` are written here; a test checks that they
are current.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from api_shapes import js_types, markdown_shapes

from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS, VerdictEntry

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=<!-- generated: )(\w+) -->\n.*?(?=<!-- end -->)", re.DOTALL)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verdict_table(entries: Mapping[str, VerdictEntry]) -> str:
    """What each verdict means and what to do, worst first."""
    rows = (
        (f"{entry.sign} {entry.title}", f"`{name}`", entry.meaning, entry.advice) for name, entry in entries.items()
    )
    return table(("verdict", "name", "what the curves show", "what to do"), rows)


def flag_table() -> str:
    """What each flag means and what to do."""
    rows = ((entry.title, f"`{name}`", entry.meaning, entry.advice) for name, entry in FLAGS.items())
    return table(("flag", "name", "what it means", "what to do"), rows)


def source_table() -> str:
    """Who says what the tables say."""
    cited = [(entry.title, entry.sources) for entry in (*VERDICTS.values(), *FLAGS.values()) if entry.sources]
    return table(("verdict or flag", "sources"), ((title, "; ".join(sources)) for title, sources in cited))


GENERATED: Mapping[str, Callable[[], str]] = {
    "verdicts": lambda: verdict_table(VERDICTS),
    "train_alone": lambda: verdict_table(TRAIN_ALONE),
    "flags": flag_table,
    "sources": source_table,
    "shapes": markdown_shapes,
}
"""What writes each block."""


def filled(text: str) -> str:
    """A document with its blocks written anew."""
    return BLOCK.sub(lambda block: f"{block[1]} -->\n\n{GENERATED[block[1]]()}\n", text)


def files() -> dict[Path, str]:
    """The files that hold something generated, as they should be."""
    documents = (ROOT / "docs/verdicts.md", ROOT / "tb_losshealth/plugin/http_api.md")
    return {
        **{path: filled(path.read_text(encoding="utf-8")) for path in documents},
        ROOT / "frontend/src/types.js": js_types(),
    }


def main() -> None:
    """Write the files."""
    for path, content in files().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
