"""The answer: verdicts, flags, and the reason with its numbers."""
