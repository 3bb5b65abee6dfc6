"""Who may import whom: data flows one way, and no circle hides in a function or behind TYPE_CHECKING."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tb_losshealth

ROOT = Path(tb_losshealth.__path__[0])

# What each room may import of ours (itself always), from the bottom up; modules at the top of the package stand alone.
ALLOWED = {
    "health": set(),
    "pairing": {"health"},
    "logs": {"pairing", "health"},
    "reports": {"logs", "pairing", "health"},
    "pair_diagnosis": {"pairing", "health"},
    "present": {"reports", "logs", "pairing", "health"},
    "parallel": set(),
    "pair_judge": {"reports", "pair_diagnosis", "logs", "pairing", "health"},
    "batches": {"pair_judge", "parallel", "reports", "logs", "pairing", "health"},
    "scanner": {"batches", "pair_judge", "reports", "logs", "pairing"},
    "python_api": {"scanner", "present", "reports", "logs"},
    "live": {"pair_diagnosis", "pairing", "health"},
    "writer": {"live", "pairing", "health"},
    "callbacks": {"writer", "live", "pairing", "health"},
    "plugin": {"scanner", "pair_judge", "pair_diagnosis", "reports", "present", "logs", "pairing", "health"},
    "cli": {"scanner", "batches", "parallel", "pair_diagnosis", "reports", "present", "logs", "pairing", "health"},
    "__main__": {"cli"},
}

# The documented import paths of the framework files, `tb_losshealth.writer.lightning` and its like: each only hands
# out what a file of `callbacks` holds, and nothing in `writer` imports them, so they belong to that room.
IN_ANOTHER_ROOM = {
    f"tb_losshealth.writer.{framework}": "callbacks" for framework in ("lightning", "transformers", "keras", "ignite")
}


def module_of(path: Path) -> str:
    return ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted(ROOT.rglob("*.py"))}


def room_of(module: str) -> str:
    return IN_ANOTHER_ROOM.get(module) or (module.split(".")[1] if "." in module else "")


def imports_of(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file that stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the whole name"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (names & MODULES.keys()) or {node.module or ""}
    return found


def ours_of(module: str) -> set[str]:
    return imports_of(MODULES[module]) & MODULES.keys()


def circle_in(imports: Mapping[str, Set[str]]) -> list[str]:
    """The modules of one circle, each importing the next; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_circle_between_files() -> None:
    assert circle_in({module: ours_of(module) for module in MODULES}) == []


def test_a_circle_is_found_and_named() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}}) in (
        ["b", "c", "d", "b"],
        ["c", "d", "b", "c"],
        ["d", "b", "c", "d"],
    )
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_the_rooms_are_listed_from_the_bottom_up() -> None:
    rooms = list(ALLOWED)
    assert not {(room, below) for at, room in enumerate(rooms) for below in ALLOWED[room] - set(rooms[:at])}


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module)])
def test_a_room_imports_only_the_rooms_below_it(module: str) -> None:
    rooms = {room_of(other) for other in ours_of(module)}
    assert rooms - {room_of(module), ""} <= ALLOWED[room_of(module)]


@pytest.mark.parametrize("path", sorted((ROOT / "health").rglob("*.py")), ids=lambda path: path.name)
def test_health_needs_numpy_alone(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports_of(path)} - {"numpy", "tb_losshealth"}
    assert foreign <= set(__import__("sys").stdlib_module_names)


@pytest.mark.parametrize("room", [room for room in ALLOWED if room not in ("writer", "callbacks")])
def test_viewer_and_cli_never_import_torch(room: str) -> None:
    paths = [path for module, path in MODULES.items() if room_of(module) == room]
    assert paths
    for path in paths:
        assert not {name.split(".")[0] for name in imports_of(path)} & {"torch", "tensorflow"}, path
