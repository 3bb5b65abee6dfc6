"""The overview as bytes: rows encoded once, only what changed on the wire, pages for large logs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tb_losshealth.plugin import parameters
from tb_losshealth.plugin.service import Snapshot
from tb_losshealth.present import api_types as api
from tb_losshealth.present import rows
from tb_losshealth.present.encoding import encode
from tb_losshealth.present.glossary import GLOSSARY
from tb_losshealth.present.overview import log_facts
from tb_losshealth.reports import EMPTY_RESULT

MAX_PAGE = 2000
"""Rows in an answer: some 1 MB."""
MAX_REMEMBERED = 10_000
"""Removals that are remembered; a page that was away for longer reads everything anew."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One encoded row, with the version since which it is as it is."""

    source: Any
    encoded: bytes
    since: int


class Overview:
    """Answers `overview` from snapshots; any number of threads may ask.

    Args:
        logdir: as the person named it.
    """

    def __init__(self, logdir: str) -> None:
        self._logdir = logdir
        self._lock = threading.Lock()
        self._version = -1
        self._oldest = -1
        self._pairs: dict[str, _Row] = {}
        self._train_only: dict[str, _Row] = {}
        self._removed: dict[str, int] = {}
        self._facts = log_facts(EMPTY_RESULT, ())

    def answer(self, snapshot: Snapshot, query: Mapping[str, str]) -> bytes:
        """The JSON of one page.

        Raises:
            BadParameter: for a parameter that cannot be used.
        """
        since = parameters.integer(query, "since", 0, 2**53)
        limit = parameters.integer(query, "limit", 1, MAX_PAGE)
        after = query.get("after")
        with_sparks = parameters.integer(query, "spark", 0, 1) != 0
        with self._lock:
            self._take_in(snapshot)
            if since is not None and not self._oldest <= since <= self._version:
                since = None
            if after is not None and after not in self._pairs:
                raise parameters.BadParameter(
                    f"parameter 'after' names no pair: {after[:40]!r}; begin again without it"
                )
            chosen, following = _page(self._pairs, since, after, limit)
            alone = [row for row in self._train_only.values() if since is None or row.since > since]
            removed = [name for name, version in self._removed.items() if since is not None and version > since]
            facts = self._facts
        head: api.OverviewHead = {
            "state": snapshot.state,
            "logdir": self._logdir,
            "version": snapshot.version,
            "since": since,
            "read_at": snapshot.read_at,
            "progress": asdict(snapshot.progress) if snapshot.progress else None,
            "next": following,
            "removed": removed,
            "glossary": GLOSSARY if since is None and after is None else None,
            **facts,
        }
        pair_rows = [_with_spark(row) if with_sparks else row.encoded for row in chosen]
        alone_rows = [row.encoded for row in alone] if after is None else []
        lists = b'"pairs":[%s],"train_only":[%s]' % (b",".join(pair_rows), b",".join(alone_rows))
        return encode(head)[:-1] + b"," + lists + b"}"

    def _take_in(self, snapshot: Snapshot) -> None:
        if snapshot.version <= self._version:
            return
        version = snapshot.version
        if self._oldest < 0:
            self._oldest = version
        old = self._pairs
        pairs = {r.id: _row(old.get(r.id), r, rows.pair_facts, version) for r in snapshot.result}
        old = self._train_only
        alone = {r.id: _row(old.get(r.id), r, rows.train_only_row, version) for r in snapshot.result.train_only}
        for name in (self._pairs.keys() - pairs.keys()) | (self._train_only.keys() - alone.keys()):
            self._removed[name] = version
        self._pairs, self._train_only = pairs, alone
        for name in self._removed.keys() & (pairs.keys() | alone.keys()):
            del self._removed[name]
        if len(self._removed) > MAX_REMEMBERED:
            self._removed.clear()
            self._oldest = version
        self._facts = log_facts(snapshot.result, snapshot.result)
        self._version = version


def _row(known: _Row | None, source: Any, make: Any, version: int) -> _Row:
    if known is not None and known.source is source:
        return known
    encoded = encode(make(source))
    if known is not None and known.encoded == encoded:
        return _Row(source, encoded, known.since)
    return _Row(source, encoded, version)


def _with_spark(row: _Row) -> bytes:
    return row.encoded[:-1] + b',"spark":' + encode(rows.spark(row.source)) + b"}"


def _page(
    table: Mapping[str, _Row], since: int | None, after: str | None, limit: int | None
) -> tuple[list[_Row], str | None]:
    """Rows that changed after `since`, from the one behind `after` on, and the name to go on from if there are more."""
    names = list(table)
    start = names.index(after) + 1 if after is not None else 0
    changed = [name for name in names[start:] if since is None or table[name].since > since]
    chosen = changed[:limit]
    return [table[name] for name in chosen], chosen[-1] if len(chosen) < len(changed) else None
