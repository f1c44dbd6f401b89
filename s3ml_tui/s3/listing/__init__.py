"""Listing a level, or everything below a place by many ranges of keys at once."""
