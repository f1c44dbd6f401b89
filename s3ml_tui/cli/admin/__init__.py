"""Commands about connections, settings, buckets, transfers and activity."""
