"""Callbacks for training frameworks, one file for each. A file imports its framework, and the package imports none."""
