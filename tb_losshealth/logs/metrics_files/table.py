"""What one metrics file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.logs.metrics_files import axes
from tb_losshealth.logs.metrics_files.columns import Column
from tb_losshealth.pairing.tag_names import read


class NotMetrics(ValueError):
    """The file holds no metrics; the message says what it holds instead."""


def expect_metrics(names: Iterable[str], *, steps: bool = True) -> None:
    """Checks that columns of these names are a log of metrics, for a file that nobody pointed at.

    Args:
        names: of the columns.
        steps: whether one of them must count steps.

    Raises:
        NotMetrics: they count no steps, or name no loss or score.
    """
    known = list(names)
    if steps and not any(map(axes.is_step_name, known)):
        raise NotMetrics("no column counts steps or epochs")
    if not any(read(name).kind in ("loss", "error", "score") for name in known if not axes.is_axis_name(name)):
        raise NotMetrics("no column names a loss or a score")


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric in write order: `steps`, `values` and `wall_times` [n], which may repeat and go back."""

    name: str
    steps: Steps
    values: Floats
    wall_times: Floats


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of one file.

    Attributes:
        columns: by name, in order of appearance.
        problems: what could not be read, one sentence each.
    """

    columns: dict[str, Column]
    problems: tuple[str, ...] = ()

    def curves(self) -> Iterator[Curve]:
        """Every column but those that count steps or tell the time, over the best step axis the file has."""
        candidates = axes.step_axes(self.columns)
        for name, column in self.columns.items():
            if not axes.is_axis_name(name):
                steps = axes.steps_of(column.rows, candidates, self.columns)
                yield Curve(name, steps, column.values, axes.wall_times(column.rows, self.columns))
