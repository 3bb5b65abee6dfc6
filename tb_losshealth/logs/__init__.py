"""What was logged: event files and metrics files -> runs with their tags."""
