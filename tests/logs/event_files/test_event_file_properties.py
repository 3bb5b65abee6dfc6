"""Whatever is written, in whatever pieces it arrives and whatever happens to it, reading keeps its word."""

import io
import struct
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_losshealth.logs.event_files.event_file import EventFile, EventReader
from tests.logs.event_files.conftest import (
    Row,
    header,
    read,
    record,
    reference_rows,
    rows,
    same,
    scalar,
    start,
    version,
)

TAGS = st.sampled_from(["a", "b", "loss/train", "loss/val", "ä", "x" * 130])
STEPS = st.one_of(st.integers(0, 300), st.integers(-(2**63), 2**63 - 1))
FLOATS = st.floats(width=32)
WALL_TIMES = st.floats(allow_nan=True)


def _event(step: int, wall_time: float, values: list[Summary.Value]) -> bytes:
    return record(Event(step=step, wall_time=wall_time, summary=Summary(value=values)).SerializeToString())


def _tensor(tag: str, value: float, double: bool, content: bool, plugin: str) -> Summary.Value:
    proto = TensorProto(dtype=types_pb2.DT_DOUBLE if double else types_pb2.DT_FLOAT)
    if content:
        proto.tensor_content = struct.pack("<d" if double else "<f", value)
    else:
        (proto.double_val if double else proto.float_val).append(value)
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
    return Summary.Value(tag=tag, tensor=proto, metadata=metadata)


TENSORS = st.builds(_tensor, TAGS, FLOATS, st.booleans(), st.booleans(), st.sampled_from(["scalars", "", "other"]))
SIMPLE = st.builds(lambda tag, value: Summary.Value(tag=tag, simple_value=value), TAGS, FLOATS)
IMAGES = st.builds(
    lambda tag, data: Summary.Value(tag=tag, image=Summary.Image(encoded_image_string=data)),
    TAGS,
    st.binary(max_size=300),
)
RECORDS = st.one_of(
    st.builds(scalar, STEPS, FLOATS, TAGS, WALL_TIMES),
    st.builds(_event, STEPS, WALL_TIMES, st.lists(st.one_of(SIMPLE, TENSORS, IMAGES), max_size=3)),
    st.builds(start, STEPS),
    st.just(version()),
    st.builds(record, st.binary(max_size=40)),
)


@st.composite
def series(draw: st.DrawFn) -> list[bytes]:
    """Many alike records, which are decoded together."""
    tags = draw(st.lists(TAGS, min_size=1, max_size=4))
    first = draw(STEPS.filter(lambda step: step < 2**63 - 200))
    count = draw(st.integers(1, 90))
    return [scalar(first + k // len(tags), draw(FLOATS) if k < 3 else k / 7, tags[k % len(tags)]) for k in range(count)]


@st.composite
def files(draw: st.DrawFn) -> list[bytes]:
    """The records of a file."""
    blocks = draw(st.lists(st.one_of(series(), st.lists(RECORDS, min_size=1, max_size=5)), max_size=4))
    return [record for block in blocks for record in block]


WINDOWS = st.sampled_from([256, 1 << 10, 1 << 14])


@given(files(), WINDOWS, st.booleans())
def test_a_file_reads_as_protobuf_reads_it(records: list[bytes], window: int, check_bodies: bool) -> None:
    data = b"".join(records)
    assert same(rows(read(data, window=window, check_bodies=check_bodies)), reference_rows(data))


@given(files(), WINDOWS, st.data())
def test_a_file_that_arrives_in_pieces_reads_as_a_whole(records: list[bytes], window: int, data: st.DataObject) -> None:
    whole = b"".join(records)
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=6).map(sorted))
    file = EventFile("file", EventReader(window=window))
    for cut in [*cuts, len(whole)]:
        before = file.contents
        count = sum(map(len, rows(file).values()))
        changed = file.read(io.BytesIO(whole[:cut]))
        assert file.contents is before
        assert same(rows(file), reference_rows(whole[:cut]))
        assert changed or sum(map(len, rows(file).values())) == count


def _is_subsequence(part: list[Row], whole: list[Row]) -> bool:
    rest = iter(map(repr, whole))
    return all(any(row == other for other in rest) for row in map(repr, part))


@given(files(), WINDOWS, st.data())
def test_flipped_bits_cost_no_more_than_their_records(records: list[bytes], window: int, data: st.DataObject) -> None:
    whole = b"".join(records)
    flips = data.draw(st.lists(st.integers(0, max(len(whole) * 8 - 1, 0)), max_size=5 if whole else 0))
    damaged = bytearray(whole)
    for bit in flips:
        damaged[bit // 8] ^= 1 << bit % 8
    file = read(bytes(damaged), window=window, check_bodies=True)
    hit = set(_hit(records, flips, bytes(damaged)))
    sound = b"".join(record for index, record in enumerate(records) if index not in hit)
    found, kept = rows(file), reference_rows(sound)
    for tag, tag_rows in found.items():
        assert _is_subsequence(tag_rows, kept.get(tag, []))
    offsets = [problem.offset for problem in file.problems]
    assert len(offsets) == len(set(offsets))
    if not hit:
        assert same(found, kept)


def _hit(records: list[bytes], flips: list[int], damaged: bytes) -> Iterator[int]:
    position = 0
    for index, whole in enumerate(records):
        if damaged[position : position + len(whole)] != whole:
            yield index
        position += len(whole)


@given(files(), st.integers(0, 2**64 - 1), st.data())
def test_a_lying_length_never_hides_what_comes_before(records: list[bytes], length: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(records)))
    before = b"".join(records[:at])
    found = rows(read(before + header(length) + b"".join(records[at:])))
    kept = reference_rows(before)
    for tag, tag_rows in kept.items():
        assert list(map(repr, found[tag][: len(tag_rows)])) == list(map(repr, tag_rows))


@given(st.binary(max_size=2000), WINDOWS)
def test_any_bytes_are_survived(data: bytes, window: int) -> None:
    file = read(data, window=window)
    assert all(problem.offset is None or 0 <= problem.offset < len(data) for problem in file.problems)
