"""Buckets: facts, versioning, emptying, the first change in one."""
