"""How well overfitting is told: ours beside every rule in use, on histories whose truth is known.

python benchmarks/detection.py                   # about four minutes, prints the tables of docs/accuracy.md
python benchmarks/detection.py --write           # and writes them there, with the reliability curve
python benchmarks/detection.py --split tuning    # the histories that thresholds were chosen on
python benchmarks/detection.py --corpus FOLDER   # hand-labelled histories: labels.csv, histories.jsonl
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
runpy.run_module("benchmarks.judging", run_name="__main__")
