"""The training process: prepare, split, train, evaluate, publish."""
