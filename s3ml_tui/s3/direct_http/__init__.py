"""HTTP and signing without boto3."""
