"""Writing the tags of one version; the version stays, and no new one is made."""

from collections.abc import Mapping

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.direct_requests import object_requests
from s3ml_tui.s3.direct_requests.head import tags as tags_of
from s3ml_tui.s3.direct_requests.head import version_parameter
from s3ml_tui.s3.errors.translate import translated


def write_tags(clients: Clients, key: ObjectKey, tags: Mapping[str, str], version_id: str | None) -> None:
    """Make these all the tags; twice is the same as once."""
    if object_requests.write_tags(clients, key, tags, version_id):
        return
    which = {"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id)

    def send(client: Client) -> bool:
        if tags:
            pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
            client.put_object_tagging(**which, Tagging={"TagSet": pairs})
        else:
            client.delete_object_tagging(**which)
        return True

    def look() -> bool | None:
        try:
            return dict(tags_of(clients, key, version_id)) == dict(tags) or None
        except Denied:  # then it is written again
            return None

    action = "s3:PutObjectTagging" if version_id is None else "s3:PutObjectVersionTagging"
    with translated(action=action, bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        attempt(clients, send, look=look)
