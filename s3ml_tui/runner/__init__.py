"""A run's own process, whatever it runs: its events, log chunks, supervision and end."""
