"""What is said of it: verdicts, flags, and the sentence with its numbers."""
