"""The sentence is true of the data: its numbers, its steps, and whether something rose or fell."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_losshealth.health.answer.wording import describe_change, format_change, format_number
from tb_losshealth.health.curves.series import Floats
from tb_losshealth.health.curves.validate import Mode
from tb_losshealth.health.diagnosis import Diagnosis, Verdict, diagnose, diagnose_train

NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?"
MOVED = re.compile(rf"({NUMBER}) -> ({NUMBER})(?: \(([+-]\d+) %\))?")
STEP = re.compile(r"step (-?\d[\d,]*)")
VERBS = {"rose": 1, "fell": -1, "rises": 1, "falls": -1}
"""Which way a verb goes; "went" and "stayed" state no direction."""
GAP = 7  # between two steps, so that a step is never taken for an index


@st.composite
def histories(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Train and validation at the same evaluations: every shape that has a verdict of its own, with noise."""
    n = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 12, 20, 40, 40, 100, 700]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = np.arange(n) / n
    noise = draw(st.sampled_from([0.0, 0.01, 0.05, 0.4]))
    curves = []
    for _ in range(2):
        fall, pace, turn = draw(st.sampled_from([0, 0.02, 1, 1])), draw(st.floats(1, 20)), draw(st.floats(0.1, 1))
        curve = fall * np.exp(-pace * x) + draw(st.sampled_from([0, 0, 0.1, 2])) * np.maximum(x - turn, 0)
        curve += draw(st.sampled_from([0, 0, 0.3])) * (x > draw(st.floats(0, 1)))
        curve += noise * draw(st.sampled_from([0, 1, 1])) * rng.standard_normal(n)
        if draw(st.integers(0, 3)) == 0:
            curve[rng.integers(0, n, 2)] += draw(st.sampled_from([-2, 2]))
        if draw(st.integers(0, 3)) == 0:
            curve[n - draw(st.integers(1, 3)) :] = np.nan
        curves.append(curve)
    scale, level = draw(st.sampled_from([1.0, 1e-4, 2500.0, 1e7])), draw(st.sampled_from([0.0, 0.5, -3.0, 20.0]))
    return scale * (curves[0] + level), scale * (curves[1] + level + draw(st.sampled_from([0.0, 0.0, 0.2, -5.0])))


def value(text: str) -> float:
    return float(text.replace(",", ""))


def is_shown(text: str, values: Floats) -> bool:
    """Whether a number is one of some values, to its last digit."""
    digits = re.sub(r"e.*", "", text).replace(",", "").lstrip("-").replace(".", "").lstrip("0")
    return any(format_number(float(v), max(len(digits), 1)) == text or _near(v, text) for v in values)


def _near(v: float, text: str) -> bool:
    decimals = len(text.split("e")[0].partition(".")[2])
    exponent = int(text.partition("e")[2] or 0)
    return abs(v - value(text)) <= 0.5001 * 10.0 ** (exponent - decimals)


def check(diagnosis: Diagnosis, train: Floats, val: Floats, sign: float) -> None:
    """Parse the sentence and compare it with the data; steps are GAP times an index."""
    reason, n = diagnosis.reason, len(val)
    finite_val, finite_train = val[np.isfinite(val)], train[np.isfinite(train)]
    for step in STEP.findall(reason):
        assert value(step) % GAP == 0
        assert 0 <= value(step) / GAP < n
    for match in MOVED.finditer(reason):
        start, end, percent = value(match[1]), value(match[2]), match[3]
        before = reason[: match.start()]
        verb = re.findall(r"\b(rose|fell|rises|falls|went|stayed)\b|and train with it,", before)
        expected = VERBS.get(verb[-1], 0) if verb else 0
        if before.endswith("and train with it, "):
            expected = int(sign)
        assert expected == 0 or np.sign(end - start) == expected
        if percent is not None:
            assert np.sign(int(percent)) in (0, np.sign(end - start))
            # The two numbers show their difference to two digits at least, and so to a quarter of it.
            shown = 100 * (end - start) / abs(start)
            assert int(percent) == pytest.approx(shown, abs=0.51 + 0.25 * abs(shown))
        about_train = re.search(r"train[^;]*$", before, re.IGNORECASE) is not None
        known = finite_train if about_train else finite_val
        slack = 0.006 * max(abs(start), abs(end))
        assert known.min() - slack <= min(start, end)
        assert max(start, end) <= known.max() + slack
        if n <= 512 and "on average" not in reason and not about_train and "spikes" not in diagnosis.flags:
            assert is_shown(match[1], finite_val)
            assert is_shown(match[2], finite_val)
            since = re.match(r" ?(?:\([^)]*\))? ?since step (-?[\d,]+)", reason[match.end() :])
            if since:
                at = int(value(since[1])) // GAP
                assert is_shown(match[1], val[at : at + 1])
                assert is_shown(match[2], finite_val[-1:])
    for shown, step in re.findall(rf"({NUMBER}) at step (-?[\d,]+)", reason):
        assert is_shown(shown, val[[int(value(step)) // GAP]])
    if diagnosis.best_step is not None and (kept := re.search(r"keep the checkpoint of step (-?[\d,]+)", reason)):
        assert value(kept[1]) == diagnosis.best_step
        assert diagnosis.best_value == (finite_val.min() if sign > 0 else finite_val.max())
    if "Validation stayed at" in reason:
        assert np.ptp(finite_val) == 0
    if "train stayed at" in reason:
        assert np.ptp(finite_train) == 0 or "spikes" in diagnosis.flags or n > 512 or diagnosis.onset is not None
    for name, curve in (("[Tt]rain", train), ("[Vv]alidation", val)):
        tail = re.search(rf"{name} (?:is NaN or infinite )?since step (-?[\d,]+)(?: and|;)", reason)
        if tail and "NaN" in reason:
            at = int(value(tail[1])) // GAP
            assert not np.isfinite(curve[at:]).any()
            assert at == 0 or np.isfinite(curve[at - 1])


CONSTANT_THEN_RISING = np.r_[np.full(16, 0.5), 0.6, 0.7, 0.8, 0.9]


@given(histories(), st.sampled_from(["min", "max"]))
@example((CONSTANT_THEN_RISING + np.maximum(np.arange(20) - 10, 0) / 10, CONSTANT_THEN_RISING), "min")
@settings(max_examples=400, deadline=None)
def test_the_sentence_is_true_of_the_data(curves: tuple[Floats, Floats], mode: Mode) -> None:
    train, val = curves
    sign = 1.0
    if mode == "max":
        train, val, sign = -train, -val, -1.0
    steps = GAP * np.arange(len(val))
    check(diagnose((steps, train), (steps, val), mode), train, val, sign)
    alone = diagnose_train((steps, train), mode)
    check(alone, train, train, sign)
    if alone.verdict is not Verdict.DIVERGING and np.isfinite(train).any():
        assert "Train went" in alone.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (format_number(-0.0), "0"),
        (format_number(1234.5), "1,234"),
        (format_change(1.0, 0.5), "1 -> 0.5 (-50 %)"),
        (format_change(2.004, 2.0349), "2.004 -> 2.035 (+2 %)"),
        (format_number(999.7), "1,000"),
        (format_change(1.0, 1.0001), "1 -> 1.0001"),
        (describe_change("train", 1.0, 1.0), "train went 1 -> 1"),
    ],
)
def test_numbers_in_words(text: str, expected: str) -> None:
    assert text == expected


def test_validation_that_still_moved_is_not_called_level() -> None:
    train = [0.279, 0.2784, 0.2776, 0.2738, 0.2631, 0.2443, 0.224, 0.1954]
    diagnosis = diagnose(train, [0.32, 0.315, 0.313, 0.3, 0.273, 0.281, 0.262, 0.26])
    assert diagnosis.verdict == "widening_gap"
    assert "Validation fell 0.273 -> 0.26 (-5 %) since about step 4" in diagnosis.reason


def test_validation_is_not_reported_to_have_come_back_if_it_did_not() -> None:
    x, rng = np.arange(86), np.random.default_rng(1)
    val = 0.3 + 0.1 * np.exp(-x / 15) + 0.03 * np.exp(-x / 8) * rng.standard_normal(86)
    val[0] = 0.03
    stayed = diagnose(0.4 * np.exp(-x / 3), val)
    assert stayed.recovered
    assert stayed.reason.endswith("was revoked when the rise no longer stood out.")
    hump = np.exp(-x / 8) + 0.5 * np.exp(-(((x - 30) / 8) ** 2))
    returned = diagnose(np.exp(-x / 20), hump)
    assert returned.recovered
    assert returned.reason.endswith("was revoked when validation came back.")


def test_a_widening_gap_is_mentioned_even_where_validation_rose_a_little() -> None:
    x, rng = np.arange(30), np.random.default_rng(0)
    diagnosis = diagnose(np.exp(-x / 12), 0.5 + 0.5 * np.exp(-x / 3) + 0.03 * rng.standard_normal(30))
    assert diagnosis.verdict == "widening_gap"
    assert "since step 12, while train fell 0.287 -> 0.0892 (-69 %) since step 15: not clearly" in diagnosis.reason
