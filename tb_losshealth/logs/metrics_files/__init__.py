"""Metrics files that trainers write beside event files (CSV, JSON lines, JSON) -> runs with tags."""
