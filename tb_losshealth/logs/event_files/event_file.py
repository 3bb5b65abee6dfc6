"""One event file, read as it grows, around any damage in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BufferedIOBase

from tb_losshealth.logs.event_files.decoding.event_proto import DecodeError
from tb_losshealth.logs.event_files.decoding.framing import FRAME_BYTES, HEADER_BYTES, Framer, Records, Stop, is_header
from tb_losshealth.logs.event_files.decoding.large_record import LARGE, Unreadable, without_large_parts
from tb_losshealth.logs.event_files.decoding.record_search import (
    Effort,
    RecordSearch,
    blanks,
    find_header,
    is_blank,
    is_body_sound,
)
from tb_losshealth.logs.event_files.decoding.scalar_decoder import NO_EVENT, WRONG_BODY, ScalarDecoder
from tb_losshealth.logs.event_files.decoding.window import Window, read_at
from tb_losshealth.logs.event_files.file_contents import FileContents
from tb_losshealth.logs.problems import ReadProblem

_WINDOW = 1 << 22  # bytes
_SHORT_WINDOW = 1 << 18  # bytes; among large records and damage more would be read in vain
_TAIL = 64  # bytes before the offset, by which a file is known again
_LARGEST_EVENT = 1 << 31  # bytes; protobuf allows no larger message
_MOST_PROBLEMS = 100  # reported one by one; nobody reads more, the others are counted
_MOST_DAMAGES = 1000  # places skipped; a file with more of them is no event file, and searching it would take long
_MOST_HOLES = 100  # stretches of zeros looked at again on every read
WRONG_HEADER = "the record's header does not have the checksum stored with it"
NO_EVENT_FILE = "this is no event file: it does not begin with a record"
WRONG_LENGTH = "the record's header claims a wrong length"


class EventReader:
    """What the files of a logdir share: a buffer, known record lengths and templates. For one thread.

    Args:
        check_bodies: whether records are skipped whose body has not the checksum stored with it.
        window: bytes to be read at once.
    """

    def __init__(self, *, check_bodies: bool = False, window: int = _WINDOW) -> None:
        self.check_bodies = check_bodies
        self.framer = Framer()
        self.decoder = ScalarDecoder(check_bodies=check_bodies)
        self.window = Window(window)
        self.large = min(LARGE, window - FRAME_BYTES)


class EventFile:
    """What has been read of one event file.

    Attributes:
        path: for the problems.
        contents: what the file holds. A new object where the file turns out to be another one than before.
        offset: what comes before it in the file has been dealt with.
    """

    _searched: int  # up to here no record follows the one at `offset`, which is damaged or not yet whole
    _searched_blanks: set[int]  # where zeros were on the way
    _search: RecordSearch | None

    def __init__(self, path: str, reader: EventReader) -> None:
        self.path = path
        self._reader = reader
        self.forget()

    def forget(self) -> None:
        """Back to the state before the first read."""
        self.contents = FileContents()
        self.offset = self._tail_end = 0
        self._tail = b""  # the last bytes before `_tail_end`
        self._short_window = False
        self._faults: dict[int, str] = {}  # by offset
        self._unlisted = 0
        self._damages = 0
        self._effort = Effort()
        self._holes: set[int] = set()  # where skipped bytes were zeros
        self._size = 0
        self._leave_search()

    @property
    def problems(self) -> list[ReadProblem]:
        """What could not be read so far."""
        problems = [ReadProblem(self.path, offset, reason) for offset, reason in sorted(self._faults.items())]
        if self._unlisted:
            problems.append(ReadProblem(self.path, None, f"{self._unlisted} further records could not be read"))
        return problems

    def read(self, file: BufferedIOBase, advance: Callable[[int], None] = lambda count: None) -> bool:
        """Reads what was appended; all of it if the file is not the one known so far.

        Args:
            file: opened for reading.
            advance: called piece by piece with the number of bytes that were dealt with.

        Returns:
            Whether `contents` changed.

        Raises:
            OSError: as the file does.
        """
        size = file.seek(0, os.SEEK_END)
        if size < self._size:
            self._leave_search()
        replaced = not self._continues(file, size)
        if replaced:
            self.forget()
        self._size = size
        if self._damages >= _MOST_DAMAGES:
            return False
        self._faults.pop(self.offset, None)  # what could not be read may have been zeros not yet written
        changed: set[str] = set()
        declarations = len(self.contents.declarations)
        start = self.offset
        while self.offset < size and self._read_stretch(file, size, changed):
            advance(self.offset - start)
            start = self.offset
        self.contents.trim(changed)
        if self.offset != self._tail_end:
            self._tail = read_at(file, max(self.offset - _TAIL, 0), min(self.offset, _TAIL))
            self._tail_end = self.offset
        return replaced or bool(changed) or len(self.contents.declarations) > declarations

    def _continues(self, file: BufferedIOBase, size: int) -> bool:
        """Whether the file still holds what was read before."""
        if size < self.offset or read_at(file, self._tail_end - len(self._tail), len(self._tail)) != self._tail:
            return False
        return all(is_blank(file, hole) for hole in self._holes)  # pages may be written later than those behind them

    def _read_stretch(self, file: BufferedIOBase, size: int, changed: set[str]) -> bool:
        """Deals with what comes next; returns whether there may be more to do."""
        window = self._reader.window
        reach = _SHORT_WINDOW if self._short_window else window.capacity
        window.fill(file, self.offset, min(size - self.offset, reach))
        records = self._reader.framer.records(window)
        reason = WRONG_HEADER
        if records.stop is Stop.CORRUPT and records.lengths.size:
            body, length = window.offset + int(records.bodies[-1]), int(records.lengths[-1])
            if not is_body_sound(file, window, body, length):
                records = records.but_last()
                reason = WRONG_LENGTH
        if records.lengths.size:
            self._add(records, size, changed)
        if records.stop is Stop.CORRUPT:
            return self._skip_damage(file, size, reason)
        if records.stop is Stop.PARTIAL and window.size - records.end >= HEADER_BYTES:
            return self._read_partial(file, size, int(window.uint64[records.end]), changed)
        return records.end > 0

    def _add(self, records: Records, size: int, changed: set[str]) -> None:
        decoded = self._reader.decoder.decode(self._reader.window, records, self.contents.plugins)
        changed |= self.contents.add(decoded, more=(size - self.offset) / records.end - 1)
        for record, fault in decoded.faults:
            self._note(self.offset + int(records.bodies[record]) - HEADER_BYTES, fault)
        self._short_window = bool(records.lengths.max() > LARGE)
        self._go_to(self.offset + records.end)

    def _read_partial(self, file: BufferedIOBase, size: int, length: int, changed: set[str]) -> bool:
        """Deals with the record at `offset`, of which the window holds the header, but not all."""
        following = self.offset + FRAME_BYTES + length
        if following > size:
            if length >= _LARGEST_EVENT:
                return self._skip_damage(file, size, WRONG_LENGTH)
            return self._await(file, size)
        if length <= self._reader.large:
            return True  # the next window begins with it and holds it all
        body = self.offset + HEADER_BYTES
        leads_on = following + HEADER_BYTES > size or is_header(read_at(file, following, HEADER_BYTES))
        window = self._reader.window
        if not leads_on and not self._effort.finds_sound(file, window, body, length, size):
            return self._skip_damage(file, size, WRONG_LENGTH)
        if not leads_on or not self._reader.check_bodies or is_body_sound(file, window, body, length):
            try:
                event = without_large_parts(file, body, following - 4)
                changed |= self.contents.add(self._reader.decoder.decode_event(event, self.contents.plugins))
            except (Unreadable, DecodeError):
                self._note(self.offset, NO_EVENT)
        else:
            self._note(self.offset, WRONG_BODY)
        self._short_window = True
        self._go_to(following)
        return True

    def _await(self, file: BufferedIOBase, size: int) -> bool:
        """Leaves a record for later that is not all there yet, unless others follow it already."""
        if self._search is None:
            self._search = RecordSearch(max(self._searched, self.offset + HEADER_BYTES))
        found = self._search.find(file, self._reader.window, size, self._effort)
        self._searched = self._search.none_before
        self._short_window = True
        return found is not None and self._pass_over(file, found, WRONG_LENGTH)

    def _skip_damage(self, file: BufferedIOBase, size: int, reason: str) -> bool:
        """Goes on to the next sound header after `offset`, if there is one."""
        if not all(is_blank(file, place) for place in self._searched_blanks):
            self._leave_search()
        begin = max(self._searched, self.offset + 1)
        found = find_header(file, self._reader.window, begin, size)
        if found is not None:
            return self._pass_over(file, found, reason)
        self._searched = max(begin, size - HEADER_BYTES + 1)
        self._searched_blanks = blanks(file, self.offset, size)
        self._note(self.offset, f"{reason}; nothing from here on was read" if self.offset else NO_EVENT_FILE)
        return False

    def _pass_over(self, file: BufferedIOBase, found: int, reason: str) -> bool:
        self._damages += 1
        if self._damages == _MOST_DAMAGES:
            self._faults[self.offset] = f"{reason}; after {_MOST_DAMAGES:,} such places, nothing from here on was read"
            return False
        self._note(self.offset, f"{reason}; {found - self.offset} bytes were skipped")
        if len(self._holes) < _MOST_HOLES:
            self._holes |= blanks(file, self.offset, found)
        self._short_window = True
        self._go_to(found)
        return True

    def _go_to(self, offset: int) -> None:
        self.offset = offset
        self._leave_search()

    def _leave_search(self) -> None:
        self._searched = 0
        self._searched_blanks = set()
        self._search = None

    def _note(self, offset: int, reason: str) -> None:
        if len(self._faults) < _MOST_PROBLEMS:
            self._faults[offset] = reason
        else:
            self._unlisted += 1
