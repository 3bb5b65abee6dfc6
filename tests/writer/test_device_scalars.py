"""Scalars on an accelerator. The device here is a stand-in whose stream moves on when the test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import torch

from tb_losshealth import SummaryWriter
from tb_losshealth.live.warn_once import LossHealthWarning
from tb_losshealth.writer import device_scalars
from tb_losshealth.writer.device_scalars import DeviceScalar, PendingScalars, start_copy

Reader = Callable[[Path], list[Any]]


class Stream:
    """Work in the order it was queued, done when `advance` is called or someone waits for it."""

    def __init__(self) -> None:
        self.queued: list[Callable[[], object]] = []
        self.done = 0
        self.waits = 0

    def advance(self, count: int) -> None:
        for work in self.queued[self.done : self.done + count]:
            work()
        self.done = min(self.done + count, len(self.queued))


class Event:
    def record(self, stream: Stream) -> None:
        self.stream, self.position = stream, len(stream.queued)

    def query(self) -> bool:
        return self.stream.done >= self.position

    def synchronize(self) -> None:
        if not self.query():
            self.stream.waits += 1
            self.stream.advance(self.position - self.stream.done)


class DeviceTensor(torch.Tensor):
    """A tensor that says it is on the device; reading it in place is an error, copying it takes its time."""

    stream: ClassVar[Stream]

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return torch.device("privateuseone:0")

    def item(self) -> Any:
        raise AssertionError("read in place: the host waits for the device")

    def to(self, *args: Any, **kwargs: Any) -> Any:
        assert args == ("cpu",)
        assert kwargs == {"non_blocking": True}
        source = self.as_subclass(torch.Tensor)
        host = torch.full_like(source, -1.0)
        self.stream.queued.append(lambda: host.copy_(source))
        return host


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    stream = DeviceTensor.stream = Stream()
    module = SimpleNamespace(Event=Event, current_stream=lambda device: stream)
    monkeypatch.setattr(torch, "privateuseone", module, raising=False)
    return stream


def on_device(value: float) -> DeviceTensor:
    return torch.tensor(value).as_subclass(DeviceTensor)


def test_logged_in_order_as_values_arrive_without_waiting(tmp_path: Path, read_scalars: Reader, stream: Stream) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("a", on_device(1.0), 1)
        writer.add_scalar("a", on_device(2.0), 2)
        writer.add_scalar("on the host", 3.0, 2)
        assert not writer._pending._queue[0][0]["a"].ready()
        stream.advance(1)
        writer.add_scalar("a", on_device(4.0), 3)
        writer._flush_files()
        assert read_scalars(tmp_path) == [("a", 1, 1.0)]
        assert stream.waits == 0
        writer.flush()
        assert read_scalars(tmp_path) == [("a", 1, 1.0), ("a", 2, 2.0), ("on the host", 2, 3.0), ("a", 3, 4.0)]


def test_times_are_those_of_the_call(tmp_path: Path, read_events: Reader, stream: Stream) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("a", on_device(1.0), 1, walltime=5.0)
        writer.add_scalar("a", on_device(2.0), torch.tensor(2), walltime=6.0)
    assert [(e.wall_time, e.step) for e in read_events(tmp_path) if e.summary.value] == [(5.0, 1), (6.0, 2)]


def test_close_waits_for_everything(tmp_path: Path, read_scalars: Reader, stream: Stream) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(3):
            writer.add_scalars("loss", {"train": on_device(1.0), "val": 2.0}, step)
    assert [value for _, _, value in read_scalars(tmp_path / "loss_train")] == [1.0] * 3
    assert [value for _, _, value in read_scalars(tmp_path / "loss_val")] == [2.0] * 3


def test_a_value_that_its_device_fails_to_hand_over_costs_nothing_but_itself(
    tmp_path: Path, read_events: Reader, stream: Stream
) -> None:
    def fail() -> None:
        stream.queued[stream.done] = bool  # one failure; the device goes on
        raise RuntimeError("device-side assert triggered")

    writer = SummaryWriter(tmp_path)
    for step in range(5):
        writer.add_paired_scalars("loss", train=on_device(1.0), val=2.0, global_step=step)
    stream.queued[2] = fail
    file_writer = writer.file_writer
    with pytest.warns(LossHealthWarning, match="did not hand over: RuntimeError: device-side assert") as warned:
        writer.close()
    assert len(warned) == 1
    assert file_writer.event_writer._async_writer._closed
    values = [(value.tag, event.step) for event in read_events(tmp_path) for value in event.summary.value]
    assert [step for tag, step in values if tag == "loss/train"] == [0, 1, 3, 4]
    assert [step for tag, step in values if tag == "loss/val"] == [0, 1, 2, 3, 4]
    assert ("losshealth/loss/text_summary", 4) in values


def test_the_files_are_closed_whatever_fails_before(tmp_path: Path, read_events: Reader, stream: Stream) -> None:
    writer = SummaryWriter(tmp_path)

    def object_to(name: str, diagnosis: Any) -> None:
        raise RuntimeError("not now")

    writer.on_onset(object_to)
    for step in range(40):
        loss = 1.0 - 0.02 * step
        writer.add_paired_scalars("loss", train=on_device(loss), val=loss + 0.05 * max(0, step - 15), global_step=step)
    file_writer = writer.file_writer
    with pytest.raises(RuntimeError, match="not now"):
        writer.close()
    assert file_writer.event_writer._async_writer._closed
    assert writer.all_writers is None
    tags = [value.tag for event in read_events(tmp_path) for value in event.summary.value]
    assert "losshealth/loss/text_summary" in tags


def test_pairs_are_judged_when_values_arrive(tmp_path: Path, stream: Stream) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(5):
            writer.add_paired_scalars("loss", train=on_device(1.0), val=on_device(2.0), global_step=step)
        assert stream.waits == 0
        assert writer.diagnose("loss").evaluations == 5


def test_a_value_changed_after_the_call_is_logged_as_it_was(
    tmp_path: Path, read_scalars: Reader, stream: Stream
) -> None:
    # A stream works in order: what changes the tensor in place is queued behind the copy.
    running = on_device(1.0)
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("a", running, 1)
        stream.queued.append(lambda: running.as_subclass(torch.Tensor).fill_(9.0))
    assert [value for _, _, value in read_scalars(tmp_path)] == [1.0]


def test_waits_only_where_too_many_are_under_way(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_scalars, "MAX_PENDING", 3)
    queue = PendingScalars()
    logged: list[Any] = []
    for value in range(5):
        copy = start_copy(on_device(value))
        assert copy is not None
        queue.put({"a": copy}, logged.append)
        queue.log_ready()
    assert logged == [{"a": 0.0}, {"a": 1.0}]


def test_logging_from_within_keeps_order(stream: Stream) -> None:
    queue = PendingScalars()
    logged: list[Any] = []

    def log(values: dict[str, Any]) -> None:
        logged.append(values["a"])
        if values["a"] == 1:
            queue.put({"a": 3}, log)
            queue.log_all()

    queue.put({"a": 1}, log)
    queue.put({"a": 2}, log)
    queue.log_all()
    assert logged == [1, 2, 3]


@pytest.mark.parametrize("value", [1.0, torch.tensor(1.0), torch.empty((), device="meta"), "x", None], ids=repr)
def test_what_is_on_the_host_is_not_copied(value: object) -> None:
    assert start_copy(value) is None


def test_several_elements_are_left_to_torch_to_refuse(stream: Stream) -> None:
    assert start_copy(torch.ones(2).as_subclass(DeviceTensor)) is None


def test_a_device_without_streams_is_read_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "privateuseone", SimpleNamespace(), raising=False)
    assert start_copy(on_device(1.0)) is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu(tmp_path: Path, read_scalars: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        value = torch.zeros((), device="cuda")
        torch.cuda.synchronize()
        torch.cuda._sleep(10**9)
        for step in range(5):
            value += 1
            writer.add_scalar("a", value, step)
        assert isinstance(start_copy(value), DeviceScalar)
        assert writer._pending
    assert [v for _, _, v in read_scalars(tmp_path)] == [1.0, 2.0, 3.0, 4.0, 5.0]
