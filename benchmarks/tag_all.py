"""What a user would write to tag many objects: boto3 in ten threads, which keeps or overwrites the other tags."""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

THREADS = 10


def main() -> None:
    bucket, prefix, name, value, others = sys.argv[1:]
    client = boto3.client("s3", config=Config(max_pool_connections=THREADS))

    def tag(key: str) -> None:
        there = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] if others == "keep" else []
        tags = [one for one in there if one["Key"] != name] + [{"Key": name, "Value": value}]
        client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tags})

    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(tag, keys))


if __name__ == "__main__":
    main()
