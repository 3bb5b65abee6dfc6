"""`--explain`: why each pair was judged and paired so, and what became of every other tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS
from tb_losshealth.present.notes import problem_line
from tb_losshealth.present.overview import MAX_LISTED
from tb_losshealth.present.text import count, visible
from tb_losshealth.reports import PairReport, ScanResult


def explanation(result: ScanResult, shown: Sequence[PairReport]) -> Iterator[str]:
    """Line by line: the pairs that are shown, then all else."""
    for report in shown:
        yield from _pair(report)
    for alone in result.train_only:
        loss, diagnosis = alone.loss, alone.diagnosis
        yield ""
        yield f"{visible(loss.run)}  {visible(loss.name)}: {TRAIN_ALONE[diagnosis.verdict].words}, no validation"
        yield f"  {diagnosis.reason}"
    if result.unpaired:
        yield ""
        yield f"{count(len(result.unpaired), 'tag')} in no pair:"
        for tag in result.unpaired[:MAX_LISTED]:
            yield f"  {visible(tag.ref.run)}  {visible(tag.ref.tag)}: {visible(tag.reason)}"
        if len(result.unpaired) > MAX_LISTED:
            yield f"  and {len(result.unpaired) - MAX_LISTED:,} more"
    if result.problems:
        yield ""
        yield f"{count(len(result.problems), 'problem')} while reading:"
        yield from (f"  {problem_line(problem)}" for problem in result.problems[:MAX_LISTED])


def _pair(report: PairReport) -> Iterator[str]:
    pair, diagnosis = report.pair, report.diagnosis
    yield ""
    yield f"{visible(pair.run)}  {visible(pair.name)}: {VERDICTS[diagnosis.verdict].words}"
    yield f"  {diagnosis.reason}"
    yield from (f"  {sentence}" for sentence in diagnosis.not_judged)
    yield from (f"  {flag}: {FLAGS[flag].text}" for flag in diagnosis.flags)
    for split, ref in (("train", pair.train), ("val", pair.val), ("test", pair.test)):
        if ref is not None:
            yield f"  {split:5} {visible(ref.run)}  {visible(ref.tag)}"
    yield f"  {visible(pair.reason)}"
