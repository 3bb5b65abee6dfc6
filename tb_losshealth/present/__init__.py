"""Reports in the forms that people and programs read: JSON rows, data frames, tables in notebooks, figures."""
