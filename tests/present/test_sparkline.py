"""Curves as block characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.present.sparkline import BLOCKS, sparklines

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CURVE = st.lists(FINITE, max_size=60).map(lambda values: [[step * 10, value] for step, value in enumerate(values)])


def test_curves_share_one_scale_and_one_axis() -> None:
    falling, flat = sparklines([[[0, 8], [10, 4], [20, 1]], [[10, 8], [20, 8]]], 3)
    assert falling == "\u2588\u2584\u2581"
    assert flat == " \u2588\u2588"


def test_what_is_constant_is_drawn_in_the_middle() -> None:
    assert sparklines([[[0, 5], [1, 5]]], 4) == [BLOCKS[3] * 4]


@given(st.lists(CURVE, min_size=1, max_size=3), st.integers(1, 40))
def test_any_curves_fit(curves: list[list[list[float]]], width: int) -> None:
    lines = sparklines(curves, width)
    assert [len(line) for line in lines] == [width] * len(curves)
    assert set("".join(lines)) <= {*BLOCKS, " "}
