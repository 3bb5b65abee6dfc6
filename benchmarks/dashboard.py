"""Speed of the Loss Health tab on large logs, in headless Chromium against a real TensorBoard.

python benchmarks/dashboard.py                       # 2,000 runs of one long pair, then 2,000 of five short ones
python benchmarks/dashboard.py --only many --runs 500 --pairs 20
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    runpy.run_module("benchmarks.viewing", run_name="__main__")
