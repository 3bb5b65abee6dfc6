"""Parts of benchmarks/detection.py: histories with known truth, the rules in use, and the scores."""
