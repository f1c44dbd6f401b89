"""The logs of runs, read from the bucket."""
