"""Looking around in a bucket: levels, everything below a place, addresses."""
