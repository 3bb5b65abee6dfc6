"""The table of verdicts and flags, which every form shows."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tb_losshealth import Verdict
from tb_losshealth.health.answer.flags import FLAGS
from tb_losshealth.health.answer.verdicts import TRAIN_ALONE, VERDICTS, VerdictEntry
from tb_losshealth.health.diagnosis import diagnose, diagnose_train
from tb_losshealth.health.labels import Flag, in_order

ENTRIES = [*VERDICTS.values(), *TRAIN_ALONE.values()]
# What text stands on: a page, a row under the mouse, a chosen row (frontend/src/style/theme.css).
LIGHT, DARK = ("#ffffff", "#f5f5f5", "#fdf1e7"), ("#303030", "#3a3a3a", "#46392f")
# Terminals and notebooks: white, black, VS Code's dark, Solarized's two.
UNKNOWN = ("#ffffff", "#000000", "#1e1e1e", "#fdf6e3", "#002b36")
# Deuteranopia by Machado, Oliveira & Fernandes, A Physiologically-based Model (2009), on linear RGB.
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio."""
    low, high = sorted(float(linear(colour) @ XYZ[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen_as(colour: str) -> np.ndarray:
    """The colour as a person with deuteranopia sees it, in CIE Lab."""
    scaled = np.array(XYZ) @ np.clip(np.array(DEUTERANOPIA) @ linear(colour), 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_colours_can_be_read_on_every_surface(entry: VerdictEntry) -> None:
    assert min(contrast(entry.colours.light, surface) for surface in LIGHT) >= 4.5
    assert min(contrast(entry.colours.dark, surface) for surface in DARK) >= 4.5
    assert min(contrast(entry.colours.either, surface) for surface in UNKNOWN) >= 3


@pytest.mark.parametrize("theme", ["light", "dark", "either"])
def test_good_and_bad_news_differ_for_people_who_see_no_green(theme: str) -> None:
    bad, good = (Verdict.OVERFITTING, Verdict.DIVERGING), (Verdict.IMPROVING, Verdict.CONVERGED)
    for one, other in itertools.product(bad, good):
        seen = [seen_as(getattr(VERDICTS[verdict].colours, theme)) for verdict in (one, other)]
        assert math.dist(*seen) > 12, (one, other)


def test_every_verdict_has_a_name_a_sign_and_a_shape_of_its_own() -> None:
    assert list(VERDICTS) == list(Verdict)
    for field in ("title", "sign", "path"):
        assert len({getattr(entry, field) for entry in VERDICTS.values()}) == len(VERDICTS)
    assert all(len(entry.sign) == 1 for entry in ENTRIES)


def test_every_text_is_a_sentence() -> None:
    texts = [text for entry in ENTRIES for text in (entry.meaning, entry.advice)]
    texts += [text for flag in FLAGS.values() for text in (flag.meaning, flag.advice)]
    assert all(text[0].isupper() and text[-1] in ".?" for text in texts)


def test_train_alone_is_never_said_to_be_healthy_nor_spoken_of_as_two_curves() -> None:
    for verdict, entry in TRAIN_ALONE.items():
        meaning = entry.meaning.lower()
        assert not any(word in meaning for word in ("both", "gap", "evaluation")), verdict
    for verdict in (Verdict.IMPROVING, Verdict.CONVERGED):
        assert "without validation" in TRAIN_ALONE[verdict].meaning
        assert TRAIN_ALONE[verdict].title != VERDICTS[verdict].title


def test_every_flag_is_in_the_table_and_comes_in_its_order() -> None:
    assert list(FLAGS) == list(Flag)
    assert in_order({Flag.SPIKES, Flag.RECOVERED}) == ("recovered", "spikes")
    assert [str(flag) for flag in in_order({Flag.SPIKES})] == ["spikes"]


def test_the_text_of_inconclusive_holds_with_many_evaluations_and_train_logged() -> None:
    rng = np.random.default_rng(3)
    diagnoses = [
        diagnose(1 + rng.normal(0, 0.3, 60), 1 + np.linspace(0, 0.5, 60) + rng.normal(0, 0.02, 60)) for _ in range(20)
    ]
    found = [diagnosis for diagnosis in diagnoses if diagnosis.verdict is Verdict.INCONCLUSIVE]
    assert found
    assert all(diagnosis.evaluations == 60 and diagnosis.train_points == 60 for diagnosis in found)
    entry = VERDICTS[Verdict.INCONCLUSIVE]
    assert "validation rises and train does not show" in entry.meaning
    assert "the reason names" in entry.advice


def test_train_alone_has_a_text_for_every_verdict_that_it_can_get() -> None:
    rng = np.random.default_rng(0)
    falling, noise = np.exp(-np.arange(60) / 10), rng.normal(0, 1, 60)
    curves = [falling, falling[:2], 1 + 0 * falling, 2 - falling, 1 + noise / 100, 3 + noise, 5 - np.arange(60) / 20]
    assert {diagnose_train(curve).verdict for curve in curves} <= set(TRAIN_ALONE)
