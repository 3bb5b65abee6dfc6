"""Event files -> runs, at full resolution, followed as they grow: bytes (decoding), one file, a folder, a tree."""
