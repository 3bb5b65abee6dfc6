"""What one event file holds so far, by tag."""

from __future__ import annotations

import numpy as np

from tb_losshealth.logs.columns import Columns
from tb_losshealth.logs.event_files.decoding.scalar_decoder import Decoded


class FileContents:
    """Scalars, purges and declarations of one file.

    Attributes:
        columns: rows of each scalar tag.
        purges: by tag, (row, step): a training went on from `step`, which voids the tag's rows in this file
            before `row` whose step is not less.
        purged_before: the smallest step of all purges, for what other files hold from before; None without any.
        plugins: the plugin that the first tensor of each tag named, "" without metadata.
        declarations: contents of the pair-declaring summaries.
    """

    def __init__(self) -> None:
        self.columns: dict[str, Columns] = {}
        self.purges: dict[str, list[tuple[int, int]]] = {}
        self.purged_before: int | None = None
        self.plugins: dict[str, str] = {}
        self.declarations: list[bytes] = []

    def add(self, decoded: Decoded, *, more: float = 0.0) -> set[str]:
        """Adds what follows.

        Args:
            decoded: from the records after those added before.
            more: how many times as much will follow soon; `trim` the columns once it has.

        Returns:
            The tags that changed.
        """
        changed = set(decoded.rows)
        if decoded.purges:
            changed.update(self.columns)
            self._add_purges(decoded)
        for tag, rows in decoded.rows.items():
            columns = self.columns.setdefault(tag, Columns())
            columns.append(rows.steps, rows.values, rows.wall_times, expected=int(more * len(rows.steps)))
        self.declarations += decoded.declarations
        return changed

    def trim(self, tags: set[str]) -> None:
        """Gives back room in the columns of these tags."""
        for tag in tags & self.columns.keys():
            self.columns[tag].trim()

    def _add_purges(self, decoded: Decoded) -> None:
        records = np.array([record for record, _ in decoded.purges], dtype=np.int64)
        steps = [step for _, step in decoded.purges]
        known = [] if self.purged_before is None else [self.purged_before]
        self.purged_before = min(steps + known)
        for tag in {**self.columns, **decoded.rows}:
            before = len(self.columns.get(tag, ()))
            rows = decoded.rows.get(tag)
            places = before + (np.searchsorted(rows.records, records) if rows else np.zeros_like(records))
            purges = self.purges.setdefault(tag, [])
            for place, step in zip(places.tolist(), steps, strict=True):
                if purges and purges[-1][0] == place:
                    purges[-1] = place, min(step, purges[-1][1])
                elif place:
                    purges.append((place, step))
