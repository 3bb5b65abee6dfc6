"""Where the records of a TFRecord file lie: length (8 bytes), its checksum (4), body, the body's checksum (4).

Trainings log in cycles, so record lengths are mostly periodic. A few records are walked one by one; if their lengths
repeat, the headers that must follow are checked all at once, until one is not as foreseen.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.logs.event_files.decoding.checksum import contribution, crc32c, mask_many, masked_crc32c
from tb_losshealth.logs.event_files.decoding.window import Window

HEADER_BYTES = 12  # of the length and its checksum
FRAME_BYTES = 16  # of a record beside its body
_HEADER = struct.Struct("<QI")
_LENGTH = struct.Struct("<Q")
_FIRST_BURST = 32  # records to walk before looking for a period: one of up to 16 shows twice in them
_LONGEST_BURST = 1024  # records; bursts double up to here while no period shows, since looking for one costs time
_FIRST_LEAP = 64  # records to check at once where a period begins: it may end soon
_LONGEST_LEAP = 16384  # records; longer leaps gain nothing and use more memory
_MOST_KNOWN_LENGTHS = 65536  # lengths whose checksum is kept; some megabytes


class Stop(Enum):
    """Why no further record was found."""

    END = "the bytes end with a whole record"
    PARTIAL = "the last record's header is sound, or cut off, and its body lies beyond the bytes at hand"
    CORRUPT = "the header's checksum is wrong"


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive sound records.

    Attributes:
        bodies: int64 [n], where each body starts, ascending.
        lengths: int64 [n], of the bodies in bytes.
        end: where the record after the last would start.
        stop: why there is none.
    """

    bodies: NDArray[np.int64]
    lengths: NDArray[np.int64]
    end: int
    stop: Stop

    def but_last(self) -> Records:
        """The same without the last record."""
        return replace(
            self, bodies=self.bodies[:-1], lengths=self.lengths[:-1], end=int(self.bodies[-1]) - HEADER_BYTES
        )


class Framer:
    """Finds records. Keeps the checksums of the lengths it has met."""

    def __init__(self) -> None:
        self._checksums: dict[int, int] = {}

    def records(self, window: Window, start: int = 0) -> Records:
        """The records from `start` on, up to the first that is not whole or not sound."""
        starts: list[NDArray[np.int64]] = []
        position, stop, burst = start, None, _FIRST_BURST
        while stop is None:
            walked, position, stop = self._walk(window, position, burst)
            starts.append(np.array(walked, dtype=np.int64))
            leapt = 0
            if stop is None:
                spans = [after - before for before, after in pairwise([*walked, position])]
                period = _period(spans)
                if period:
                    cycle = np.array(spans[-period:], dtype=np.int64)
                    leaps, position = _leap(window, position, cycle)
                    leapt = sum(map(len, leaps))
                    starts += leaps
            burst = _FIRST_BURST if leapt >= burst else min(2 * burst, _LONGEST_BURST)
        all_starts = np.concatenate(starts)
        lengths = np.append(all_starts[1:], position)[: len(all_starts)] - all_starts - FRAME_BYTES
        return Records(all_starts + HEADER_BYTES, lengths, position, stop)

    def _walk(self, window: Window, position: int, count: int) -> tuple[list[int], int, Stop | None]:
        """The starts of up to `count` records, walked one by one, and where the next would start."""
        unpack, known = _HEADER.unpack_from, self._checksums.get
        data, size = window.data, window.size
        last = size - HEADER_BYTES
        starts: list[int] = []
        add = starts.append
        for _ in range(count):
            if position > last:
                return starts, position, Stop.END if position == size else Stop.PARTIAL
            length, checksum = unpack(data, position)
            if known(length) != checksum and not self._is_sound(data, position, length, checksum):
                return starts, position, Stop.CORRUPT
            following = position + FRAME_BYTES + length
            if following > size:
                return starts, position, Stop.PARTIAL
            add(position)
            position = following
        return starts, position, None

    def _is_sound(self, data: bytearray, position: int, length: int, checksum: int) -> bool:
        if masked_crc32c(bytes(data[position : position + 8])) != checksum:
            return False
        if len(self._checksums) >= _MOST_KNOWN_LENGTHS:
            self._checksums.clear()
        self._checksums[length] = checksum
        return True


def _period(spans: list[int]) -> int:
    """The smallest period that the sequence shows at least twice; 0 if none."""
    head = spans[:8]
    for period in range(1, len(spans) // 2 + 1):
        if spans[period : period + 8] == head and spans[period:] == spans[:-period]:
            return period
    return 0


def _leap(window: Window, position: int, cycle: NDArray[np.int64]) -> tuple[list[NDArray[np.int64]], int]:
    """Starts of the records from `position` on that follow each other at the distances of the cycle."""
    within = np.cumsum(cycle) - cycle
    stride = int(cycle.sum())
    lengths = (cycle - FRAME_BYTES).astype(np.uint64)
    checksums = np.array([masked_crc32c(_LENGTH.pack(length)) for length in lengths.tolist()], dtype=np.uint32)
    found: list[NDArray[np.int64]] = []
    most = _FIRST_LEAP
    while cycles := min(max(most // len(cycle), 1), (window.size - position) // stride):
        stop = position + cycles * stride
        starts = np.arange(position, stop, stride, dtype=np.int64)
        if len(cycle) == 1:
            sound = window.uint64[position:stop:stride] == lengths
            sound &= window.uint32[position + 8 : stop + 8 : stride] == checksums
        else:
            grid = starts[:, None] + within
            sound = ((window.uint64[grid] == lengths) & (window.uint32[grid + 8] == checksums)).ravel()
            starts = grid.ravel()
        count = len(sound) if sound.all() else int(sound.argmin())
        found.append(starts[:count])
        if count < len(sound):
            return found, position + count // len(cycle) * stride + int(within[count % len(cycle)])
        position = stop
        most = min(4 * most, _LONGEST_LEAP)
    return found, position


def is_header(data: bytes) -> bool:
    """Whether 12 bytes are a record's header."""
    return len(data) == HEADER_BYTES and masked_crc32c(data[:8]) == int.from_bytes(data[8:], "little")


def sound_headers(window: Window, start: int, stop: int) -> NDArray[np.int64]:
    """All places in `[start, stop)` where a sound header lies. The window has all 12 bytes of the last one.

    Bodies of 4 GiB or more do not count: protobuf allows no message beyond 2 GiB.
    """
    # Almost all bytes fail these two cheap tests; the second one, strictly too strict, is for stretches of zeros.
    plausible = (window.uint32[start + 4 : stop + 4] == 0) & (window.uint32[start + 8 : stop + 8] != 0)
    candidates: NDArray[np.int64] = np.flatnonzero(plausible) + start
    lengths = window.uint32[candidates]
    crcs = np.full(len(candidates), crc32c(bytes(8)), dtype=np.uint32)
    for byte in range(4):
        crcs ^= contribution(7 - byte)[(lengths >> np.uint32(8 * byte)) & np.uint32(0xFF)]
    headers: NDArray[np.int64] = candidates[mask_many(crcs) == window.uint32[candidates + 8]]
    return headers


def next_header(window: Window, start: int) -> int | None:
    """The first of all `sound_headers` at or after `start`, None if there is none in the window."""
    reach = _FIRST_LEAP
    while start + HEADER_BYTES <= window.size:
        stop = min(start + reach, window.size - HEADER_BYTES + 1)
        headers = sound_headers(window, start, stop)
        if len(headers):
            return int(headers[0])
        start = stop
        reach = min(4 * reach, 1 << 20)
    return None
