"""CRC-32C as the TFRecord format uses it, of one record in C and of many at once in numpy."""

from __future__ import annotations

from io import BufferedIOBase

import google_crc32c
import numpy as np
from numpy.typing import NDArray

UInt32s = NDArray[np.uint32]
_POLYNOMIAL = 0x82F63B78
_MASK_DELTA = 0xA282EAD8
_PIECE = 1 << 20  # bytes


def crc32c(data: bytes) -> int:
    """The plain checksum."""
    return int(google_crc32c.value(data))


def mask(crc: int) -> int:
    """What is stored in place of a checksum, so that data holding checksums can be checksummed."""
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def masked_crc32c(data: bytes) -> int:
    """The checksum as stored behind a header or a body."""
    return mask(crc32c(data))


def mask_many(crcs: UInt32s) -> UInt32s:
    """`mask` of each."""
    masked: UInt32s = ((crcs >> np.uint32(15)) | (crcs << np.uint32(17))) + np.uint32(_MASK_DELTA)
    return masked


_contributions: list[UInt32s] = []


def contribution(distance: int) -> UInt32s:
    """What each byte value, `distance` bytes before the end, adds (by xor) to the checksum of zeros in its place.

    A checksum is affine over bits: crc(a xor b) = crc(a) xor crc(b) xor crc(0). So records that differ from a known
    one in a few byte positions need one table look-up for each of those.

    Returns:
        uint32 [256].
    """
    if not _contributions:
        table = np.arange(256, dtype=np.uint32)
        for _ in range(8):
            table = (table >> np.uint32(1)) ^ (table & np.uint32(1)) * np.uint32(_POLYNOMIAL)
        _contributions.append(table)
    while len(_contributions) <= distance:
        previous = _contributions[-1]
        _contributions.append(_contributions[0][previous & np.uint32(0xFF)] ^ (previous >> np.uint32(8)))
    return _contributions[distance]


def masked_crc32c_of_file(file: BufferedIOBase, start: int, length: int) -> int:
    """`masked_crc32c` of a stretch of a file, which is read in pieces.

    Raises:
        OSError: as the file does.
    """
    crc = 0
    file.seek(start)
    while length > 0 and (piece := file.read(min(length, _PIECE))):
        crc = google_crc32c.extend(crc, piece)
        length -= len(piece)
    return mask(crc)
