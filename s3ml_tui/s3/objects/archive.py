"""Having archived versions made readable for some days (S3 user guide, "Restoring an archived object")."""

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import Conflict, NotSupported
from s3ml_tui.domain.storage.store import Tier
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import code_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.facts import version_parameter


def restore_from_archive(clients: Clients, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
    """Ask for a readable copy. Raises NotSupported, Conflict (one is under way), Denied."""
    which = {"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id)
    request = {"Days": days, "GlacierJobParameters": {"Tier": tier.value}}

    def send(client: Client) -> None:
        client.restore_object(**which, RestoreRequest=request)

    with translated(action="s3:RestoreObject", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        try:
            attempt(clients, send)
        except ClientError as error:
            our_error = _our_error(error, key, tier)
            if our_error is None:
                raise
            raise our_error from error


def _our_error(error: ClientError, key: ObjectKey, tier: Tier) -> Conflict | NotSupported | None:
    """What this request's own codes mean."""
    name = printable(key.uri)
    match code_of(error):
        case "RestoreAlreadyInProgress":
            return Conflict(f"{name} is being restored already", advice="Wait for it; its details say when it is ready")
        case "GlacierExpeditedRetrievalNotAvailable":
            return NotSupported(
                "There is no room for expedited restores now",
                advice=f"Try again later, or choose {Tier.STANDARD.value}",
            )
        case "InvalidObjectState":
            return NotSupported(
                f"{name} cannot be restored at the tier {tier.value}",
                cause="It is not archived, or its class has no such tier",
                advice="Look at its storage class, or choose another tier",
            )
    return None
