"""Names and numbers in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.present.text import count, number, signed, step, visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("resnet/lr 0.1", "resnet/lr 0.1"),
        ("häuser/学習", "häuser/学習"),
        ("a\x1b[31mb\x00\n\t\x7f\x9b", "a\\x1b[31mb\\x00\\x0a\\x09\\x7f\\x9b"),
        ("a\u202eb\u2066c\ud800", "a\\u202eb\\u2066c\\ud800"),
        ("a\U000e0001\u200d", "a\\U000e0001\u200d"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert visible(name) == shown


@given(st.text())
def test_no_name_moves_the_cursor(name: str) -> None:
    shown = visible(name)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.4123456, "0.4123"),
        (12.0, "12.00"),
        (1234.4, "1,234"),
        (999.96, "1,000"),
        (0.0, "0"),
        (-0.25, "-0.2500"),
        (0.00012345, "1.23e-4"),
        (1.5e9, "1.50e9"),
        (None, "-"),
        (float("nan"), "-"),
        (float("inf"), "-"),
    ],
)
def test_numbers(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_steps_differences_and_counts() -> None:
    assert (step(12400), step(None)) == ("12,400", "-")
    assert (signed(0.83), signed(-0.83), signed(0.0), signed(None)) == ("+0.830", "-0.830", "0", "-")
    assert (count(1, "run"), count(1200, "run"), count(0, "run")) == ("1 run", "1,200 runs", "0 runs")
