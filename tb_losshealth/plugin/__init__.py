"""What TensorBoard loads."""
