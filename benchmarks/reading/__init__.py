"""The benchmark of reading event files; run it as benchmarks/read_events.py."""
