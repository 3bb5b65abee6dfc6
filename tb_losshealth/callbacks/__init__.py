"""One file a training framework: its callback, and its logger with our writer."""
