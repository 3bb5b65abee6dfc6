"""`scan()` and what it hands out: reports that draw themselves, in a notebook and with matplotlib."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, overload

from tb_losshealth import reports as plain
from tb_losshealth.logs.run import Progress
from tb_losshealth.present.figure import plot_pair
from tb_losshealth.present.frame import data_frame
from tb_losshealth.present.html_table import pair_html, scan_html
from tb_losshealth.present.text import headline
from tb_losshealth.scanner import Scanner

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame  # type: ignore[import-untyped, unused-ignore]


def scan(
    logdir: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Mapping[str, str],
    *,
    config: str | os.PathLike[str] | None = None,
    metrics_files: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
    executor: Executor | None = None,
) -> ScanResult:
    """Read a logdir, pair its scalars and judge each pair.

    Args:
        logdir: a folder of runs, such as `tensorboard --logdir` takes, a metrics file (CSV, JSON lines, the state of
            Hugging Face's Trainer), a glob, an fsspec URL, or several of these; or folders by the name that their
            runs' names begin with, as in `--logdir_spec`.
        config: a losshealth.toml with a person's rules on pairs; without it, the one in a local `logdir` counts.
        metrics_files: whether to look for metrics files in folders too, beside event files; a metrics file that tells
            the same as event files in its folder is left out.
        on_progress: called now and then while files are read.
        executor: where to work, such as a `concurrent.futures.ProcessPoolExecutor` or `client.get_executor()` of
            Dask; this thread if None. The result is the same, without `logged`.

    Returns:
        One report a pair, worst first. What could not be read is in its `problems`.

    Raises:
        FileNotFoundError: if nothing is there.
        ValueError: if it is one event file, not its folder.
        tb_losshealth.parallel.WorkersUnavailable: if the executor cannot be used.
    """
    scanner = Scanner(logdir, config=os.fspath(config) if config is not None else None, metrics_files=metrics_files)
    if executor is None:
        return ScanResult.of(scanner.refresh(on_progress))
    return ScanResult.of(scanner.judge_in_batches(executor, on_progress=on_progress))


@dataclass(frozen=True, eq=False)
class PairReport(plain.PairReport):
    """One train/validation pair, judged; attributes as in `tb_losshealth.reports.PairReport`."""

    def plot(self, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
        """Draw curves, gap, onset and best checkpoint with matplotlib.

        Args:
            axes: one for the curves, one for the gap; a new figure of pyplot's if None.

        Returns:
            The two axes; `axes[0].figure` is the figure.

        Raises:
            ImportError: if matplotlib is not installed.
        """
        return plot_pair(self, axes)

    def _repr_html_(self) -> str:
        """The report in a notebook: its row and why."""
        return pair_html(self)


@dataclass(frozen=True, eq=False, repr=False)
class ScanResult(plain.ScanResult):
    """The judged pairs of a log, worst first; attributes as in `tb_losshealth.reports.ScanResult`."""

    reports: tuple[PairReport, ...] = ()

    @classmethod
    def of(cls, result: plain.ScanResult) -> ScanResult:
        """The result of a scanner with reports that draw themselves."""
        return cls(**{**_fields_of(result), "reports": tuple(PairReport(**_fields_of(report)) for report in result)})

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> PairReport: ...
        @overload
        def __getitem__(self, index: slice) -> tuple[PairReport, ...]: ...
        def __getitem__(self, index: int | slice) -> PairReport | tuple[PairReport, ...]: ...
        def __iter__(self) -> Iterator[PairReport]: ...

    def __repr__(self) -> str:
        return f"<ScanResult: {headline((report.diagnosis.verdict.value for report in self), self.runs)}>"

    def to_pandas(self) -> DataFrame:
        """One row a pair, worst first.

        Raises:
            ImportError: if pandas is not installed.
        """
        return data_frame(self)

    def _repr_html_(self) -> str:
        """The scan in a notebook: a table, worst first."""
        return scan_html(self)


def _fields_of(data: plain.PairReport | plain.ScanResult) -> dict[str, Any]:
    return {field.name: getattr(data, field.name) for field in fields(data)}
