"""Which folders TensorBoard was started on."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tensorboard.plugins import base_plugin


@dataclass(frozen=True, slots=True)
class WatchedLogdir:
    """What to read.

    Attributes:
        root: `--logdir`; empty under `--logdir_spec` or without either.
        spec: run name prefix to folder, from `--logdir_spec`; None without it.
        shown: what the person wrote.
        config: `--losshealth_config`; None without it.
    """

    root: str
    spec: Mapping[str, str] | None = None
    shown: str = ""
    config: str | None = None

    @property
    def given(self) -> bool:
        """Whether TensorBoard was given anything to read."""
        return bool(self.root or self.spec)

    @property
    def place(self) -> str | Mapping[str, str]:
        """What a `Scanner` takes."""
        return self.spec or self.root

    @property
    def missing(self) -> bool:
        """Whether nothing is there; of URLs it is not known."""
        places = list(self.spec.values()) if self.spec else [self.root]
        return not any("://" in place or os.path.exists(place) or glob.glob(place) for place in places)


def watched_logdir(context: base_plugin.TBContext) -> WatchedLogdir:
    """The logdir of a TensorBoard, whose context may lack any field."""
    spec_flag = getattr(context.flags, "logdir_spec", "") or ""
    config = os.path.expanduser(getattr(context.flags, "losshealth_config", "") or "") or None
    if context.logdir:
        return WatchedLogdir(root=os.path.expanduser(context.logdir), shown=context.logdir, config=config)
    spec = parse_logdir_spec(spec_flag)
    return WatchedLogdir(root="", spec=spec or None, shown=spec_flag, config=config)


def parse_logdir_spec(spec: str) -> dict[str, str]:
    """`name1:path1,name2:path2` as run name prefix to folder; names may be left out.

    The rules are TensorBoard's own: a URL's or a Windows drive's colon and that of an absolute path separate no name.
    """
    folders: dict[str, str] = {}
    for part in filter(None, spec.split(",")):
        is_path = re.match(r"[a-zA-Z][0-9a-zA-Z.]*://", part) or part.startswith("/") or os.path.splitdrive(part)[0]
        name, path = ("", part) if is_path or ":" not in part else part.split(":", 1)
        if "://" not in path:
            path = os.path.realpath(os.path.expanduser(path))
        while name in folders:
            name = f"{name}/{os.path.basename(path)}".lstrip("/")
        folders[name] = path
    return folders
