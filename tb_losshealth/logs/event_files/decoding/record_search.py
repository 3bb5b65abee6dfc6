"""Sound records behind damage: found by their checksums, wherever they start.

Sound headers may lie in damage by the thousand, claim any length and overlap. So that a search stays linear in the
file's size, each stretch is looked through once, also while the file grows, and an `Effort` bounds what is checksummed.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BufferedIOBase

from tb_losshealth.logs.event_files.decoding.checksum import masked_crc32c, masked_crc32c_of_file
from tb_losshealth.logs.event_files.decoding.framing import FRAME_BYTES, HEADER_BYTES, next_header, sound_headers
from tb_losshealth.logs.event_files.decoding.window import Window, read_at

_FIRST_PIECE = 1 << 16  # bytes searched at once; damage is mostly short
_LARGEST_PIECE = 1 << 20  # bytes; pieces grow up to here in long damage
_SHORT = 512  # bytes; a record of a few scalars is no longer
_MOST_IN_VAIN = 4  # bytes checksummed in vain per byte of the file, so that a search stays linear in its size
_MOST_PENDING = 4096  # records kept that are not whole yet; in damage, most of them are not real
_BLANK = bytes(32)  # a stretch of zeros too long to occur in scalar events
_EDGE = 1 << 16  # bytes searched for zeros at either end of a stretch; several pages of any file system


@dataclass
class Effort:
    """How many bytes of one file were checksummed in vain: those of bodies that turned out not to be sound.

    Where it is used up, the search goes on, but only for bodies that are short enough to cost next to nothing.
    """

    spent: int = 0

    def finds_sound(self, file: BufferedIOBase, window: Window, start: int, length: int, size: int) -> bool:
        """Whether the body at `start` in a file of `size` bytes is sound; False as well where that costs too much.

        Raises:
            OSError: as the file does.
        """
        if length > _SHORT and self.spent + length > _MOST_IN_VAIN * size:
            return False
        sound = is_body_sound(file, window, start, length)
        self.spent += 0 if sound else length
        return sound


class RecordSearch:
    """The search for the first whole record with a sound header and a sound body, from `begin` on."""

    def __init__(self, begin: int) -> None:
        self._next = begin  # headers that start before have been found
        self._pending: list[tuple[int, int]] = []  # where records end that are not whole yet, and where they start

    @property
    def none_before(self) -> int:
        """No record starts before this offset, however the file grows."""
        return min((start for _, start in self._pending), default=self._next)

    def find(self, file: BufferedIOBase, window: Window, size: int, effort: Effort) -> int | None:
        """Where the record starts; None if the first `size` bytes have none. Goes on where it ended the last time.

        Args:
            file: opened for reading.
            window: holds bytes of this file, if any.
            size: of the file, in bytes.
            effort: what was spent on this file so far.

        Raises:
            OSError: as the file does.
        """
        found = self._first_sound(file, window, size, effort)
        reach = _FIRST_PIECE
        while found is None and self._next + HEADER_BYTES <= size:
            window.fill(file, self._next, min(size - self._next, reach))
            if window.size < HEADER_BYTES:  # the file is shrinking at this moment
                return None
            stop = window.size - HEADER_BYTES + 1
            headers = sound_headers(window, 0, stop)
            ends = headers + window.offset + FRAME_BYTES + window.uint32[headers]
            self._pending += zip(ends.tolist(), (headers + window.offset).tolist(), strict=True)
            self._next += stop
            found = self._first_sound(file, window, size, effort)
            reach = min(4 * reach, _LARGEST_PIECE)
        return found

    def _first_sound(self, file: BufferedIOBase, window: Window, size: int, effort: Effort) -> int | None:
        """Takes the whole records out of the pending ones; returns the start of the first that is sound."""
        whole = sorted((start, end) for end, start in self._pending if end <= size)
        # The one that is whole soonest is the likeliest to be real.
        self._pending = sorted(record for record in self._pending if record[0] > size)[:_MOST_PENDING]
        for start, end in whole:
            if effort.finds_sound(file, window, start + HEADER_BYTES, end - start - FRAME_BYTES, size):
                return start
        return None


def find_header(file: BufferedIOBase, window: Window, begin: int, size: int) -> int | None:
    """Where the first sound header at or after `begin` starts; None if the first `size` bytes have none.

    Raises:
        OSError: as the file does.
    """
    reach = _FIRST_PIECE
    while begin + HEADER_BYTES <= size:
        window.fill(file, begin, min(size - begin, reach))
        found = next_header(window, 0)
        if found is not None:
            return begin + found
        if window.size < HEADER_BYTES:  # the file is shrinking at this moment
            return None
        begin += window.size - HEADER_BYTES + 1
        reach = min(4 * reach, _LARGEST_PIECE)
    return None


def is_body_sound(file: BufferedIOBase, window: Window, start: int, length: int) -> bool:
    """Whether a body has the checksum that is stored behind it; read from the file if the window has not all of it.

    Raises:
        OSError: as the file does.
    """
    begin = start - window.offset
    stop = begin + length
    if begin >= 0 and stop + 4 <= window.size:
        return masked_crc32c(window.cut(begin, stop)) == int(window.uint32[stop])
    return masked_crc32c_of_file(file, start, length) == int.from_bytes(read_at(file, start + length, 4), "little")


def blanks(file: BufferedIOBase, start: int, stop: int) -> set[int]:
    """Where zeros lie near the edges of a stretch: perhaps pages that a file system has not written yet.

    Raises:
        OSError: as the file does.
    """
    size = min(stop - start, _EDGE)
    first = read_at(file, start, size).find(_BLANK)
    last = read_at(file, stop - size, size).rfind(_BLANK)
    return {offset for offset, found in ((start + first, first), (stop - size + last, last)) if found >= 0}


def is_blank(file: BufferedIOBase, offset: int) -> bool:
    """Whether there are still zeros at a place that `blanks` found.

    Raises:
        OSError: as the file does.
    """
    return read_at(file, offset, len(_BLANK)) == _BLANK
