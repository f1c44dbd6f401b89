"""Histories, operation ids and preconditions."""
