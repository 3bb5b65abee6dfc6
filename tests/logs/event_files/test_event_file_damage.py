"""Damaged event files: what is sound is read, what is not is passed over and reported once."""

import io
import random
import resource
import tracemalloc

import pytest

from tb_losshealth.logs.event_files.decoding import checksum, record_search
from tb_losshealth.logs.event_files.event_file import (
    NO_EVENT_FILE,
    WRONG_HEADER,
    WRONG_LENGTH,
    EventFile,
    EventReader,
)
from tests.logs.event_files.conftest import header, read, record, reference_rows, rows, same, scalar, version

RECORDS = [version()] + [scalar(step, 1 / (step + 1)) for step in range(300)]


def steps(file: EventFile) -> list[int]:
    return [row[0] for row in rows(file).get("loss/train", [])]


def offset_of(index: int) -> int:
    return len(b"".join(RECORDS[:index]))


@pytest.mark.parametrize("index", [1, 2, 20, 150, 299])
@pytest.mark.parametrize("byte", [0, 3, 7, 9])
def test_a_damaged_header_costs_its_record_alone(index: int, byte: int) -> None:
    data = bytearray(b"".join(RECORDS))
    data[offset_of(index) + byte] ^= 0x10
    file = read(bytes(data))
    assert steps(file) == [step for step in range(300) if step != index - 1]
    (problem,) = file.problems
    assert (problem.path, problem.offset) == ("file", offset_of(index))
    assert problem.reason == f"{WRONG_HEADER}; {len(RECORDS[index])} bytes were skipped"


@pytest.mark.parametrize("index", [1, 20, 150])
@pytest.mark.parametrize("length", [0, 7, 5000, 10**6, 10**9, 2**31, 2**63, 2**64 - 1])
def test_a_sound_header_that_lies_costs_its_record_alone(index: int, length: int) -> None:
    lying = header(length) + RECORDS[index][12:]
    file = read(b"".join(RECORDS[:index]) + lying + b"".join(RECORDS[index + 1 :]))
    assert steps(file) == [step for step in range(300) if step != index - 1]
    (problem,) = file.problems
    assert problem.offset == offset_of(index)
    assert problem.reason == f"{WRONG_LENGTH}; {len(lying)} bytes were skipped"


def test_a_lie_that_leads_far_into_the_file_costs_its_record_alone() -> None:
    lying = header(200_000) + RECORDS[1][12:]
    rest = b"".join(scalar(step, 0.5) for step in range(1, 9000))
    file = read(RECORDS[0] + lying + rest)
    assert steps(file) == list(range(1, 9000))
    assert [problem.offset for problem in file.problems] == [len(RECORDS[0])]


def test_a_lying_length_allocates_nothing() -> None:
    data = b"".join(RECORDS[:5]) + header(2**31 - 1)
    read(data)  # what is loaded or cached on first use
    tracemalloc.start()
    file = read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(steps(file)) == 4
    assert file.problems == []  # so far it may be a large record in the making
    assert peak < 10_000_000


def test_a_gigabyte_that_is_really_there_is_not_read(tmp_path) -> None:
    """A sparse file: its graph of 1 GiB takes neither disk nor memory."""
    path = tmp_path / "events.out.tfevents.1"
    size = 1 << 30
    body = b"\x22\x80\x80\x80\x80\x04"  # Event.graph_def, of 1 GiB
    with path.open("wb") as file:
        file.write(RECORDS[0] + RECORDS[1] + header(len(body) + size) + body)
        file.seek(size + 4, io.SEEK_CUR)
        file.write(RECORDS[2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file:
        event_file = EventFile(str(path), EventReader())
        event_file.read(file)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert steps(event_file) == [0, 1]
    assert event_file.problems == []
    assert after - before < 100_000  # KiB


@pytest.mark.parametrize("size", [12, 100, 70_000, 10_000_000])
def test_a_file_of_zeros_is_no_event_file(size: int) -> None:
    file = read(bytes(size))
    assert rows(file) == {}
    assert [(problem.offset, problem.reason) for problem in file.problems] == [(0, NO_EVENT_FILE)]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"step,loss\n0,0.5\n1,0.25\n"])
def test_another_kind_of_file_is_reported_as_such(data: bytes) -> None:
    assert [problem.reason for problem in read(data).problems] == [NO_EVENT_FILE]


def test_an_empty_file_is_no_problem() -> None:
    file = read(b"")
    assert (rows(file), file.problems) == ({}, [])


def test_a_stretch_of_zeros_in_the_middle_is_skipped() -> None:
    file = read(b"".join(RECORDS[:150]) + bytes(5_000_000) + b"".join(RECORDS[150:]))
    assert steps(file) == list(range(300))
    assert [problem.offset for problem in file.problems] == [offset_of(150)]


def test_zeros_at_the_end_that_are_written_later_are_read_then() -> None:
    """Some network file systems show the new size before the bytes."""
    data = b"".join(RECORDS)
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data[: offset_of(100)] + bytes(1000)))
    assert steps(file) == list(range(99))
    assert [problem.offset for problem in file.problems] == [offset_of(100)]
    file.read(io.BytesIO(data))
    assert steps(file) == list(range(300))
    assert file.problems == []


@pytest.mark.parametrize("start", [0, 1, 5, 11, 13, 40, 46])
@pytest.mark.parametrize("length", [150, 4096, 8192])
def test_a_hole_that_is_filled_while_the_file_grows_is_read_then(start: int, length: int) -> None:
    """Some network file systems write a page later than the ones behind it."""
    data = b"".join(RECORDS)
    begin = offset_of(50) + start
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data[:begin] + bytes(length) + data[begin + length :]))
    assert steps(file)[:49] == list(range(49))
    assert steps(file)[-1] == 299
    assert len(steps(file)) < 299
    assert [problem.offset for problem in file.problems] == [offset_of(50)]
    assert file.read(io.BytesIO(data + scalar(300, 1.0)))
    assert steps(file) == list(range(301))
    assert file.problems == []


@pytest.mark.parametrize("first", [slice(4096, 8192), slice(0, 4096)])
def test_a_hole_that_is_filled_page_by_page_is_read_in_the_end(first: slice) -> None:
    data = b"".join(RECORDS)
    begin = offset_of(50) + 20
    page = bytearray(data)
    page[begin : begin + 8192] = bytes(8192)
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(page))
    lost = 300 - len(steps(file))
    page[begin + first.start : begin + first.stop] = data[begin + first.start : begin + first.stop]
    file.read(io.BytesIO(page + scalar(300, 1.0)))
    assert 0 < 301 - len(steps(file)) < lost
    file.read(io.BytesIO(data + scalar(300, 1.0) + scalar(301, 1.0)))
    assert steps(file) == list(range(302))
    assert file.problems == []


def test_a_hole_at_the_end_is_read_as_it_is_filled_from_behind() -> None:
    data = b"".join(RECORDS)
    begin, middle = offset_of(100), offset_of(200)
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data[:begin] + bytes(len(data) - begin)))
    assert steps(file) == list(range(99))
    file.read(io.BytesIO(data[:begin] + bytes(middle - begin) + data[middle:] + scalar(300, 1.0)))
    assert steps(file) == [*range(99), *range(199, 301)]
    file.read(io.BytesIO(data + scalar(300, 1.0)))
    assert steps(file) == list(range(301))
    assert file.problems == []


def test_a_hole_that_stays_is_no_reason_to_read_the_file_anew() -> None:
    data = b"".join(RECORDS[:150]) + bytes(5000) + b"".join(RECORDS[150:])
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data))
    contents = file.contents
    assert file.read(io.BytesIO(data + scalar(300, 1.0)))
    assert file.contents is contents
    assert steps(file) == list(range(301))


def test_damage_at_the_end_is_reported_once_while_the_file_grows() -> None:
    file = EventFile("file", EventReader())
    data = b"".join(RECORDS[:10]) + b"damage"
    for _ in range(1500):
        data += b"\xff" * 20
        file.read(io.BytesIO(data))
    assert [problem.offset for problem in file.problems] == [offset_of(10)]
    assert file.read(io.BytesIO(data + b"".join(RECORDS[10:])))
    assert steps(file) == list(range(300))
    assert [problem.offset for problem in file.problems] == [offset_of(10)]


def test_a_lie_is_noticed_once_other_records_follow() -> None:
    file = EventFile("file", EventReader())
    data = b"".join(RECORDS[:10]) + header(10**6)
    file.read(io.BytesIO(data))
    assert file.problems == []
    for index in range(10, 20):
        for part in (RECORDS[index][:20], RECORDS[index][20:]):
            data += part
            file.read(io.BytesIO(data))
        assert steps(file) == list(range(index))
    assert [problem.offset for problem in file.problems] == [offset_of(10)]


def test_a_large_record_in_the_making_is_waited_for() -> None:
    whole = record(b"\x22\x80\x89\x7a" + bytes(2_000_000))
    file = EventFile("file", EventReader())
    for cut in (1, 11, 12, 13, 100, 70_000, 1_500_000, len(whole) - 1):
        file.read(io.BytesIO(RECORDS[0] + RECORDS[1] + whole[:cut]))
        assert (steps(file), file.problems) == ([0], [])
    file.read(io.BytesIO(RECORDS[0] + RECORDS[1] + whole + RECORDS[2]))
    assert (steps(file), file.problems) == ([0, 1], [])


class Counting(io.BytesIO):
    """A file that counts the bytes read from it."""

    count = 0

    def readinto(self, buffer) -> int:
        count = super().readinto(buffer)
        self.count += count
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


@pytest.fixture
def checksummed(monkeypatch) -> list[int]:
    """The lengths of the bodies that a search checksummed."""
    lengths: list[int] = []
    in_memory, in_file = checksum.masked_crc32c, checksum.masked_crc32c_of_file

    def spy(data: bytes) -> int:
        lengths.append(len(data))
        return in_memory(data)

    def spy_in_file(file, start: int, length: int) -> int:
        lengths.append(length)
        return in_file(file, start, length)

    monkeypatch.setattr(record_search, "masked_crc32c", spy)
    monkeypatch.setattr(record_search, "masked_crc32c_of_file", spy_in_file)
    return lengths


@pytest.mark.parametrize("length", [24, 500, 600, 5000, 10**6])
def test_the_cost_of_a_partial_record_full_of_headers_is_linear(length: int, checksummed: list[int]) -> None:
    data = version() + header(10**9) + header(length) * 350_000
    file = EventFile("file", EventReader())
    handle = Counting(data)
    file.read(handle)
    assert (steps(file), file.problems) == ([], [])
    assert handle.count < 7 * len(data)
    assert sum(size for size in checksummed if size > 512) <= 4 * len(data)
    assert len(checksummed) <= 350_000
    file.read(io.BytesIO(data + b"".join(RECORDS[1:])))
    assert steps(file) == list(range(300))
    assert [problem.offset for problem in file.problems] == [len(version())]


@pytest.mark.parametrize("length", [24, 5000, 10**6])
def test_a_growing_partial_record_full_of_headers_is_looked_through_once(length: int, checksummed: list[int]) -> None:
    data = version() + header(10**9)
    file = EventFile("file", EventReader(window=1 << 14))
    count = 0
    for _ in range(50):
        data += header(length) * 5000
        handle = Counting(data)
        file.read(handle)
        count += handle.count
    assert count < 7 * len(data)
    assert sum(size for size in checksummed if size > 512) <= 4 * len(data)
    assert len(checksummed) <= 250_000
    file.read(io.BytesIO(data + b"".join(RECORDS[1:])))
    assert steps(file) == list(range(300))


def test_short_records_are_found_behind_damage_of_which_no_more_bodies_are_checksummed() -> None:
    headers = header(500) * 20_000 + header(20) * 1000
    file = read(version() + header(10**9) + headers + b"".join(RECORDS[1:]))
    assert steps(file) == list(range(300))


def test_a_record_in_the_making_that_shrank_and_is_followed_now() -> None:
    data = b"".join(RECORDS[:10]) + header(10**9)
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data + b"\xff" * 2000))
    file.read(io.BytesIO(data + RECORDS[10]))
    assert steps(file) == list(range(10))


@pytest.mark.parametrize("size", [20_000_000, 40_000_000])
def test_the_cost_of_damage_all_over_a_file_is_bounded(size: int) -> None:
    damaged = scalar(0, 1.0) + b"\xff" * 12
    handle = Counting(damaged * 2000 + bytes(size))
    file = EventFile("file", EventReader())
    file.read(handle)
    assert len(steps(file)) == 1000
    assert handle.count < 1000 * (1 << 19)


def test_many_problems_are_summed_up() -> None:
    file = read(b"".join(record(b"\x0c") + scalar(step, 1.0) for step in range(500)))
    assert steps(file) == list(range(500))
    assert len(file.problems) == 101
    assert file.problems[-1].offset is None
    assert file.problems[-1].reason == "400 further records could not be read"


def test_a_file_of_nothing_but_damage_is_given_up() -> None:
    data = b"".join(scalar(step, 1.0) + b"\xff" * 12 for step in range(3000))
    file = read(data)
    assert steps(file) == list(range(1000))
    assert not file.read(io.BytesIO(data + scalar(0, 1.0)))
    assert len(file.problems) == 102
    assert file.problems[100].reason.endswith("nothing from here on was read")


@pytest.mark.parametrize("cut", [0, 5, 30, 2000, 5000])
def test_a_file_that_shrank_is_read_anew(cut: int) -> None:
    data = b"".join(RECORDS)
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data))
    assert file.read(io.BytesIO(data[:cut]))
    assert same(rows(file), reference_rows(data[:cut]))
    file.read(io.BytesIO(data))
    assert steps(file) == list(range(300))


def test_a_file_that_lost_only_its_half_written_record_is_not_read_anew() -> None:
    data = b"".join(RECORDS[:10])
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data + RECORDS[10][:20]))
    contents = file.contents
    assert not file.read(io.BytesIO(data))
    assert file.contents is contents


@pytest.mark.parametrize("longer", [0, 100])
def test_a_file_that_another_took_the_place_of_is_read_anew(longer: int) -> None:
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(b"".join(RECORDS[:100])))
    other = b"".join(scalar(step, 7.0) for step in range(99 + longer))
    assert len(other) >= offset_of(100) - len(RECORDS[0])
    other = version() + other
    assert file.read(io.BytesIO(other))
    assert same(rows(file), reference_rows(other))


def test_a_file_of_which_another_of_equal_size_takes_the_place_twice() -> None:
    file = EventFile("file", EventReader())
    for value in (1.0, 2.0, 3.0, 4.0):
        data = b"".join(scalar(step, value) for step in range(20))
        assert file.read(io.BytesIO(data))
        assert same(rows(file), reference_rows(data))


class Failing(io.BytesIO):
    """A file on a network that is gone after some bytes."""

    def __init__(self, data: bytes, bytes_left: int) -> None:
        super().__init__(data)
        self.bytes_left = bytes_left

    def readinto(self, buffer) -> int:
        if self.bytes_left <= 0:
            raise OSError("the network is gone")
        self.bytes_left -= len(buffer)
        return super().readinto(buffer)


def test_reading_goes_on_where_an_error_ended_it() -> None:
    data = b"".join(RECORDS)
    file = EventFile("file", EventReader(window=1 << 10))
    file.read(io.BytesIO(data[:100]))
    with pytest.raises(OSError, match="network"):
        file.read(Failing(data, 5000))
    contents = file.contents
    assert 50 < len(steps(file)) < 200
    assert file.read(io.BytesIO(data))
    assert file.contents is contents
    assert steps(file) == list(range(300))


def test_damage_of_any_kind_leaves_what_comes_before_it() -> None:
    generator = random.Random(2)
    data = b"".join(RECORDS)
    for _ in range(100):
        place = generator.randrange(len(data))
        size = generator.choice([1, 10, 1000])
        damaged = data[:place] + generator.randbytes(size) + data[place + generator.choice([0, size]) :]
        found = rows(read(damaged, check_bodies=True, window=1 << 12)).get("loss/train", [])
        before = reference_rows(data[:place]).get("loss/train", [])
        assert found[: len(before)] == before
        assert {row[0] for row in found} <= set(range(300))
