"""s3ml: the terminal for machine learning on S3."""

__version__ = "0.1.0"
