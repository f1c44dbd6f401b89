"""Features, estimators, metrics and plots."""
