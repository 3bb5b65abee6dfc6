"""Conditions: what they mean, what they refuse."""

from __future__ import annotations

import pytest

from tb_losshealth.cli.expression import BadExpression, Expression, Unknown

NAMES = {"gap": "number", "onset": "number", "verdict": "text", "recovered": "truth", "best_step": "number"}
FACTS = {"gap": 0.5, "onset": None, "verdict": "overfitting", "recovered": False, "best_step": 1200}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gap < 0.2", False),
        ("gap >= 0.5", True),
        ("0 < gap < 1", True),
        ("gap < 1 < 0.1", False),
        ("-gap == -0.5", True),
        ("gap + 1 * 2 == 2.5", True),
        ("(gap + 1) * 2 == 3", True),
        ("abs(gap - 1) <= 0.5 and max(gap, 1, 2) == 2 and min(gap, 1) == gap", True),
        ("verdict == 'overfitting'", True),
        ('verdict != "overfitting"', False),
        ("onset is None", True),
        ("onset == None", True),
        ("onset is not None and onset > 1000", False),
        ("onset is None or onset > 1000", True),
        ("not recovered", True),
        ("recovered == False", True),
        ("best_step > 1_000", True),
    ],
)
def test_meaning(text: str, expected: bool) -> None:
    assert Expression(text, NAMES).holds(FACTS) is expected


@pytest.mark.parametrize("text", ["gap / 0 < 1", "not gap / 0 < 1", "not (gap / (gap - 0.5) > 0.1)", "gap != 1 / 0"])
def test_a_division_by_zero_holds_neither_way(text: str) -> None:
    with pytest.raises(Unknown, match="divides by zero"):
        Expression(text, NAMES).holds(FACTS)


@pytest.mark.parametrize("text", ["gap * 1e307 * 1e307 > 1", "not (1e307 * 1e307 - 1e307 * 1e307 > gap)"])
def test_a_number_too_large_holds_neither_way(text: str) -> None:
    with pytest.raises(Unknown, match="too large"):
        Expression(text, NAMES).holds(FACTS)


@pytest.mark.parametrize("text", ["onset > 1000", "abs(onset) > 1", "onset + 1 > 0", "not onset < 5"])
def test_what_is_unknown_holds_neither_way(text: str) -> None:
    with pytest.raises(Unknown, match="onset"):
        Expression(text, NAMES).holds(FACTS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gap <", "cannot be read"),
        ("", "cannot be read"),
        ("gap", "no condition"),
        ("gapp < 1", "did you mean 'gap'?"),
        ("loss < 1", "none of gap, onset"),
        ("gap < 'a'", "no number"),
        ("gap == 'a'", "compares a number with a text"),
        ("verdict < 'a'", "no number"),
        ("gap and verdict == 'x'", "no truth"),
        ("gap in (1, 2)", "compare with"),
        ("gap ** 99999 < 1", "not allowed"),
        ("gap % 2 == 0", "not allowed"),
        ("__import__('os').system('true') == 0", "of functions there are"),
        ("().__class__ == 1", "not allowed"),
        ("[gap for gap in [1]] == 1", "not allowed"),
        ("(lambda: 1)() == 1", "of functions there are"),
        ("gap if recovered else 1 < 2", "not allowed"),
        ("f'{gap}' == 'a'", "not allowed"),
        ("abs(gap, 1) < 1", "of functions there are"),
        ("max(gap) < 1", "of functions there are"),
        ("min(*gap) < 1", "of functions there are"),
        ("gap < 1j", "not allowed"),
        ("gap < 1" + "0" * 400, "not allowed"),
        ("gap < 1\0", "cannot be read"),
        ("(" * 400 + "gap < 1" + ")" * 400, "cannot be read"),
        ("not " * 240 + "recovered", ""),
        ("gap < " + "1 + " * 500 + "1", "longer than"),
        ("(gap := 1) < 2", "not allowed"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text: str, said: str) -> None:
    if said:
        with pytest.raises(BadExpression) as caught:
            Expression(text, NAMES)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
    else:
        assert Expression(text, NAMES).holds(FACTS) is False


def test_the_facts_it_names_are_known() -> None:
    assert Expression("gap < 1 and abs(best_step - gap) > 0", NAMES).names == ("gap", "best_step")
