"""A large record without its large parts.

Images, histograms and graphs fill most bytes of many event files. A record that holds them is not read: its message
is walked field by field in the file, small fields are kept as they are, large ones are passed over.
"""

from __future__ import annotations

from io import BufferedIOBase

from tb_losshealth.logs.event_files.decoding.window import read_at

LARGE = 1 << 16  # bytes
_SUMMARY, _VALUE = 5, 1  # Event.summary, Summary.value
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_HEAD = 20  # bytes of a field's key and length
_MOST_KEPT = 1 << 24  # bytes of what is small; more is no event of scalars
_MOST_FIELDS = 1 << 17  # of one message; bounds the time that it takes


class Unreadable(Exception):
    """The bytes are no protobuf message, or one of too many parts."""


def without_large_parts(file: BufferedIOBase, start: int, stop: int) -> bytes:
    """An Event like the one at `[start, stop)` of a file, less what is large: the media in its summary values, graphs.

    Raises:
        Unreadable: these bytes are no protobuf message, or one of too many parts.
        OSError: as the file does.
    """
    return bytes(_Stripper(file).small_fields(start, stop, (_SUMMARY, _VALUE)))


class _Stripper:
    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._fields = 0
        self._kept = 0

    def small_fields(self, start: int, stop: int, path: tuple[int, ...]) -> bytearray:
        """The message's small fields, and of its large ones those on the path, stripped in the same way."""
        message = bytearray()
        while start < stop:
            head = read_at(self._file, start, min(_MOST_HEAD, stop - start))
            key, key_size = _varint(head, 0)
            size, payload = _extent(head, key & 7, key_size)
            if start + size + payload > stop:
                raise Unreadable("a field reaches beyond its message")
            if size + payload <= LARGE:
                self._count(size + payload)
                message += head[:size] + read_at(self._file, start + size, payload)
            elif path and key >> 3 == path[0]:
                inner = self.small_fields(start + size, start + size + payload, path[1:])
                message += head[:key_size] + _encoded(len(inner)) + inner
            start += size + payload
        return message

    def _count(self, size: int) -> None:
        self._fields += 1
        self._kept += size
        if self._fields > _MOST_FIELDS or self._kept > _MOST_KEPT:
            raise Unreadable("the record has too many parts")


def _extent(head: bytes, wire: int, start: int) -> tuple[int, int]:
    """Bytes up to a field's payload, and bytes of the payload."""
    if wire == _VARINT:
        return _varint(head, start)[1], 0
    if wire == _FIXED64:
        return start, 8
    if wire == _FIXED32:
        return start, 4
    if wire == _BYTES:
        size, start = _varint(head, start)
        return start, size
    raise Unreadable("a field of unknown kind")


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """A varint and where it ends."""
    number = 0
    for index in range(start, min(start + 10, len(data))):
        number |= (data[index] & 0x7F) << 7 * (index - start)
        if data[index] < 0x80:
            return number, index + 1
    raise Unreadable("a number is cut off")


def _encoded(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
