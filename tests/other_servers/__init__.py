"""Whole lives of an object and of a workspace on servers of several makes."""
