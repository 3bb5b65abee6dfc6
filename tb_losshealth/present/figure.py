"""A pair as a figure: curves with the gap between them, and the gap itself, on one step axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.health.curves.series import Floats, Series, Steps
from tb_losshealth.present.colours import GAP, ONSET, TEST, TRAIN, VALIDATION
from tb_losshealth.present.decimation import decimate
from tb_losshealth.present.text import number, step, visible
from tb_losshealth.reports import PairReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More points than a printed column can show.
WIDTH = 1500


def plot_pair(report: PairReport, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
    """Draws a pair.

    Args:
        report: what to draw.
        axes: one for the curves and one for the gap; a new figure if None.

    Returns:
        The two axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: not two axes.
    """
    curves, gap = _new_axes() if axes is None else _two(axes)
    _draw_curves(report, curves)
    _draw_gap(report, gap)
    onset = report.diagnosis.onset
    if onset is not None:
        for axis in (curves, gap):
            axis.axvspan(onset.low, onset.high, color=ONSET, alpha=0.12, linewidth=0)
            axis.axvline(onset.step, color=ONSET, linewidth=1)
        curves.annotate(
            f"onset {step(onset.step)}",
            xy=(onset.step, 1),
            xycoords=curves.get_xaxis_transform(),
            xytext=(3, -3),
            textcoords="offset points",
            va="top",
            color=ONSET,
            fontsize="small",
        )
    return curves, gap


def _new_axes() -> tuple[Axes, Axes]:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("plot() needs the package matplotlib: pip install 'tb-losshealth[plot]'") from error
    _, (curves, gap) = pyplot.subplots(
        2, 1, sharex=True, figsize=(6.4, 4.4), height_ratios=(3, 1), layout="constrained"
    )
    return curves, gap


def _two(axes: Sequence[Axes]) -> tuple[Axes, Axes]:
    if len(axes) != 2:
        raise ValueError(f"plot() draws on two axes, curves and gap; it was given {len(axes)}")
    return axes[0], axes[1]


def _draw_curves(report: PairReport, axis: Axes) -> None:
    diagnosis, val = report.diagnosis, report.val
    axis.fill_between(val.steps, report.aligned.train, val.values, color=GAP, alpha=0.25, linewidth=0)
    splits = ((report.train, TRAIN, "train"), (report.test, TEST, "test"), (val, VALIDATION, "validation"))
    for series, colour, label in splits:
        if series is not None and len(series):
            steps, values = _drawn(series)
            marker = "o" if len(steps) == 1 else None
            axis.plot(steps, values, color=colour, linewidth=1.2, label=label, marker=marker)
    if diagnosis.best_step is not None and diagnosis.best_value is not None:
        label = f"best {number(diagnosis.best_value)} at {step(diagnosis.best_step)}"
        ring = {"marker": "o", "markersize": 7, "markerfacecolor": "none", "linestyle": "none"}
        axis.plot([diagnosis.best_step], [diagnosis.best_value], color=VALIDATION, label=label, **ring)  # type: ignore[arg-type]
    # Dollars and underscores of names are text, no formulas.
    title = f"{visible(report.pair.run)}: {VERDICTS[diagnosis.verdict].words}"
    axis.set_title(title, fontsize="medium", loc="left", parse_math=False)
    axis.set_ylabel(visible(report.pair.name), parse_math=False)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(frameon=False, fontsize="small")


def _draw_gap(report: PairReport, axis: Axes) -> None:
    axis.axhline(0, color="0.6", linewidth=0.8)
    axis.plot(report.val.steps, report.aligned.gap, color=GAP, linewidth=1.2)
    axis.set_ylabel("gap")
    axis.set_xlabel("step")


def _drawn(series: Series) -> tuple[Steps, Floats]:
    """As many points as the eye can tell apart; gaps where a value was not finite."""
    kept = decimate(series, WIDTH)
    return series.steps[kept], np.where(np.isfinite(series.values[kept]), series.values[kept], np.nan)
