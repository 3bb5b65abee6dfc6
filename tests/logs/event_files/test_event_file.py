"""Reading sound event files: whatever the form of a record, the result is that of protobuf's parser."""

import io
import random
import struct

import numpy as np
import pytest
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_losshealth.logs.event_files.event_file import EventFile, EventReader
from tests.logs.event_files.conftest import (
    accumulator_rows,
    header,
    masked_crc,
    read,
    record,
    reference_rows,
    rows,
    same,
    scalar,
    start,
    version,
)


def metadata(plugin: str) -> SummaryMetadata:
    return SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))


def shape(*sizes: int) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def summary(step: int, *values: Summary.Value) -> bytes:
    return record(Event(step=step, wall_time=100.5 + step, summary=Summary(value=values)).SerializeToString())


def tensor(tag: str, proto: TensorProto, plugin: str | None = "scalars") -> Summary.Value:
    return Summary.Value(tag=tag, tensor=proto, metadata=metadata(plugin) if plugin is not None else None)


def check(data: bytes) -> dict[str, list[tuple[int, float, float]]]:
    """Reads, compares with protobuf's parser, once as it is and once with bodies checked."""
    found = rows(read(data))
    assert same(found, reference_rows(data))
    assert same(found, rows(read(data, check_bodies=True)))
    return found


STEPS = [0, 1, 127, 128, 16383, 16384, 2**21 - 1, 2**21, 2**31, 2**40, 2**55, 2**56, 2**62, 2**63 - 1, -1, -(2**63)]
VALUES = [0.0, -0.0, 1.5, 1e-45, 3.4e38, float("inf"), float("-inf"), float("nan")]


def test_every_length_of_step_and_every_kind_of_value() -> None:
    data = version()
    for step in STEPS:
        for repeat in range(20):
            data += scalar(step, VALUES[repeat % len(VALUES)])
    found = check(data)
    assert len(found["loss/train"]) == 20 * len(STEPS)


def test_tags_of_equal_and_of_different_length_interleaved() -> None:
    data = version()
    generator = random.Random(0)
    for step in range(2000):
        data += scalar(step, generator.random(), generator.choice(["a", "b", "c", "loss", "löss", "x" * 200]))
    assert len(check(data)) == 6


def test_a_periodic_log_with_a_break_in_the_period() -> None:
    data = version()
    for step in range(3000):
        data += scalar(step, 1 / (step + 1), "loss/train")
        if step % 50 == 49:
            data += scalar(step, 2 / (step + 1), "loss/val")
        if step == 1777:
            data += scalar(step, 0.0, "an odd one")
    found = check(data)
    assert [len(found[tag]) for tag in ("loss/train", "loss/val", "an odd one")] == [3000, 60, 1]


def test_many_tags_of_one_length() -> None:
    data = b"".join(scalar(step, step, f"tag{step % 700:04}") for step in range(7000))
    assert len(check(data)) == 700


def test_a_tag_of_its_own_for_every_record() -> None:
    found = check(b"".join(scalar(0, k, f"{k:04}") for k in range(3000)) * 2)
    assert [[row[1] for row in tag_rows] for tag_rows in found.values()] == [[k, k] for k in range(3000)]


def test_several_values_in_one_event() -> None:
    data = b""
    for step in range(200):
        values = [Summary.Value(tag=tag, simple_value=step * k) for k, tag in enumerate(["a", "b", "a"])]
        data += summary(step, *values)
    found = check(data)
    assert [row[1] for row in found["a"][:4]] == [0.0, 0.0, 0.0, 2.0]


@pytest.mark.parametrize("count", [1, 40])
def test_one_tag_as_number_and_as_tensor_in_one_event(count: int) -> None:
    values = [
        Summary.Value(tag="a", simple_value=0.0),
        tensor("a", TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1.0])),
        Summary.Value(tag="a", simple_value=2.0),
    ]
    data = b"".join(summary(step, *values) for step in range(count))
    assert [row[1] for row in check(data)["a"]] == [0.0, 1.0, 2.0] * count


def test_tags_come_in_the_order_in_which_they_first_appear() -> None:
    tags = ["zz", "b", "a_longer_one", "a"]
    data = b"".join(scalar(step, step, tags[step % 4]) for step in range(400))
    assert list(rows(read(data))) == tags


FLOAT, DOUBLE = types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE


@pytest.mark.parametrize("count", [3, 40])
@pytest.mark.parametrize(
    ("proto", "expected"),
    [
        (TensorProto(dtype=FLOAT, float_val=[0.1]), float(np.float32(0.1))),
        (TensorProto(dtype=FLOAT, float_val=[0.0]), 0.0),
        (TensorProto(dtype=FLOAT, tensor_shape=shape(), tensor_content=struct.pack("<f", 2.5)), 2.5),
        (TensorProto(dtype=FLOAT, tensor_shape=shape(1, 1), float_val=[2.5]), 2.5),
        (TensorProto(dtype=DOUBLE, double_val=[0.1]), 0.1),
        (TensorProto(dtype=DOUBLE, tensor_shape=shape(1), tensor_content=struct.pack("<d", 0.1)), 0.1),
        (TensorProto(dtype=types_pb2.DT_HALF, half_val=[0x3E00]), 1.5),
        (TensorProto(dtype=types_pb2.DT_HALF, tensor_content=b"\x00\x3e"), 1.5),
        (TensorProto(dtype=types_pb2.DT_INT32, int_val=[-7]), -7.0),
        (TensorProto(dtype=types_pb2.DT_INT8, int_val=[-7]), -7.0),
        (TensorProto(dtype=types_pb2.DT_UINT8, int_val=[253]), 253.0),
        (TensorProto(dtype=types_pb2.DT_INT64, int64_val=[2**40]), 2.0**40),
        (TensorProto(dtype=types_pb2.DT_INT64, tensor_content=struct.pack("<q", -3)), -3.0),
        (TensorProto(dtype=types_pb2.DT_BOOL, bool_val=[True]), 1.0),
    ],
)
def test_tensors_that_hold_one_number(proto: TensorProto, expected: float, count: int) -> None:
    data = b"".join(summary(step, tensor("loss", proto)) for step in range(count))
    assert check(data) == {"loss": [(step, expected, 100.5 + step) for step in range(count)]}


@pytest.mark.parametrize(
    ("proto", "expected"),
    [
        (TensorProto(dtype=types_pb2.DT_BFLOAT16, half_val=[0x3FC0]), 1.5),
        (TensorProto(dtype=types_pb2.DT_BFLOAT16, tensor_content=b"\xc0\x3f"), 1.5),
        (TensorProto(dtype=types_pb2.DT_UINT32, uint32_val=[7]), 7.0),
        (TensorProto(dtype=types_pb2.DT_QINT8, int_val=[-7]), -7.0),
    ],
)
def test_numbers_of_types_that_tensorboard_itself_cannot_read(proto: TensorProto, expected: float) -> None:
    file = read(summary(3, tensor("loss", proto)))
    assert rows(file) == {"loss": [(3, expected, 103.5)]}
    assert file.problems == []


@pytest.mark.parametrize("count", [3, 40])
@pytest.mark.parametrize(
    "value",
    [
        tensor("t", TensorProto(dtype=FLOAT, float_val=[1.0]), "pr_curves"),
        tensor("t", TensorProto(dtype=FLOAT, tensor_shape=shape(2), float_val=[1.0, 2.0])),
        tensor("t", TensorProto(dtype=FLOAT, tensor_shape=shape(0))),
        tensor("t", TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"words"]), "text"),
        tensor("t", TensorProto(dtype=types_pb2.DT_COMPLEX64, scomplex_val=[1.0, 2.0])),
        Summary.Value(tag="t", metadata=metadata("hparams")),
        Summary.Value(tag="t", histo=HistogramProto(min=0, max=1, num=2)),
        Summary.Value(tag="t", image=Summary.Image(height=1, width=1, encoded_image_string=b"png")),
    ],
)
def test_what_is_no_scalar_is_passed_over(value: Summary.Value, count: int) -> None:
    file = read(b"".join(summary(step, value) for step in range(count)))
    assert rows(file) == {}
    assert file.problems == []


@pytest.mark.parametrize(
    "proto",
    [
        TensorProto(dtype=FLOAT),
        TensorProto(dtype=FLOAT, float_val=[1.0, 2.0]),
        TensorProto(dtype=FLOAT, tensor_content=b"12345"),
        TensorProto(dtype=types_pb2.DT_INT8, int_val=[300]),
    ],
)
def test_a_scalar_tensor_without_its_number_is_reported(proto: TensorProto) -> None:
    before = version()
    file = read(before + summary(0, tensor("loss", proto)) + scalar(1, 1.0))
    assert list(rows(file)) == ["loss/train"]
    (problem,) = file.problems
    assert problem.offset == len(before)
    assert "'loss'" in problem.reason


@pytest.mark.parametrize("count", [3, 40])
def test_the_first_event_of_a_tag_names_its_plugin_for_all(count: int) -> None:
    proto = TensorProto(dtype=FLOAT, float_val=[1.0])
    data = summary(0, tensor("a", proto), tensor("b", proto, "mine"), tensor("c", proto, None))
    for step in range(1, count):
        data += summary(step, tensor("a", proto, None), tensor("b", proto, None), tensor("c", proto, None))
    assert {tag: len(tag_rows) for tag, tag_rows in check(data).items()} == {"a": count, "c": count}


def test_a_tag_may_hold_both_a_histogram_and_scalars() -> None:
    histogram = summary(0, Summary.Value(tag="loss", histo=HistogramProto(num=1)))
    assert check(histogram + scalar(1, 0.5, "loss"))["loss"] == [(1, 0.5, 1_700_000_001.25)]


def test_the_oldest_tensors_are_named_by_their_node() -> None:
    value = Summary.Value(node_name="node", tensor=TensorProto(dtype=FLOAT, float_val=[1.0]))
    assert list(check(summary(0, value))) == ["node"]


@pytest.mark.parametrize("count", [1, 40])
def test_unusual_encodings(count: int) -> None:
    """Field order, unknown fields, repeated fields, long varints, a summary in two pieces."""
    value = b"\x0a\x01a\x15" + struct.pack("<f", 0.5)
    turned = b"\x15" + struct.pack("<f", 0.5) + b"\x0a\x01a"
    wall_time = b"\x09" + struct.pack("<d", 7.0)

    def framed(inner: bytes) -> bytes:
        return b"\x0a" + bytes([len(inner)]) + inner

    def whole(inner: bytes) -> bytes:
        return b"\x2a" + bytes([len(framed(inner))]) + framed(inner)

    bodies = [
        whole(value) + b"\x10\x05" + wall_time,
        wall_time + b"\x10\x85\x80\x80\x00" + whole(turned),
        wall_time + b"\x10\x05\x10\x06" + whole(value),
        wall_time + b"\x10\x05\xf8\x07\x01" + whole(value),
        wall_time + b"\x10\x05" + whole(value + b"\xf8\x07\x01"),
        wall_time + b"\x10\x05" + whole(value + value[3:]),
        wall_time + b"\x10\x05" + whole(value) + whole(value),
        wall_time + b"\x90\x00\x05" + whole(value),
        wall_time + b"\x10\x05" + b"\x2a\x8a\x00" + framed(value),
        whole(value),
        wall_time + b"\x10\x05" + whole(b"\x0a\x00\x15" + struct.pack("<f", 0.5)),
        wall_time + b"\x10\x05" + whole(b"\x15" + struct.pack("<f", 0.5)),
    ]
    for body in bodies:
        Event.FromString(body)
        check(record(body) * count)
    check(b"".join(map(record, bodies)) * count)


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(
    "body",
    [
        b"\x09\x00",
        b"\x2a\x09\x0a\x07\x0a\x01\xff\x15\x00\x00\x00\x00"[:11] + b"\x00",  # not UTF-8
        b"\x0c",
        b"\x00\x00",
        b"\x10" + b"\x80" * 10 + b"\x00",
        b"words, not an event",
    ],
)
def test_a_record_that_is_no_event_is_skipped_and_reported(body: bytes, count: int) -> None:
    file = read(version() + record(body) * count + scalar(1, 0.5))
    assert rows(file) == {"loss/train": [(1, 0.5, 1_700_000_001.25)]}
    first = len(version())
    assert [problem.offset for problem in file.problems] == [first + k * len(record(body)) for k in range(count)]


def test_a_writer_without_checksums_of_bodies_is_read() -> None:
    data = b"".join(scalar(step, step)[:-4] + bytes(4) for step in range(100))
    assert same(rows(read(data)), reference_rows(data))
    checked = read(data, check_bodies=True)
    assert rows(checked) == {}
    assert len(checked.problems) == 100


def test_a_checked_body_is_compared_with_its_checksum() -> None:
    records = [scalar(step, 1.0) for step in range(300)]
    damaged = bytearray(b"".join(records))
    positions = [len(b"".join(records[:k])) for k in (5, 17, 200)]
    for position in positions:
        damaged[position + len(records[5]) - 6] ^= 1
    file = read(bytes(damaged), check_bodies=True)
    assert [row[0] for row in rows(file)["loss/train"]] == [step for step in range(300) if step not in (5, 17, 200)]
    assert [problem.offset for problem in file.problems] == positions


@pytest.mark.parametrize("position", [0, 3, 50])
def test_purges_are_placed_between_rows(position: int) -> None:
    records = [scalar(step, step) for step in range(60)]
    other = [scalar(step, step, "b") for step in range(3)]
    data = version() + b"".join(other + records[:position] + [start(7), start(5)] + records[position:])
    contents = read(data).contents
    assert contents.purged_before == 5
    assert contents.purges["b"] == [(3, 5)]
    assert contents.purges.get("loss/train", []) == ([(position, 5)] if position else [])


def test_other_session_logs_purge_nothing() -> None:
    data = scalar(0, 1.0)
    for status in (SessionLog.STOP, SessionLog.CHECKPOINT, SessionLog.STATUS_UNSPECIFIED):
        data += record(Event(step=0, session_log=SessionLog(status=status)).SerializeToString())
    contents = read(data).contents
    assert (contents.purges, contents.purged_before) == ({}, None)


def test_declarations_are_the_strings_of_the_declaring_plugin() -> None:
    def words(*strings: bytes) -> TensorProto:
        return TensorProto(dtype=types_pb2.DT_STRING, string_val=strings)

    data = summary(0, tensor("pairs", words(b"one"), "losshealth")) + scalar(0, 1.0)
    data += summary(1, tensor("pairs", words(b"two", b"three"), None))
    data += summary(2, tensor("notes", words(b"no"), "text"))
    assert read(data).contents.declarations == [b"one", b"two", b"three"]


def test_what_tensorboards_writer_writes(tmp_path) -> None:
    writer = EventFileWriter(str(tmp_path))
    for step in range(100):
        for tag in ("loss/train", "loss/val"):
            values = [Summary.Value(tag=tag, simple_value=1 / (step + 1))]
            writer.add_event(Event(step=step, wall_time=step / 3, summary=Summary(value=values)))
    writer.close()
    (path,) = tmp_path.iterdir()
    assert same(check(path.read_bytes()), accumulator_rows(path))


def test_a_nasty_file_reads_as_event_accumulator_reads_it(tmp_path) -> None:
    generator = random.Random(1)
    data = version()
    for step in range(1500):
        choice = generator.randrange(8)
        if choice < 4:
            data += scalar(generator.choice(STEPS), generator.choice(VALUES), generator.choice("abc"))
        elif choice == 4:
            data += summary(step, tensor("d", TensorProto(dtype=DOUBLE, double_val=[generator.random()])))
        elif choice == 5:
            values = [Summary.Value(tag=tag, simple_value=generator.random()) for tag in generator.sample("abcxyz", 3)]
            data += summary(step, *values)
        elif choice == 6:
            image = Summary.Image(encoded_image_string=generator.randbytes(generator.choice([10, 100, 100_000])))
            data += summary(step, Summary.Value(tag="image", image=image), Summary.Value(tag="a", simple_value=1.0))
        else:
            data += summary(step, tensor("e", TensorProto(dtype=FLOAT, float_val=[generator.random()]), "other"))
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(data)
    assert same(check(data), accumulator_rows(path))


@pytest.mark.parametrize("window", [1 << 12, 1 << 18])
def test_large_records_are_stripped_in_the_file(window: int) -> None:
    """Files larger than one window, with records that do not fit in it."""
    image = Summary.Value(tag="image", image=Summary.Image(encoded_image_string=bytes(300_000)))
    number = Summary.Value(tag="loss", simple_value=0.5)
    named = tensor("t", TensorProto(dtype=FLOAT, tensor_content=bytes(400_000)), "mine")
    late = tensor("t", TensorProto(dtype=FLOAT, float_val=[1.0]), None)
    data = version()
    for step in range(60):
        data += summary(step, image, number, named, late) if step % 7 == 3 else scalar(step, step)
    graph = record(Event(graph_def=bytes(500_000)).SerializeToString())
    garbage = record(b"\xff" * 300_000)
    file = read(data + graph + garbage + scalar(60, 60), window=window)
    assert same(rows(file), reference_rows(data + graph + scalar(60, 60)))
    assert [problem.offset for problem in file.problems] == [len(data + graph)]


@pytest.mark.parametrize("check_bodies", [False, True])
def test_a_file_of_many_windows(check_bodies: bool) -> None:
    data = version() + b"".join(scalar(step, step, "ab"[step % 3 == 0]) for step in range(3000))
    assert same(rows(read(data, check_bodies=check_bodies, window=1 << 12)), reference_rows(data))


def test_every_cut_of_a_growing_file_gives_the_whole_records() -> None:
    data = version() + b"".join(scalar(step, step, "abc"[step % 3]) for step in range(8))
    for cut in range(len(data)):
        file = EventFile("file", EventReader())
        file.read(io.BytesIO(data[:cut]))
        assert same(rows(file), reference_rows(data[:cut]))
        assert file.problems == []
        file.read(io.BytesIO(data))
        assert same(rows(file), reference_rows(data))
        assert file.problems == []


def test_reading_again_without_an_append_changes_nothing() -> None:
    data = version() + scalar(0, 1.0)
    file = EventFile("file", EventReader())
    assert file.read(io.BytesIO(data))
    assert not file.read(io.BytesIO(data))
    assert not file.read(io.BytesIO(data + scalar(1, 0.5)[:20]))
    assert file.read(io.BytesIO(data + scalar(1, 0.5)))


def test_only_what_was_appended_is_read() -> None:
    class Counting(io.BytesIO):
        def __init__(self, data: bytes) -> None:
            super().__init__(data)
            self.count = 0

        def read(self, size=-1):
            data = super().read(size)
            self.count += len(data)
            return data

        def readinto(self, buffer):
            count = super().readinto(buffer)
            self.count += count
            return count

    data = b"".join(scalar(step, step) for step in range(10_000))
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data))
    appended = Counting(data + scalar(10_000, 1.0))
    assert file.read(appended)
    assert appended.count < 400


def test_a_part_handed_out_does_not_change() -> None:
    data = b"".join(scalar(step, step) for step in range(100))
    file = EventFile("file", EventReader())
    file.read(io.BytesIO(data))
    part = file.contents.columns["loss/train"].part()
    steps = part.steps
    for step in range(100, 140):
        data += scalar(step, step)
        file.read(io.BytesIO(data))
    assert part.steps.tolist() == steps.tolist() == list(range(100))
    assert len(file.contents.columns["loss/train"]) == 140
    with pytest.raises(ValueError, match="read-only"):
        steps[0] = 1


def test_header_helper_agrees_with_the_record_helper() -> None:
    assert record(b"abc") == header(3) + b"abc" + struct.pack("<I", masked_crc(b"abc"))
