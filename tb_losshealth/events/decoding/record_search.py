"""Sound records behind damage: found by their checksums, wherever they start."""

from __future__ import annotations

from io import BufferedIOBase

from tb_losshealth.events.decoding.checksum import masked_crc32c_of_file
from tb_losshealth.events.decoding.framing import FRAME_BYTES, HEADER_BYTES, next_header
from tb_losshealth.events.decoding.window import Window, read_at


def find_header(file: BufferedIOBase, window: Window, begin: int, size: int) -> int | None:
    """Where the first sound header at or after `begin` starts; None if the first `size` bytes have none.

    Raises:
        OSError: as the file does.
    """
    while begin + HEADER_BYTES <= size:
        window.fill(file, begin, size - begin)
        found = next_header(window, 0)
        if found is not None:
            return begin + found
        if window.size < HEADER_BYTES:  # the file is shrinking at this moment
            return None
        begin += window.size - HEADER_BYTES + 1
    return None


def find_record(file: BufferedIOBase, window: Window, begin: int, size: int) -> tuple[int | None, int]:
    """Where the first whole record with a sound header and a sound body starts.

    Returns:
        Its offset, None if the first `size` bytes have none; and an offset before which none can appear, however the
        file grows.

    Raises:
        OSError: as the file does.
    """
    none_before = None
    while (found := find_header(file, window, begin, size)) is not None:
        length = int.from_bytes(read_at(file, found, 8), "little")
        if found + FRAME_BYTES + length > size:
            none_before = found if none_before is None else none_before
        elif is_body_sound(file, found + HEADER_BYTES, length):
            return found, found
        begin = found + 1
    return None, max(begin, size - HEADER_BYTES + 1) if none_before is None else none_before


def is_body_sound(file: BufferedIOBase, start: int, length: int) -> bool:
    """Whether a body has the checksum that is stored behind it.

    Raises:
        OSError: as the file does.
    """
    return masked_crc32c_of_file(file, start, length) == int.from_bytes(read_at(file, start + length, 4), "little")
