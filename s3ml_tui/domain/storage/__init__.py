"""The port to S3, and the values that cross it."""
