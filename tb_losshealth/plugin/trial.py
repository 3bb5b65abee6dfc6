"""Why tags are in no pair, and a trial of any two of them as a pair, which writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from tb_losshealth.logs.run import Run
from tb_losshealth.pair_judge import report_pair
from tb_losshealth.pairing.pairs import LossPair, Mode, TagRef, explicit_pair
from tb_losshealth.pairing.toml_rules import Pattern
from tb_losshealth.plugin import parameters
from tb_losshealth.plugin.answers import UnknownId, pair_answer
from tb_losshealth.plugin.service import Snapshot
from tb_losshealth.present import api_types as api
from tb_losshealth.present.overview import unpaired_tags


def unpaired(snapshot: Snapshot, query: Mapping[str, str]) -> api.UnpairedAnswer:
    """Tags in no pair whose run or name contains a text, each with the reason."""
    wanted = query.get("contains", "").casefold()
    found = [
        tag for tag in snapshot.result.unpaired if wanted in tag.ref.run.casefold() or wanted in tag.ref.tag.casefold()
    ]
    return {"version": snapshot.version, **unpaired_tags(found)}


def trial(snapshot: Snapshot, query: Mapping[str, str]) -> api.TrialAnswer:
    """Two tags judged as a pair, and the TOML that would make them one.

    Raises:
        BadParameter: for a parameter that cannot be used.
        UnknownId: if a run or tag is not in the log.
    """
    logged = snapshot.result.logged
    train, val = (_tag(logged, query, split) for split in ("train", "val"))
    mode = query.get("mode", "min")
    if mode not in ("min", "max"):
        raise parameters.BadParameter(f"parameter 'mode' must be min or max, not {mode[:40]!r}")
    if train == val:
        raise parameters.BadParameter("parameter 'val_tag' names the train curve itself")
    reason = "You are trying this pair; nobody else sees it."
    pair = explicit_pair(val.run, val.tag, cast(Mode, mode), (train, val, None), reason=reason, source="override")
    return {**pair_answer(snapshot, report_pair(pair, logged), query), "toml": toml(pair)}


def toml(pair: LossPair) -> str:
    """What to write into losshealth.toml."""
    patterns = {"train": pair.train.tag, "val": pair.val.tag}
    if pair.train.run == pair.val.run:
        patterns = {"run": pair.val.run, **patterns}
    else:
        patterns |= {"train_run": pair.train.run, "val_run": pair.val.run}
    keys = {**{key: Pattern.escape(text) for key, text in patterns.items()}, "mode": pair.mode}
    return "[[pair]]\n" + "".join(f"{key} = {_toml_text(text)}\n" for key, text in keys.items())


def _toml_text(text: str) -> str:
    # A TOML string is a JSON string, except for the one control character that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _tag(logged: Mapping[str, Run], query: Mapping[str, str], split: str) -> TagRef:
    ref = TagRef(parameters.text(query, f"{split}_run"), parameters.text(query, f"{split}_tag"))
    run = logged.get(ref.run)
    tag = run.tags.get(ref.tag) if run else None
    if tag is None or not tag.trainings:
        raise UnknownId(f"{split}: the log holds no points of tag {ref.tag[:80]!r} in run {ref.run[:80]!r}")
    return ref
