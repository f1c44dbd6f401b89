"""S3 requests sent without boto3, with boto3 as the fallback."""
