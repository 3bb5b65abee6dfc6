"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tb_losshealth.cli.errors import CommandError
from tb_losshealth.cli.output import binary_output, text_output


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    with text_output(str(target)) as file:
        file.write("häl\ud800f")
        file.flush()
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "häl\\ud800f"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    target.write_text("before")

    def fail_midway() -> None:
        with binary_output(str(target)) as file:
            file.write(b"after")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "x.txt", tmp_path / "link.txt"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    with binary_output(str(link)) as file:
        file.write(b"after")
    assert link.is_symlink()
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("after", 0o640)
    mask = os.umask(0o027)
    try:
        with binary_output(str(tmp_path / "new.txt")) as file:
            file.write(b"new")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o640


def test_a_device_is_written_to_and_a_folder_refused(tmp_path: Path) -> None:
    with binary_output(os.devnull) as file:
        file.write(b"gone")
    with pytest.raises(CommandError, match="it is a folder"), binary_output(str(tmp_path)):
        pass
