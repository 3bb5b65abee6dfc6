"""A scan as a table in a notebook. Names are escaped: they come from logs, not from us."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tb_losshealth.health.answer.verdicts import VERDICTS
from tb_losshealth.present.colours import TRAIN, VALIDATION
from tb_losshealth.present.rows import spark
from tb_losshealth.present.text import count, headline, number, signed, step, visible
from tb_losshealth.reports import PairReport, ScanResult

MAX_ROWS = 100

_WIDTH, _HEIGHT = 120, 30
_HEADS = ("verdict", "run", "loss", "train, validation", "onset (95 %)", "best step", "best", "final gap")


def scan_html(result: ScanResult) -> str:
    """HTML of a scan: what was found, and the pairs, worst first."""
    lines = [headline((report.diagnosis.verdict.value for report in result), result.runs)]
    if len(result) > MAX_ROWS:
        lines.append(f"the {MAX_ROWS} worst are shown")
    if result.train_only:
        lines.append(f"{len(result.train_only):,} without validation: see .train_only")
    if result.problems:
        lines.append(f"{count(len(result.problems), 'problem')} while reading: see .problems")
    table = _table(result[:MAX_ROWS]) if len(result) else ""
    return f"<p>{escape('; '.join(lines))}</p>{table}"


def pair_html(report: PairReport) -> str:
    """HTML of one pair: its row, and why it was judged and paired so."""
    return f"{_table([report])}<p>{_text(report.diagnosis.reason)} {_text(report.pair.reason)}</p>"


def _table(reports: Iterable[PairReport]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in _HEADS)
    rows = "".join(f'<tr title="{_text(report.diagnosis.reason)}">{_cells(report)}</tr>' for report in reports)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(report: PairReport) -> str:
    diagnosis = report.diagnosis
    entry, onset = VERDICTS[diagnosis.verdict], diagnosis.onset
    texts = [
        _text(report.pair.run),
        _text(report.pair.name),
        _curves(report),
        f"{step(onset.step)} ({step(onset.low)}&ndash;{step(onset.high)})" if onset else "&ndash;",
        step(diagnosis.best_step),
        number(diagnosis.best_value),
        signed(diagnosis.gap.final),
    ]
    verdict = f'<td style="color:{entry.colours.either};white-space:nowrap"><b>{entry.sign} {entry.words}</b></td>'
    return verdict + "".join(f"<td>{text}</td>" for text in texts)


def _text(name: str) -> str:
    return escape(visible(name))


def _curves(report: PairReport) -> str:
    """Both curves as a small drawing."""
    points = spark(report)
    curves = ((points["train"], TRAIN), (points["val"], VALIDATION))
    known = [point for curve, _ in curves for point in curve]
    if not known:
        return ""
    (left, right), (low, high) = ((min(axis), max(axis)) for axis in zip(*known, strict=True))
    lines = "".join(
        f'<polyline fill="none" stroke="{colour}" points="{_polyline(curve, left, right, low, high)}"/>'
        for curve, colour in curves
    )
    box = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="-1 -1 {_WIDTH + 2} {_HEIGHT + 2}"'
    return f"<svg {box}>{lines}</svg>"


def _polyline(points: Sequence[Sequence[float]], left: float, right: float, low: float, high: float) -> str:
    def place(value: float, least: float, greatest: float) -> float:
        # Halved first: the span of two huge losses overflows.
        span = greatest / 2 - least / 2
        return (value / 2 - least / 2) / span if span else 0.5

    return " ".join(
        f"{place(x, left, right) * _WIDTH:.1f},{(1 - place(y, low, high)) * _HEIGHT:.1f}" for x, y in points
    )
