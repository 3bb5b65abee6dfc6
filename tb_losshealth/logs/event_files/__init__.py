"""Event files -> runs, at full resolution, read on as they grow."""
