"""Reading a run's data."""
