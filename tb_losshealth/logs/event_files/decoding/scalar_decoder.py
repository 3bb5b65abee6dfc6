"""Records of event files -> columns of scalars, whole groups of alike records at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.logs.event_files.decoding.checksum import masked_crc32c
from tb_losshealth.logs.event_files.decoding.event_proto import SCALAR_PLUGINS, DecodeError, EventContents, read_event
from tb_losshealth.logs.event_files.decoding.framing import Records
from tb_losshealth.logs.event_files.decoding.template import LONGEST, Layout, Template, template_of
from tb_losshealth.logs.event_files.decoding.template_table import TemplateTable
from tb_losshealth.logs.event_files.decoding.window import Bodies, Window
from tb_losshealth.pairing.declarations import PLUGIN_NAME

_SMALLEST_GROUP = 16  # records; fewer are parsed one by one in less time than numpy takes to start
_FRUIT = 4  # records that a new template has to match to be worth its cost
_FRUITLESS_ROUNDS = 3  # after which the rest of a group is parsed one by one
_MOST_TEMPLATES = 50_000  # kept for all files together; some tens of megabytes
WRONG_BODY = "the record's body does not have the checksum stored with it; it was skipped"
NO_EVENT = "the record is no TensorBoard event; it was skipped"
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one tag in write order.

    Attributes:
        records: int64 [n], the index of the record that each comes from.
        steps: int64 [n].
        values: float64 [n].
        wall_times: float64 [n].
    """

    records: Indices
    steps: Steps
    values: Floats
    wall_times: Floats

    def __getitem__(self, index: slice | Indices) -> Rows:
        return Rows(self.records[index], self.steps[index], self.values[index], self.wall_times[index])


@dataclass(slots=True)
class Decoded:
    """What a stretch of records holds.

    Attributes:
        rows: by tag, in the order in which the tags first appear.
        purges: (record, step) of each SessionLog.START, ascending by record.
        declarations: contents of the pair-declaring summaries, in write order.
        faults: (record, reason), ascending by record.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    purges: list[tuple[int, int]] = field(default_factory=list)
    declarations: list[bytes] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


class ScalarDecoder:
    """Decodes records; remembers the templates it has met, so that the files of a logdir share them.

    Args:
        check_bodies: whether to skip, as a fault, records whose body has not the checksum stored with it.
    """

    def __init__(self, *, check_bodies: bool = False) -> None:
        self._check_bodies = check_bodies
        self._tables: dict[int, list[TemplateTable]] = {}
        self._templates = 0

    def decode(self, window: Window, records: Records, plugins: MutableMapping[str, str]) -> Decoded:
        """Decodes consecutive records.

        Args:
            window: holds the records.
            records: where they lie.
            plugins: for each tag with a tensor, the plugin that its first one named; new tags are added.
        """
        if self._templates > _MOST_TEMPLATES:
            self._tables.clear()
            self._templates = 0
        gathered = _Gathered()
        singles = np.arange(len(records.lengths))
        if len(singles) >= _SMALLEST_GROUP:
            groups = _groups(np.minimum(records.lengths, LONGEST + 1))
            rest = [self._match_group(window, records, *group, gathered) for group in groups]
            singles = np.sort(np.concatenate(rest))
        self._parse(window, records, singles, gathered)
        return gathered.decoded(plugins)

    def decode_event(self, event: bytes, plugins: MutableMapping[str, str]) -> Decoded:
        """Decodes a single event, as record 0.

        Raises:
            DecodeError: these bytes are no event.
        """
        gathered = _Gathered()
        gathered.add_event(0, read_event(event))
        return gathered.decoded(plugins)

    def _match_group(
        self, window: Window, records: Records, length: int, group: Indices, gathered: _Gathered
    ) -> Indices:
        """Decodes those records of one length that have a template, learning templates; returns the rest."""
        if len(group) < _SMALLEST_GROUP or length > LONGEST:
            return group
        tables = self._tables.setdefault(length, [])
        for table in tables:
            group = self._match(window, records, group, table, gathered)
        exemplars = 1
        fruitless = 0
        while len(group) >= _SMALLEST_GROUP and fruitless < _FRUITLESS_ROUNDS:
            picked = group[np.linspace(0, len(group) - 1, exemplars).astype(np.int64)]
            before = len(group)
            for table in self._learn(tables, {_body(window, records, record) for record in picked.tolist()}):
                group = self._match(window, records, group, table, gathered)
            fruitless = 0 if before - len(group) >= _FRUIT * exemplars else fruitless + 1
            exemplars = min(2 * exemplars, len(group))
        return group

    def _learn(self, tables: list[TemplateTable], events: set[bytes]) -> list[TemplateTable]:
        """Adds the templates of some events; returns the tables that gained."""
        learnt: list[TemplateTable] = []
        known = {table.layout: table for table in tables}
        for layout, templates in _by_layout(events).items():
            table = known.get(layout)
            if table is None:
                table = TemplateTable(layout)
                tables.append(table)
            table.add(templates)
            self._templates += len(templates)
            learnt.append(table)
        return learnt

    def _match(
        self, window: Window, records: Records, group: Indices, table: TemplateTable, gathered: _Gathered
    ) -> Indices:
        """Decodes those records of a group that fit the table; returns the rest."""
        if not len(group):
            return group
        bodies = _bodies(window, records, group)
        ids = table.match(bodies)
        fits = ids >= 0
        if self._check_bodies:
            damaged = fits & ~table.checksums_agree(bodies, ids)
            gathered.faults += [(record, WRONG_BODY) for record in group[damaged].tolist()]
            rest, fits = group[~fits], fits & ~damaged
        else:
            rest = group[~fits]
        if not fits.all():
            group, ids = group[fits], ids[fits]
            bodies = _bodies(window, records, group) if len(group) else bodies
        if len(group):
            gathered.add(table, group, ids, bodies)
        return rest

    def _parse(self, window: Window, records: Records, singles: Indices, gathered: _Gathered) -> None:
        for record in singles.tolist():
            body = _body(window, records, record)
            if self._check_bodies and not _checksum_agrees(window, records, record, body):
                gathered.faults.append((record, WRONG_BODY))
                continue
            try:
                gathered.add_event(record, read_event(body))
            except DecodeError:
                damaged = not _checksum_agrees(window, records, record, body)
                gathered.faults.append((record, WRONG_BODY if damaged else NO_EVENT))


class _Gathered:
    """What has been decoded so far, group by group, to be put in write order at the end.

    Whether a tensor counts is known only then: the tag's first event, of whatever group, names the plugin.
    """

    def __init__(self) -> None:
        self.faults: list[tuple[int, str]] = []
        self._purges: list[tuple[int, int]] = []
        self._parts: defaultdict[str, list[tuple[bool, Rows]]] = defaultdict(list)  # True for tensors
        self._singles: defaultdict[str, list[tuple[bool, int, int, float, float]]] = defaultdict(list)
        self._strings: list[tuple[str, tuple[bytes, ...]]] = []
        self._plugins: dict[str, tuple[int, str]] = {}

    def add(self, table: TemplateTable, records: Indices, ids: Indices, bodies: Bodies) -> None:
        steps, wall_times = table.steps(bodies), table.wall_times(bodies)
        columns = [
            Rows(records, steps, table.values(bodies, index), wall_times) for index in range(len(table.layout.values))
        ]
        for template, members in _by_template(table, ids):
            for column, tag, plugin in zip(columns, template.tags, template.plugins, strict=True):
                rows = column if members is None else column[members]
                self._parts[tag].append((plugin is not None, rows))
                if plugin is not None:
                    self._note_plugin(tag, int(rows.records[0]), plugin)

    def add_event(self, record: int, contents: EventContents) -> None:
        """Adds an event that was parsed on its own; records ascend."""
        for tag, step, value, wall_time, is_tensor in contents.scalars:
            self._singles[tag].append((is_tensor, record, step, value, wall_time))
        for tag, plugin in contents.plugins:
            self._note_plugin(tag, record, plugin)
        self._strings += contents.strings
        if contents.purge is not None:
            self._purges.append((record, contents.purge))
        self.faults += [(record, fault) for fault in contents.faults]

    def _note_plugin(self, tag: str, record: int, plugin: str) -> None:
        if tag not in self._plugins or record < self._plugins[tag][0]:
            self._plugins[tag] = record, plugin

    def decoded(self, plugins: MutableMapping[str, str]) -> Decoded:
        for tag, (_, plugin) in self._plugins.items():
            plugins.setdefault(tag, plugin)
        rows: dict[str, Rows] = {}
        for tag in {**self._parts, **self._singles}:
            tensors_count = plugins.get(tag, "") in SCALAR_PLUGINS
            parts = [part for is_tensor, part in self._parts.get(tag, ()) if tensors_count or not is_tensor]
            singles = [row[1:] for row in self._singles.get(tag, ()) if tensors_count or not row[0]]
            if singles:
                parts.append(_as_rows(singles))
            if parts:
                rows[tag] = _in_write_order(parts)
        return Decoded(
            rows=dict(sorted(rows.items(), key=lambda item: int(item[1].records[0]))),
            purges=self._purges,
            declarations=[
                string for tag, strings in self._strings if plugins[tag] == PLUGIN_NAME for string in strings
            ],
            faults=sorted(self.faults),
        )


def _as_rows(rows: list[tuple[int, int, float, float]]) -> Rows:
    records, steps, values, wall_times = zip(*rows, strict=True)
    return Rows(
        np.array(records, dtype=np.int64),
        np.array(steps, dtype=np.int64),
        np.array(values, dtype=np.float64),
        np.array(wall_times, dtype=np.float64),
    )


def _in_write_order(parts: list[Rows]) -> Rows:
    """Rows of one tag, from parts each of which is in order."""
    parts = sorted(parts, key=lambda part: int(part.records[0]))
    if len(parts) == 1:
        return parts[0]
    joined = Rows(
        np.concatenate([part.records for part in parts]),
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.wall_times for part in parts]),
    )
    if all(before.records[-1] < after.records[0] for before, after in pairwise(parts)):
        return joined
    return joined[np.argsort(joined.records, kind="stable")]  # stable: a tag twice in one event


def _by_template(table: TemplateTable, ids: Indices) -> Iterator[tuple[Template, Indices | None]]:
    """Each template that occurs and its members' indices, ascending; None for all."""
    if len(table.templates) == 1:
        yield table.templates[0], None
    else:
        for index, members in _groups(ids):
            yield table.templates[index], members


def _groups(keys: NDArray[np.int64]) -> Iterator[tuple[int, Indices]]:
    """Each key that occurs, none below 0, and the indices at which it does, ascending."""
    if not len(keys):
        return
    if (keys == keys[0]).all():
        yield int(keys[0]), np.arange(len(keys))
        return
    narrow = keys.astype(np.uint16) if keys.max() < 1 << 16 else keys
    order = np.argsort(narrow, kind="stable")  # a radix sort, for 16 bits
    ordered = keys[order]
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    for start, stop in pairwise([0, *changes.tolist(), len(keys)]):
        yield int(ordered[start]), order[start:stop]


def _by_layout(events: set[bytes]) -> dict[Layout, list[Template]]:
    """The distinct templates of those events that have one."""
    templates: dict[Layout, list[Template]] = {}
    for template in {template_of(event): None for event in events}:
        if template is not None:
            templates.setdefault(template.layout, []).append(template)
    return templates


def _bodies(window: Window, records: Records, group: Indices) -> Bodies:
    return Bodies(window, records.bodies[group], int(records.lengths[group[0]]))


def _body(window: Window, records: Records, record: int) -> bytes:
    start = int(records.bodies[record])
    return window.cut(start, start + int(records.lengths[record]))


def _checksum_agrees(window: Window, records: Records, record: int, body: bytes) -> bool:
    end = int(records.bodies[record] + records.lengths[record])
    return masked_crc32c(body) == int(window.uint32[end])
