"""The table of verdicts and flags, as the page gets it."""

from __future__ import annotations

from collections.abc import Mapping

from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS, VerdictEntry
from tb_losshealth.present import api_types as api


def _verdict_texts(entries: Mapping[str, VerdictEntry]) -> dict[str, api.VerdictText]:
    return {
        str(name): {
            "title": entry.title,
            "sign": entry.sign,
            "path": entry.path,
            "filled": entry.filled,
            "light": entry.colours.light,
            "dark": entry.colours.dark,
            "either": entry.colours.either,
            "meaning": entry.meaning,
            "advice": entry.advice,
            "sources": list(entry.sources),
        }
        for name, entry in entries.items()
    }


GLOSSARY: api.Glossary = {
    "verdicts": _verdict_texts(VERDICTS),
    "train_alone": _verdict_texts(TRAIN_ALONE),
    "flags": {
        str(name): {
            "title": entry.title,
            "meaning": entry.meaning,
            "advice": entry.advice,
            "sources": list(entry.sources),
        }
        for name, entry in FLAGS.items()
    },
}
"""What verdicts and flags mean; the same for every log."""
