"""Names and values -> pairs: which train and validation curves belong together."""
