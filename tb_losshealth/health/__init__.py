"""What loss curves mean: pure functions on numpy arrays, ignorant of files, TensorBoard and torch."""
