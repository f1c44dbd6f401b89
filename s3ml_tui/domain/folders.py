"""The plan for a new folder, which S3 has none of: an empty object whose key ends with a slash stands for it."""

from dataclasses import dataclass

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey, Place


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """An empty object is written, so that a folder is shown before anything is in it."""

    key: ObjectKey
    """Ends with a slash."""
    affirmative: str = "Make it"
    is_destructive: bool = False
    changes_anything: bool = True

    @property
    def title(self) -> str:
        """As `New folder raw/`."""
        return f"New folder {self.key.name}/"

    def sentences(self) -> tuple[str, ...]:
        """What is written, and why."""
        return (
            f"An empty object with the key {self.key.key} is written to {self.key.bucket}.",
            "S3 has no folders: a key that ends with a slash stands for one. It is needed only as long as nothing "
            "else is in it; folders appear by themselves with their first object.",
        )


def folder_key(place: Place, name: str) -> ObjectKey:
    """The key of a folder called `name` at a place. Raises BadInput."""
    parts = name.strip().rstrip("/").split("/")
    if parts == [""] or any(part in {"", ".", ".."} for part in parts):
        raise BadInput(
            f"{name!r} cannot be a folder's name",
            cause="It has an empty part, or one of dots",
            advice="Write it as name, or as name/inside",
        )
    key = place.under("/".join(parts)).prefix
    if len(key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
        raise BadInput(
            "The name is too long", cause=f"S3 takes keys of up to {MAX_KEY_BYTES} bytes", advice="Shorten it"
        )
    return ObjectKey(place.bucket, key)
