"""Requests about buckets."""
