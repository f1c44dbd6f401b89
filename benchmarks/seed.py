"""Fills a bucket of a running server: `python -m benchmarks.seed ENDPOINT BUCKET --keys 100000`.

The keys are those of the listing server; credentials come from the environment.
"""

import argparse
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import botocore.session
from botocore.config import Config

from benchmarks.listing_server import flat_keys, nested_keys

_THREADS = 16
_BATCH = 1000


def seed(endpoint: str, bucket: str, keys: Iterable[str]) -> int:
    """Put an empty object under each key; returns how many."""
    config = Config(max_pool_connections=_THREADS, s3={"addressing_style": "path"})
    client = botocore.session.Session().create_client(
        "s3", region_name="us-east-1", endpoint_url=endpoint, config=config
    )
    count, left = 0, iter(keys)
    with ThreadPoolExecutor(_THREADS) as pool:
        while batch := list(islice(left, _BATCH)):
            list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=b""), batch))
            count += len(batch)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("bucket")
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--nested", action="store_true")
    given = parser.parse_args()
    keys = (nested_keys if given.nested else flat_keys)(given.keys)
    print(f"{seed(given.endpoint, given.bucket, keys):,} objects")


if __name__ == "__main__":
    main()
