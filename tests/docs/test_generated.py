"""What docs repeat of the code is what the code says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from tb_losshealth.health.answer.verdicts import VERDICTS

ROOT = Path(__file__).resolve().parents[2]
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "docs")
    FILES: dict[Path, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["files"]()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_generated_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == FILES[path], "run python docs/generate.py"


def test_the_readme_lists_the_verdicts_by_their_names() -> None:
    text = re.sub(r"\s+", " ", (ROOT / "README.md").read_text(encoding="utf-8"))
    *most, last = (f"*{entry.words}*" for entry in VERDICTS.values())
    assert f"{', '.join(most)} or {last}" in text
