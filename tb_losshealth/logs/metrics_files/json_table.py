"""JSON of metrics: an object a line, a list of objects, lists by name, or the state that Hugging Face Trainer saves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from tb_losshealth.logs.metrics_files.columns import Gatherer
from tb_losshealth.logs.metrics_files.numbers import number_of
from tb_losshealth.logs.metrics_files.records import numbers
from tb_losshealth.logs.metrics_files.table import NotMetrics, Table, expect_metrics

HISTORY = "log_history"

_DEEPEST = 8
# A data set of JSON lines may be huge: this many lines tell whether it is metrics.
_PATIENCE = 200


def read_json_lines(lines: Iterable[str], *, asked: bool) -> Table:
    """Reads one JSON object a line; a line that is none is left out and said.

    Args:
        lines: the lines of the file, ends included.
        asked: whether a person named this very file, so that it need not look like a log of metrics.

    Raises:
        NotMetrics: no line holds a number, or it is no log of metrics.
    """
    gatherer = Gatherer()
    bad: list[int] = []
    last = ""
    for number, line in enumerate(lines, start=1):
        last = line
        if not line.strip():
            continue
        record = parse(line)
        if isinstance(record, Mapping):
            gatherer.add(numbers(record))
        else:
            bad.append(number)
        if number == _PATIENCE and not asked:
            expect_metrics(gatherer.names)
    if bad and not last.endswith("\n"):
        bad.pop()  # the last line is being written right now
    if not asked:
        expect_metrics(gatherer.names)
    columns = gatherer.columns()
    if not columns:
        raise NotMetrics("it holds no JSON objects with numbers")
    if not bad:
        return Table(columns)
    said = "1 line is no JSON object" if len(bad) == 1 else f"{len(bad)} lines are no JSON objects"
    return Table(columns, (f"{said}; left out, the first being line {bad[0]}",))


def read_json(text: str, *, asked: bool) -> Table:
    """Reads a whole JSON document; `asked` as above.

    Raises:
        NotMetrics: it is no JSON, or of another shape.
    """
    document = parse(text)
    if document is None:
        raise NotMetrics("it is no complete JSON")
    if isinstance(document, Mapping) and isinstance(document.get(HISTORY), list):
        document = [_as_logged(entry) for entry in document[HISTORY] if isinstance(entry, Mapping)]
    gatherer = Gatherer()
    if isinstance(document, list):
        for entry in document:
            if isinstance(entry, Mapping):
                gatherer.add(numbers(entry))
    elif isinstance(document, Mapping):
        lists = dict(_lists(document, "", _DEEPEST))
        if not lists:  # the first line of what will be JSON lines
            return read_json_lines([text], asked=asked)
        for row in range(max(map(len, lists.values()), default=0)):
            gatherer.add(
                {
                    name: number
                    for name, values in lists.items()
                    if row < len(values) and (number := number_of(values[row])) is not None
                }
            )
    columns = gatherer.columns()
    if not columns:
        raise NotMetrics("it holds neither rows of numbers nor lists of them")
    if not asked:
        expect_metrics(columns, steps=False)
    return Table(columns)


def parse(text: str) -> object:
    """The value that JSON text holds; None where it is no JSON."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _as_logged(entry: Mapping[str, object]) -> dict[str, object]:
    """An entry of Trainer's history under the names that its TensorBoard callback gives."""
    renamed = {}
    for key, value in entry.items():
        if key in ("step", "epoch"):
            renamed[key] = value
        elif key.startswith(("eval_", "test_")):
            split, _, name = key.partition("_")
            renamed[f"{split}/{name}"] = value
        else:
            renamed[f"train/{key}"] = value
    return renamed


def _lists(document: Mapping[str, object], prefix: str, depth: int) -> Iterable[tuple[str, Sequence[object]]]:
    for key, value in document.items():
        if isinstance(value, Mapping) and depth:
            yield from _lists(value, f"{prefix}{key}/", depth - 1)
        elif isinstance(value, list):
            yield f"{prefix}{key}", value
