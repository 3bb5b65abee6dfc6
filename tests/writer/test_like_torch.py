"""Whoever swaps the import gets what torch's class gives: the same events, files, results and errors."""

from __future__ import annotations

import inspect
import itertools
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from tb_losshealth import SummaryWriter


def tree(root: Path) -> dict[str, Any]:
    """Everything below a folder: events without their times, other files as they are."""
    found: dict[str, Any] = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if "tfevents" not in name:
            found[name] = path.read_bytes()
            continue
        events = found.setdefault(path.parent.relative_to(root).as_posix(), [])
        for record in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(record)
            event.wall_time = 0
            events.append(event.SerializeToString(deterministic=True))
    return found


def outcome(use: Callable[[Any], object], writer: object) -> object:
    """What a use returns, or the kind and text of its error."""
    try:
        return use(writer)
    except Exception as error:
        return type(error), str(error).replace("RobustSummaryWriter", "SummaryWriter")


def linear() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())


def hparams(writer: Any) -> None:
    # Torch's own example logs five; the name of a run is a time where none is given.
    for i in range(5):
        writer.add_hparams(
            {"lr": 0.1 * i, "bsize": i}, {"hparam/accuracy": 10 * i, "hparam/loss": 10 * i}, run_name=f"trial{i}"
        )
    writer.add_hparams({"name": "x", "on": True}, {"a": torch.tensor(1.5)}, {"on": [True, False]}, "domain", 7)


def raw_histogram(writer: Any) -> None:
    data = np.repeat(np.arange(50) + 0.001, np.arange(50))
    counts, limits = np.histogram(data, bins=np.arange(52))
    writer.add_histogram_raw(
        tag="raw",
        min=data.min(),
        max=data.max(),
        num=len(data),
        sum=data.sum(),
        sum_squares=data.dot(data),
        bucket_limits=limits[1:].tolist(),
        bucket_counts=counts.tolist(),
        global_step=3,
    )


def embedding(writer: Any) -> None:
    words = [f"word{i}" for i in range(20)]
    images = torch.arange(20 * 3 * 4 * 4).reshape(20, 3, 4, 4) / 1000
    writer.add_embedding(torch.arange(60.0).reshape(20, 3), metadata=words, label_img=images, global_step=2, tag="e")
    writer.add_embedding(torch.arange(60.0).reshape(20, 3), metadata=words)


def pr_curves(writer: Any) -> None:
    rng = np.random.default_rng(0)
    writer.add_pr_curve("pr", rng.integers(2, size=100), rng.random(100), 0)
    writer.add_pr_curve_raw("raw", *np.ones((6, 5)), global_step=1, num_thresholds=5)


def mesh(writer: Any) -> None:
    vertices = torch.tensor([[[1.0, 1, 1], [-1, -1, 1], [1, -1, -1], [-1, 1, -1]]])
    colors = torch.tensor([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 0, 255]]])
    faces = torch.tensor([[[0, 2, 3], [0, 3, 1], [0, 1, 2], [1, 3, 2]]])
    writer.add_mesh("mesh", vertices=vertices, colors=colors, faces=faces, global_step=1)


def custom_scalars(writer: Any) -> None:
    writer.add_custom_scalars_multilinechart(["twse/0050", "twse/2330"])
    writer.add_custom_scalars_marginchart(["twse/0050", "twse/2330", "twse/2006"])
    writer.add_custom_scalars({"Taiwan": {"twse": ["Multiline", ["twse/0050", "twse/2330"]]}})


def losses(writer: Any) -> None:
    # The tutorial's tags, which are a pair by name: watching them adds nothing to the log.
    for step in range(100):
        writer.add_scalar("Loss/train", 1 / (step + 1), step)
        writer.add_scalar("Loss/test", 1 / (step + 1) + step / 50, step)


LOGGING_STYLES: dict[str, Callable[[Any], object]] = {
    "scalar": lambda w: [w.add_scalar("y=2x", i * 2, i) for i in range(100)],
    "scalar, all by position": lambda w: w.add_scalar("a", 1.5, 3, 12345.0, True, True),
    "scalar, new style": lambda w: w.add_scalar("a", 1.5, 3, new_style=True),
    "scalar, no step": lambda w: w.add_scalar("a", 1.5),
    "losses": losses,
    "scalars": lambda w: [
        w.add_scalars("run_14h", {"xsinx": i * np.sin(i / 5), "xcosx": i * np.cos(i / 5)}, i) for i in range(100)
    ],
    "scalars, slash": lambda w: w.add_scalars("a/b", {"c d": 1, "e": torch.tensor(2.0)}, 1, 12345.0),
    "hparams": hparams,
    "tensor": lambda w: w.add_tensor("x", torch.tensor([1, 2, 3]), 1),
    "histogram": lambda w: w.add_histogram("h", np.arange(1000) / 7, 4),
    "histogram, bins": lambda w: w.add_histogram("h", torch.arange(100.0), 4, bins="auto", max_bins=9),
    "histogram raw": raw_histogram,
    "image": lambda w: w.add_image("i", np.arange(3 * 8 * 8).reshape(3, 8, 8) / 192, 0),
    "images": lambda w: w.add_images("i", np.zeros((4, 3, 8, 8)), 0),
    "image with boxes": lambda w: w.add_image_with_boxes(
        "i", np.zeros((3, 32, 32)), torch.tensor([[2, 2, 20, 20]]), 0, labels=["x"]
    ),
    "figure": lambda w: w.add_figure("f", None),
    "video": lambda w: w.add_video("v", torch.zeros(1, 4, 3, 8, 8)),
    "audio": lambda w: w.add_audio("s", torch.zeros(1, 100), 1, 8000),
    "text": lambda w: w.add_text("lstm", "This is an lstm", 0),
    "onnx graph": lambda w: w.add_onnx_graph("no such file"),
    "graph": lambda w: w.add_graph(linear(), torch.zeros(1, 3)),
    "embedding": embedding,
    "pr curves": pr_curves,
    "custom scalars": custom_scalars,
    "mesh": mesh,
    "file writer": lambda w: w._get_file_writer().add_event(Event(step=3), 4, 5.0),
    "log dir": lambda w: Path(w.get_logdir()).name,
    "flush twice": lambda w: (w.flush(), w.flush(), w.close(), w.close()),
    "log after close": lambda w: (w.add_scalar("a", 1, 1), w.close(), w.add_scalar("a", 2, 2)),
}
WRONG: dict[str, Callable[[Any], object]] = {
    "two values": lambda w: w.add_scalar("a", torch.tensor([1.0, 2.0])),
    "a list": lambda w: w.add_scalar("a", [1.0]),
    "None": lambda w: w.add_scalar("a", None),
    "text": lambda w: w.add_scalar("a", "not a number"),
    "complex": lambda w: w.add_scalar("a", torch.tensor(1 + 2j)),
    "tag": lambda w: w.add_scalar(3, 1.0),
    "step": lambda w: w.add_scalar("a", 1.0, "three"),
    "scalars": lambda w: w.add_scalars("a", {"b": [1.0]}),
    "hparams": lambda w: w.add_hparams([], {}),
    "margin chart": lambda w: w.add_custom_scalars_marginchart(["a"]),
    "unknown argument": lambda w: w.add_scalar("a", 1.0, display_name="b"),
}


@pytest.mark.parametrize("use", LOGGING_STYLES.values(), ids=LOGGING_STYLES)
def test_same_events(tmp_path: Path, use: Callable[[Any], object]) -> None:
    results = []
    for name, kind in (("torch", TorchWriter), ("ours", SummaryWriter)):
        writer = kind(tmp_path / name / "run")
        results.append(outcome(use, writer))
        writer.close()
    assert results[0] == results[1]
    theirs, ours = tree(tmp_path / "torch"), tree(tmp_path / "ours")
    assert theirs
    assert ours == theirs


@pytest.mark.parametrize("use", WRONG.values(), ids=WRONG)
def test_same_errors(tmp_path: Path, use: Callable[[Any], object]) -> None:
    with TorchWriter(tmp_path / "torch") as theirs, SummaryWriter(tmp_path / "ours") as ours:
        expected = outcome(use, theirs)
        assert isinstance(expected, tuple), "this is to be an error"
        assert outcome(use, ours) == expected


@pytest.mark.parametrize(
    "number",
    [2, True, 0.5, "0.5", np.float32(0.1), np.int64(3), np.array([1.5]), np.array(2), np.float16(0.1), 10**20]
    + [torch.tensor(x) for x in (0.1, 3, True)]
    + [torch.tensor([[0.1]]), torch.tensor(0.1, dtype=torch.float64), torch.tensor(0.1, dtype=torch.float16)]
    + [torch.tensor(0.1, requires_grad=True), torch.tensor(1.5, dtype=torch.bfloat16), float("nan"), float("inf")],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::tb_losshealth.live.warn_once.LossHealthWarning")
def test_same_number(tmp_path: Path, number: object) -> None:
    for name, kind in (("torch", TorchWriter), ("ours", SummaryWriter)):
        with kind(tmp_path / name / "run") as writer:
            writer.add_scalar("a", number, torch.tensor(3))
            writer.add_scalars("b", {"c": number}, np.int32(3))
    assert tree(tmp_path / "ours") == tree(tmp_path / "torch")


def test_purge_step(tmp_path: Path) -> None:
    for name, kind in (("torch", TorchWriter), ("ours", SummaryWriter)):
        with kind(tmp_path / name, purge_step=5) as writer:
            writer.add_scalar("a", 1.0, 5)
        assert writer.purge_step is None
    assert tree(tmp_path / "ours") == tree(tmp_path / "torch")


def test_constructor_takes_the_same_positions(tmp_path: Path) -> None:
    theirs = list(inspect.signature(TorchWriter).parameters.values())
    ours = list(inspect.signature(SummaryWriter).parameters.values())
    assert [(p.name, p.default, p.kind) for p in ours[: len(theirs)]] == [(p.name, p.default, p.kind) for p in theirs]
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in ours[len(theirs) :])
    with SummaryWriter(tmp_path, "comment", None, 3, 4, ".suffix") as writer:
        assert (writer.log_dir, writer.max_queue, writer.flush_secs, writer.filename_suffix) == (
            tmp_path,
            3,
            4,
            ".suffix",
        )
    assert [path.suffix for path in tmp_path.iterdir()] == [".suffix"]


@pytest.mark.parametrize("name", [name for name in dir(TorchWriter) if not name.startswith("_")])
def test_methods_take_the_same_arguments(name: str) -> None:
    theirs, ours = (inspect.signature(getattr(kind, name)).parameters for kind in (TorchWriter, SummaryWriter))
    assert [(p.name, p.default, p.kind) for p in ours.values()] == [
        (p.name, p.default, p.kind) for p in theirs.values()
    ]


def test_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SummaryWriter(comment="_LR_0.1") as writer:
        assert str(writer.log_dir).startswith("runs/")
        assert str(writer.log_dir).endswith("_LR_0.1")


def test_same_public_attributes(tmp_path: Path) -> None:
    with TorchWriter(tmp_path / "torch") as theirs, SummaryWriter(tmp_path / "ours") as ours:
        for name in (name for name in vars(theirs) if not name.startswith("_")):
            assert type(getattr(ours, name)) is type(getattr(theirs, name)), name
        assert ours.default_bins == theirs.default_bins
        assert list(ours.all_writers) == [str(tmp_path / "ours")]
        assert ours.all_writers[str(tmp_path / "ours")] is ours.file_writer


def test_subclass(tmp_path: Path, read_scalars: Callable[[Path], list[Any]]) -> None:
    class Doubling(SummaryWriter):
        def add_scalar(self, tag: str, scalar_value: Any, *args: Any, **kwargs: Any) -> None:
            super().add_scalar(tag, scalar_value * 2, *args, **kwargs)

    with Doubling(tmp_path) as writer:
        writer.add_scalar("a", 1.0, 1)
        writer.add_paired_scalars("loss", train=2.0, global_step=1)
    assert read_scalars(tmp_path) == [("a", 1, 2.0), ("loss/train", 1, 4.0)]


def test_assignment_to_add_scalar(tmp_path: Path, read_scalars: Callable[[Path], list[Any]]) -> None:
    seen = []
    with SummaryWriter(tmp_path) as writer:
        original = writer.add_scalar

        def spy(tag: str, scalar_value: Any, *args: Any, **kwargs: Any) -> None:
            seen.append(tag)
            original(tag, scalar_value, *args, **kwargs)

        writer.add_scalar = spy
        writer.add_scalar("a", 1.0, 1)
        writer.add_paired_scalars("loss", train=1.0, val=2.0, global_step=1)
    assert seen == ["a", "loss/train", "loss/val"]
    assert [tag for tag, _, _ in read_scalars(tmp_path)] == seen


def test_pickle(tmp_path: Path, read_scalars: Callable[[Path], list[Any]]) -> None:
    writer = SummaryWriter(tmp_path)
    writer.add_paired_scalars("loss", train=1.0, val=2.0, global_step=1)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(writer)
    writer.close()
    copy = pickle.loads(pickle.dumps(writer))
    copy.add_paired_scalars("loss", train=1.0, val=2.0, global_step=2)
    assert copy.diagnose("loss").evaluations == 2
    copy.close()
    assert [step for _, step, _ in read_scalars(tmp_path)] == [1, 1, 2, 2]


def test_every_public_method_of_torch_is_compared() -> None:
    source = Path(__file__).read_text()
    methods = [name for name in dir(TorchWriter) if name.startswith("add_")]
    assert methods
    assert [name for name in methods if f".{name}(" not in source] == []


def test_threads_lose_nothing(tmp_path: Path, read_scalars: Callable[[Path], list[Any]]) -> None:
    with SummaryWriter(tmp_path) as writer:

        def work(name: str) -> None:
            for step in range(500):
                writer.add_scalar(f"{name}/train", 1.0, step)
                if step % 50 == 49:
                    writer.add_scalar(f"{name}/val", 1.0, step)

        threads = [threading.Thread(target=work, args=(f"loss{i}",)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    steps = [(tag, step) for tag, step, _ in read_scalars(tmp_path)]
    expected = itertools.product((f"loss{i}/train" for i in range(8)), range(500))
    assert sorted(key for key in steps if key[0].endswith("train")) == sorted(expected)
