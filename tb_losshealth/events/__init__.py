"""What was logged: event files in, series and train/validation pairs out."""
