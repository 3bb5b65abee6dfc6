from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from tb_losshealth.events.logdir import Logdir


def test_reads_what_was_appended(tmp_path: Path) -> None:
    logdir = Logdir(str(tmp_path))
    assert logdir.refresh().changed == frozenset()
    writer = SummaryWriter(tmp_path / "a" / "b")
    writer.add_scalar("loss/train", 0.5, 1)
    writer.flush()
    assert logdir.refresh().changed == {"a/b"}
    first = logdir.runs["a/b"].tags["loss/train"]
    writer.add_scalar("loss/train", 0.25, 2)
    writer.close()
    assert logdir.refresh().changed == {"a/b"}
    second = logdir.runs["a/b"].tags["loss/train"]
    assert first.series.values.tolist() == [0.5]
    assert second.series.values.tolist() == [0.5, 0.25]
    assert second.series.steps.tolist() == [1, 2]
    assert logdir.refresh().changed == frozenset()
    assert logdir.problems == ()
