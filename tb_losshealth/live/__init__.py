"""Judging while the training runs, for the writer and the callbacks: needs numpy alone, no PyTorch, no files."""
