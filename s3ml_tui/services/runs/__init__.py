"""Training runs: plan, start, follow, cancel, their records."""
