"""How well overfitting is detected: tb_losshealth beside every rule in use, on histories whose truth is known.

python benchmarks/detection.py                   # prints the tables of docs/accuracy.md; takes several minutes
python benchmarks/detection.py --write           # also writes them to that page, with the reliability curve
python benchmarks/detection.py --split tuning    # on the histories that thresholds were chosen on
python benchmarks/detection.py --corpus FOLDER   # also on hand-labelled logs: see benchmarks/judging/corpus.py
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
runpy.run_module("benchmarks.judging", run_name="__main__")
