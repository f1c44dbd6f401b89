"""Values, rules and ports. Standard library only; no clock, no files."""
