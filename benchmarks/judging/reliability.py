"""Reliability of the confidence: do 80 % of the runs with a stated 80 % overfit? Figures and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.judging.detectors import recorded
from benchmarks.judging.history import Floats, History
from benchmarks.judging.truth import clear
from tb_losshealth.health.detector.log_odds import compute_log_odds

EDGES = (0.0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 0.99, 1.0)
"""Edges of the bins of stated probability: narrow at the top, where most runs that overfit lie."""


@dataclass(frozen=True)
class Bin:
    """Histories whose stated probability lies between `low` and `high`.

    Attributes:
        low: lower edge of the bin.
        high: upper edge of the bin.
        count: histories in it.
        stated: their mean stated probability.
        true: share of them that overfit.
    """

    low: float
    high: float
    count: int
    stated: float
    true: float


def probabilities(histories: Sequence[History]) -> tuple[Floats, Floats]:
    """Stated probabilities and truths (0 or 1), each [m], of the m clear histories in which a rise is visible."""
    stated, truth = [], []
    for history in histories:
        if clear(history) and len(history.val) >= 3:
            overfitting = compute_log_odds(recorded(history)[0].evidence())[1][-1]
            if np.isfinite(overfitting):
                stated.append(1 / (1 + np.exp(-overfitting)))
                truth.append(float(bool(history.overfits)))
    return np.array(stated), np.array(truth)


def bins(stated: Floats, truth: Floats) -> list[Bin]:
    """Group by stated probability; empty bins are left out."""
    found = []
    for low, high in pairwise(EDGES):
        inside = (stated >= low) & (stated < high if high < 1 else stated <= high)
        if inside.any():
            found.append(Bin(low, high, int(inside.sum()), float(stated[inside].mean()), float(truth[inside].mean())))
    return found


def draw(histories: Sequence[History], path: Path) -> None:
    """Write the reliability curve as an SVG that is readable on light and dark backgrounds."""
    size, edge = 320, 48
    points = bins(*probabilities(histories))

    def x(value: float) -> float:
        return edge + value * size

    def y(value: float) -> float:
        return edge / 2 + (1 - value) * size

    marks = "".join(
        f'<circle cx="{x(b.stated):.1f}" cy="{y(b.true):.1f}" r="{3 + 1.2 * np.log10(b.count):.1f}" fill="#e8710a"/>'
        f'<path d="M{x(b.stated):.1f} {y(min(1, b.true + _error(b))):.1f}V{y(max(0, b.true - _error(b))):.1f}" '
        'stroke="#e8710a" stroke-width="1.5"/>'
        for b in points
    )
    line = "M" + "L".join(f"{x(b.stated):.1f} {y(b.true):.1f}" for b in points)
    ticks = "".join(
        f'<text x="{x(v):.0f}" y="{y(0) + 18:.0f}" text-anchor="middle">{v:.0%}</text>'
        f'<text x="{edge - 8}" y="{y(v) + 4:.0f}" text-anchor="end">{v:.0%}</text>'
        f'<path d="M{x(v):.0f} {y(0):.0f}V{y(1):.0f}M{x(0):.0f} {y(v):.0f}H{x(1):.0f}" '
        'stroke="#888" stroke-opacity=".25"/>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    width, height = size + 2 * edge, size + 2 * edge
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#777">'
        f"<title>Stated confidence against the share of runs that truly overfit</title>{ticks}"
        f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#888" stroke-dasharray="4 4"/>'
        f'<path d="{line}" fill="none" stroke="#e8710a" stroke-width="2"/>{marks}'
        f'<text x="{x(0.5):.0f}" y="{y(0) + 40:.0f}" text-anchor="middle">stated confidence</text>'
        f'<text transform="translate(12 {y(0.5):.0f}) rotate(-90)" text-anchor="middle">truly overfitting</text>'
        "</svg>\n"
    )


def _error(b: Bin) -> float:
    """Half-width of the 95 % confidence interval of a share."""
    return 1.96 * float(np.sqrt(max(b.true * (1 - b.true), 0.25 / b.count) / b.count))
