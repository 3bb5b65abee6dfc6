"""The pair as a figure."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from tb_losshealth import ScanResult, scan
from tb_losshealth.health.curves.alignment import gap_curve

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    yield
    pyplot.close("all")


def test_curves_gap_onset_and_best_are_drawn(result: ScanResult, tmp_path: Path) -> None:
    report = result[0]
    curves, gap = report.plot()
    lines = {str(line.get_label()).split()[0]: line for line in curves.lines}
    np.testing.assert_array_equal(lines["train"].get_ydata(), report.train.values)
    np.testing.assert_array_equal(lines["validation"].get_ydata(), report.val.values)
    np.testing.assert_array_equal(lines["best"].get_xdata(), [report.diagnosis.best_step])
    np.testing.assert_array_equal(gap.lines[1].get_ydata(), gap_curve(report.train, report.val))
    onset = report.diagnosis.onset
    assert onset is not None
    for axis in (curves, gap):
        (band,) = axis.patches
        assert band.get_window_extent().x0 == axis.transData.transform((onset.low, 0))[0]
        assert band.get_window_extent().x1 == axis.transData.transform((onset.high, 0))[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pyplot.savefig(tmp_path / "figure.pdf")
        pyplot.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")


def test_without_an_onset_there_is_no_band(result: ScanResult) -> None:
    curves, _ = result[1].plot()
    assert len(curves.patches) == 0


def test_axes_of_ones_own_are_drawn_on(result: ScanResult) -> None:
    figure = Figure()
    axes = figure.subplots(2, 1)
    assert result[0].plot(axes) == tuple(axes)
    with pytest.raises(ValueError, match="given 1"):
        result[0].plot(axes[:1])


def test_values_that_are_not_finite_and_a_single_point_are_drawn(logdir, write_run) -> None:
    write_run("nan", {"train_loss": [(0, 1.0), (1, float("nan")), (2, 0.5)], "val_loss": [(2, float("inf"))]})
    write_run("one", {"train_loss": [(0, 1.0)], "val_loss": [(0, 1.0)]})
    for report in scan(logdir):
        report.plot()[0].figure.canvas.draw()
