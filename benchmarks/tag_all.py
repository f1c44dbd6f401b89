"""What a user would write to tag many objects: boto3 in ten threads, one request an object, other tags overwritten."""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3

THREADS = 10


def main() -> None:
    bucket, prefix, name, value = sys.argv[1:]
    client = boto3.client("s3")
    tagging = {"TagSet": [{"Key": name, "Value": value}]}

    def tag(key: str) -> None:
        client.put_object_tagging(Bucket=bucket, Key=key, Tagging=tagging)

    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(tag, keys))


if __name__ == "__main__":
    main()
