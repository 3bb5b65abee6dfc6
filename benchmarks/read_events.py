"""Speed of reading event files: tb_losshealth beside every other reader, on one generated logdir.

python benchmarks/read_events.py                 # 20 runs of 10,200 events; two minutes
python benchmarks/read_events.py --full          # also 1,000 runs, 10.2 M events, the fast readers only; five minutes
python benchmarks/read_events.py --runs 100 --rounds 5
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
runpy.run_module("benchmarks.reading", run_name="__main__")
