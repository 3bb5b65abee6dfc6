"""`--explain`: why each pair was judged and paired so, and what became of every other tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tb_losshealth.cli.listing import problem_line
from tb_losshealth.distribute.summaries import Summary
from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS
from tb_losshealth.present.text import count, visible

Json = Mapping[str, Any]


def explanation(summary: Summary, rows: Sequence[Json]) -> Iterator[str]:
    """Line by line: the pairs of `rows`, then all else."""
    for row in rows:
        yield from _pair(row)
    for row in summary.train_only:
        yield ""
        yield f"{visible(row['run'])}  {visible(row['name'])}: {TRAIN_ALONE[row['verdict']].words}, no validation"
        yield f"  {row['reason']}"
    if summary.unpaired.total:
        yield ""
        yield f"{count(summary.unpaired.total, 'tag')} in no pair:"
        for tag in summary.unpaired.first:
            yield f"  {visible(tag['run'])}  {visible(tag['tag'])}: {visible(tag['reason'])}"
        if summary.unpaired.total > len(summary.unpaired.first):
            yield f"  and {summary.unpaired.total - len(summary.unpaired.first):,} more"
    if summary.problems.total:
        yield ""
        yield f"{count(summary.problems.total, 'problem')} while reading:"
        yield from (f"  {problem_line(problem)}" for problem in summary.problems.first)


def _pair(row: Json) -> Iterator[str]:
    pairing = row["pairing"]
    yield ""
    yield f"{visible(row['run'])}  {visible(row['name'])}: {VERDICTS[row['verdict']].words}"
    yield f"  {row['reason']}"
    yield from (f"  {sentence}" for sentence in row["not_judged"])
    yield from (f"  {flag}: {FLAGS[flag].text}" for flag in row["flags"])
    for split in ("train", "val", "test"):
        if pairing[split]:
            yield f"  {split:5} {visible(pairing[split]['run'])}  {visible(pairing[split]['tag'])}"
    yield f"  {visible(pairing['reason'])}"
