"""Presigned links to one version."""

from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.facts import version_parameter


def link(clients: Clients, key: ObjectKey, version_id: str | None = None, *, expires_s: int = 900) -> str:
    """A GET link (SigV4); a secret: never log it."""
    with translated(bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        return str(
            clients.linking(key.bucket).generate_presigned_url(
                "get_object",
                Params={"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id),
                ExpiresIn=expires_s,
            )
        )
