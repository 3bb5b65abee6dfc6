"""How each verdict looks and reads where there is no page."""

from __future__ import annotations

from typing import NamedTuple

from tb_losshealth.health.diagnosis import Verdict


class Look(NamedTuple):
    """A shape of its own for every verdict, so that colour is never the only sign."""

    words: str
    sign: str
    colour: str


LOOKS: dict[str, Look] = {
    Verdict.OVERFITTING.value: Look("overfitting", "\u25b2", "#cc3311"),
    Verdict.DIVERGING.value: Look("diverging", "\u2715", "#cc3311"),
    Verdict.WIDENING_GAP.value: Look("gap widening", "\u25c1", "#b8860b"),
    Verdict.UNDERFITTING.value: Look("underfitting", "\u25ac", "#b8860b"),
    Verdict.UNSTABLE.value: Look("unstable", "\u223f", "#b8860b"),
    Verdict.IMPROVING.value: Look("improving", "\u25bc", "#0077bb"),
    Verdict.CONVERGED.value: Look("converged", "\u25cf", "#228833"),
    Verdict.INCONCLUSIVE.value: Look("inconclusive", "?", "#777777"),
}
