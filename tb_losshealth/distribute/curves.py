"""Every curve of a log, batch by batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

from tb_losshealth.distribute.batches import Batch, make_batches
from tb_losshealth.distribute.discover import find_runs, open_runs
from tb_losshealth.distribute.outcomes import Executor, Failed
from tb_losshealth.distribute.summaries import Listed
from tb_losshealth.distribute.work import for_each_batch
from tb_losshealth.health.curves.series import Series
from tb_losshealth.logs.problems import ReadProblem


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One training under one tag.

    Attributes:
        run: name of the run.
        tag: name of the tag.
        session: 0 for the oldest training in the folder, then 1, ...
        series: its points.
    """

    run: str
    tag: str
    session: int
    series: Series


@dataclass(frozen=True, slots=True)
class Selection:
    """Which curves: those whose run and tag match, where a pattern is given."""

    run: re.Pattern[str] | None = None
    tag: re.Pattern[str] | None = None

    def __call__(self, batch: Batch) -> tuple[list[Curve], tuple[ReadProblem, ...]]:
        """The curves of a batch, and what could not be read there."""
        source = open_runs([run for run in batch.runs if self.run is None or self.run.search(run.name)])
        source.refresh()
        curves = [
            Curve(run.name, tag.name, number, session.series)
            for run in source.runs.values()
            for tag in run.tags.values()
            if self.tag is None or self.tag.search(tag.name)
            for number, session in enumerate(tag.trainings)
        ]
        return curves, source.problems


class Curves:
    """The curves of a log as a stream: a few batches are in memory at a time.

    Args:
        roots: run name prefix to folder, metrics file or URL, as `find_roots` gives.
        selection: which of them.
        executor: where to read.
        metrics: whether to read metrics files.
        on_batch: called with each batch that is done and the number of bytes that all of them hold.

    Attributes:
        problems: what could not be read, as far as the stream has come.
        failed: runs that could not be read at all, a sentence each.
    """

    def __init__(
        self,
        roots: Mapping[str, str],
        selection: Selection,
        executor: Executor,
        *,
        metrics: bool = True,
        on_batch: Callable[[Batch, int], None],
    ) -> None:
        self._selection = selection
        self._executor = executor
        self._on_batch = on_batch
        self.problems = Listed()
        self.failed: list[str] = []
        problems: list[ReadProblem] = []
        self._batches = make_batches(find_runs(roots, problems, metrics=metrics))
        self.problems.add(map(asdict, problems))

    def __iter__(self) -> Iterator[Curve]:
        total = sum(batch.bytes for batch in self._batches)
        for batch, outcome in for_each_batch(self._selection, self._batches, self._executor):
            if isinstance(outcome, Failed):
                self.failed.append(f"{batch}: {outcome.reason}")
            else:
                curves, problems = outcome
                self.problems.add(map(asdict, problems))
                yield from curves
            self._on_batch(batch, total)
