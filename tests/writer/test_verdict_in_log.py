"""The log keeps the last verdict as text: of declared pairs, and of all pairs once somebody asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tb_losshealth import SummaryWriter
from tests.live.loss_curves import EPOCHS, healthy, train
from tests.writer.logging_styles import by_name, paired

Reader = Callable[[Path], list[Any]]


def verdicts(folder: Path, read_events: Reader) -> list[tuple[str, int, str]]:
    return [
        (value.tag, event.step, value.tensor.string_val[0].decode())
        for event in read_events(folder)
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "text"
    ]


def test_the_run_keeps_its_verdict(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        paired(writer)
        expected = writer.diagnose("loss")
    ((tag, step, text),) = verdicts(tmp_path, read_events)
    assert (tag, step) == ("losshealth/loss/text_summary", EPOCHS - 1)
    assert text.startswith("**overfitting**")
    assert expected.reason in text
    assert f"Best checkpoint: step {expected.best_step} " in text


def test_the_verdict_is_written_again_only_if_it_changed(tmp_path: Path, read_events: Reader) -> None:
    writer = SummaryWriter(tmp_path)
    paired(writer)
    writer.close()
    writer.add_text("note", "logged after close, as torch allows", 1)
    writer.close()
    assert len(verdicts(tmp_path, read_events)) == 2
    writer.add_paired_scalars("loss", train=0.0, val=9.0, global_step=EPOCHS)
    writer.close()
    assert len(verdicts(tmp_path, read_events)) == 3


def test_pairs_that_nobody_asked_about_leave_the_log_as_it_was(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path / "silent") as writer:
        by_name(writer)
    assert verdicts(tmp_path / "silent", read_events) == []
    with SummaryWriter(tmp_path / "asked") as writer:
        by_name(writer)
        writer.should_stop()
    assert len(verdicts(tmp_path / "asked", read_events)) == 1


def test_beside_a_declared_pair_those_known_by_name_alone_stay_silent(tmp_path: Path, read_events: Reader) -> None:
    with SummaryWriter(tmp_path) as writer:
        by_name(writer)
        for epoch in range(EPOCHS):
            writer.add_paired_scalars("objective", train=train(epoch), val=healthy(epoch), global_step=epoch)
    assert [tag for tag, _, _ in verdicts(tmp_path, read_events)] == ["losshealth/objective/text_summary"]
