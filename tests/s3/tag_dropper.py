"""A server that drops the tags when a copy replaces the metadata, whatever the copy says of tags; as Ceph does."""

from urllib.parse import unquote

from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server

REFUSED = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>'


def drop_tags(proxy: FaultyServer, server: S3Server) -> None:
    """From now on copies that go through the proxy have no tags."""
    targets: list[str] = []

    def is_copy(asked: Asked) -> bool:
        if asked.method != "PUT" or asked.headers.get("x-amz-metadata-directive") != "REPLACE":
            return False
        targets.append(unquote(asked.target.partition("?")[0]))
        return True

    def drop(answer: bytes) -> bytes:
        bucket, _, key = targets.pop().lstrip("/").partition("/")
        server.client().delete_object_tagging(Bucket=bucket, Key=key)
        return answer

    proxy.add(Fault(is_copy, times=1_000_000, change=drop))


def refuse_tagging(proxy: FaultyServer) -> None:
    """From now on nobody may write tags."""
    proxy.add(Fault(lambda asked: asked.method == "PUT" and "tagging" in asked.target, 1_000_000, 403, REFUSED))


def tags_of(server: S3Server, bucket: str, key: str) -> dict[str, str]:
    """Of what is current."""
    answer = server.client().get_object_tagging(Bucket=bucket, Key=key)
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
