"""What a write or a delete on top destroys: nothing on a versioned bucket, the `null` version on any other.

What is written while versioning is off or suspended gets the version id `null`, and takes the place of the version
that had it (S3 user guide, "Adding objects to versioning-suspended buckets"). Versions with other ids always stay.
"""

from collections.abc import Sequence

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.history import NULL_VERSION, Version
from s3ml_tui.domain.text import size_text


def lost_by_writing(versions: Sequence[Version], versioning: Versioning) -> Version | None:
    """The version whose bytes are destroyed, or may be when versioning is unknown; None when none are."""
    if versioning is Versioning.ON:
        return None
    return next((found for found in versions if found.version_id == NULL_VERSION and not found.is_delete_marker), None)


def lost_sentence(lost: Version, versioning: Versioning) -> str:
    """What becomes of the version `lost_by_writing` found, and why."""
    lost_bytes = f"the {size_text(lost.size)} written on {lost.modified.astimezone():%Y-%m-%d %H:%M:%S}"
    if versioning is Versioning.SUSPENDED:
        return (
            f"Versioning is suspended: {lost_bytes} are destroyed, and that cannot be undone; "
            "versions kept from before it was suspended stay."
        )
    if versioning is Versioning.OFF:
        return f"The bucket keeps no versions: {lost_bytes} are destroyed, and that cannot be undone."
    return f"Whether the bucket keeps versions could not be seen: take it that {lost_bytes} are destroyed for good."
