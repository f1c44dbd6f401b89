"""The only package that speaks S3."""
