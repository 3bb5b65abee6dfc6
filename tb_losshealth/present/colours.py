"""The colours of the page, which keep their meaning everywhere."""

from __future__ import annotations

TRAIN = "#0077bb"
VALIDATION = "#e8691b"
TEST = "#777777"
GAP = "#e5a81a"
ONSET = "#cc3311"
