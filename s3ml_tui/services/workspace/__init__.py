"""Workspaces, and numbers that are claimed in them."""
