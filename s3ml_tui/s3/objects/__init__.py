"""Requests about single objects and batches of them."""
