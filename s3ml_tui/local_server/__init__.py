"""The embedded S3 server: start, wait until ready, stop."""
