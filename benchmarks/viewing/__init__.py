"""The benchmark of the Loss Health tab; run it as benchmarks/dashboard.py."""
