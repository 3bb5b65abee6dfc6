"""How fast event files are read; run it as benchmarks/read_events.py."""
