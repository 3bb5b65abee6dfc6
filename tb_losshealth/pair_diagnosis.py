"""The diagnosis of a pair: what `diagnose` says of its curves, with the flags of reading and pairing added."""

from __future__ import annotations

from dataclasses import replace

from tb_losshealth.health.curves.trainings import Training
from tb_losshealth.health.diagnosis import Diagnosis, diagnose
from tb_losshealth.health.labels import Flag, in_order
from tb_losshealth.pairing.pairs import LossPair


def diagnose_pair(pair: LossPair, training: Training, *, of: int) -> Diagnosis:
    """Diagnoses one training of a pair.

    Args:
        pair: gives the direction (`mode`) and the flags of pairing.
        training: the curves, and the flags of putting them together.
        of: number of trainings in the folder.
    """
    return with_flags(diagnose(training.train, training.val, mode=pair.mode), pair, training, of=of)


def with_flags(diagnosis: Diagnosis, pair: LossPair, training: Training, *, of: int) -> Diagnosis:
    """Adds the flags of reading and pairing to a diagnosis of the curves alone.

    Args:
        diagnosis: of `training`.
        pair: brings the flags of pairing.
        training: brings the flags of putting train and validation together.
        of: number of trainings in the folder; more than one adds `restarted`.
    """
    restarted = {Flag.RESTARTED} if of > 1 else set()
    return replace(diagnosis, flags=in_order({*diagnosis.flags, *pair.flags, *training.flags, *restarted}))
