"""The tree of buckets and prefixes."""
