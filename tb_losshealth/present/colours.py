"""The colours of curves and marks: those of the page in light (frontend/src/style/theme.css), in every form."""

from __future__ import annotations

TRAIN = "#0077bb"
VALIDATION = "#e8691b"
TEST = "#7a5195"
GAP = "#b8860b"
ONSET = "#cc3311"
