"""What a connection tells of itself: how fast the server answers, its clock, and where the credentials are from."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.doctor import Contact, CredentialFacts
from s3ml_tui.domain.errors import NoCredentials
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.connection.credentials import expiry_of
from s3ml_tui.s3.errors.translate import translated

_KINDS = {
    "explicit": "the embedded server's own account",
    "env": "keys from the environment (AWS_ACCESS_KEY_ID)",
    "shared-credentials-file": "keys from the AWS credentials file",
    "config-file": "keys from the AWS configuration file",
    "custom-process": "keys from a program (credential_process)",
    "sso": "single sign-on (aws sso login)",
    "login": "signed in with aws login",
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a role assumed with a web identity",
    "container-role": "the container's role",
    "iam-role": "the machine's role",
    "ec2-credentials-file": "keys from AWS_CREDENTIAL_FILE",
    "boto-config": "keys from boto's old configuration file",
}
"""By botocore's names."""


class S3Diagnosis:
    """The port `domain.doctor.Diagnosis`, which says what each method promises."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def contact(self, bucket: str) -> Contact:
        """Two unsigned requests; the second is timed, on the connection the first opened."""
        self._ask(bucket)
        began = time.monotonic()
        headers = self._ask(bucket)
        return Contact(time.monotonic() - began, _moment(headers.get("date", "")), printable(headers.get("server", "")))

    def credentials(self) -> CredentialFacts:
        """Where they are from, and until when they are good."""
        held = self._clients.credentials
        if held is None:
            raise NoCredentials("No credentials were found")
        with translated(endpoint=self._clients.endpoint):
            frozen = held.get_frozen_credentials()
        method = str(held.method or "")
        return CredentialFacts(
            kind=_KINDS.get(method, printable(method) or "keys"),
            is_temporary=bool(frozen.token),
            expires=expiry_of(held),
        )

    def _ask(self, bucket: str) -> Mapping[str, str]:
        """The headers of an answer to nobody in particular."""
        client = self._clients.unsigned
        with translated(bucket=bucket, endpoint=self._clients.endpoint):
            try:
                answer = client.list_objects_v2(Bucket=bucket, MaxKeys=1) if bucket else client.list_buckets()
            except ClientError as refusal:
                answer = refusal.response
        metadata: Mapping[str, Any] = answer.get("ResponseMetadata", {})
        return {str(name).lower(): str(value) for name, value in metadata.get("HTTPHeaders", {}).items()}


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
