"""Moving bytes between files and objects."""
