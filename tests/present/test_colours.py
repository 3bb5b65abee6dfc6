"""The page's style sheet has the colours of the tables in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS
from tb_losshealth.present import colours

CSS = (Path(__file__).resolve().parents[2] / "frontend/src/style/theme.css").read_text(encoding="utf-8")


def variables(theme: str) -> dict[str, str]:
    (block,) = re.findall(rf"^{re.escape(theme)} {{\n(.*?)^}}", CSS, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block))


@pytest.mark.parametrize(("theme", "field"), [(":root", "light"), (":root.dark", "dark")])
def test_verdicts(theme: str, field: str) -> None:
    known = variables(theme)
    shown = dict(re.findall(r'\[data-verdict="(\w+)"\] { --verdict: var\(--([\w-]+)\); }', CSS))
    expected = {**VERDICTS, **{f"alone_{name}": entry for name, entry in TRAIN_ALONE.items()}}
    assert {name: known[variable] for name, variable in shown.items()} == {
        name: getattr(entry.colours, field) for name, entry in expected.items()
    }


def test_curves_and_marks() -> None:
    page = variables(":root")
    drawn = {"train": colours.TRAIN, "val": colours.VALIDATION, "test": colours.TEST, "gap": colours.GAP}
    drawn["onset"] = colours.ONSET
    assert {name: page[name] for name in drawn} == drawn
