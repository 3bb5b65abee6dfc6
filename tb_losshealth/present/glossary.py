"""The table of verdicts and flags, as the page gets it."""

from __future__ import annotations

from dataclasses import asdict

from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS, VerdictEntry
from tb_losshealth.present import api_types as api


def _verdict_text(entry: VerdictEntry) -> api.Fields:
    fields = asdict(entry)
    return {**fields.pop("colours"), **fields}


GLOSSARY: api.Glossary = {
    "verdicts": {str(name): _verdict_text(entry) for name, entry in VERDICTS.items()},
    "train_alone": {str(name): _verdict_text(entry) for name, entry in TRAIN_ALONE.items()},
    "flags": {str(name): asdict(entry) for name, entry in FLAGS.items()},
}
"""What verdicts and flags mean; the same for every log."""
