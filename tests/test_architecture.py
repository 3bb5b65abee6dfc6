"""Who may import whom: data flows one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tb_losshealth

ROOT = Path(tb_losshealth.__path__[0])

# What each room may import of ours (itself always); modules at the top of the package stand alone.
ALLOWED = {
    "health": set(),
    "pairing": {"logs", "health"},
    "logs": {"pairing", "health"},
    # Reports show themselves (in a notebook, as a figure), by methods that import what draws them when called.
    "reports": {"present", "logs", "pairing", "health"},
    "present": {"reports", "logs", "pairing", "health"},
    "scanner": {"logs", "pairing", "reports", "health"},
    "distribute": {"scanner", "logs", "pairing", "reports", "present", "health"},
    "writer": {"callbacks", "scanner", "reports", "pairing", "health"},
    "callbacks": {"writer", "pairing", "health"},
    "plugin": {"scanner", "reports", "present", "logs", "pairing", "health"},
    "cli": {"distribute", "scanner", "reports", "present", "logs", "pairing", "health"},
    "__main__": {"cli"},
}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the whole name"
            found.add(node.module or "")
    return found


MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    ours = {room_of(name) for name in imports_of(path) if name.split(".")[0] == "tb_losshealth"}
    assert ours - {room, ""} <= ALLOWED[room]


@pytest.mark.parametrize("path", sorted((ROOT / "health").rglob("*.py")), ids=lambda path: path.name)
def test_health_needs_numpy_alone(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports_of(path)} - {"numpy", "tb_losshealth"}
    assert foreign <= set(__import__("sys").stdlib_module_names)


@pytest.mark.parametrize("room", [room for room in ALLOWED if room not in ("writer", "callbacks")])
def test_viewer_and_cli_never_import_torch(room: str) -> None:
    module = ROOT / f"{room}.py"
    paths = [module] if module.exists() else list((ROOT / room).rglob("*.py"))
    assert paths
    for path in paths:
        assert not {name.split(".")[0] for name in imports_of(path)} & {"torch", "tensorflow"}, path
