"""How quick the Loss Health tab is; run it as benchmarks/dashboard.py."""
