"""The five stages: prepare, split, train, evaluate, publish."""
