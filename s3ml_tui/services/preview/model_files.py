"""What is known of a stored model from beside it: its checksum, and what its manifest says."""

import base64
import binascii
import hashlib

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.store import ObjectFacts, Store

_LONGEST = 1024 * 1024
Said = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]
"""Rows of a name and a value; sentences."""


def said_of_model(store: Store, facts: ObjectFacts, body: bytes | None = None) -> Said:
    """Rows about the model, and what is to be noted; `body` is all of it where that was read.

    A manifest that cannot be had is no error.
    """
    from s3ml_tui.records.model_manifest import Manifest

    rows: list[tuple[str, str]] = []
    known = _sha256s(facts, body)
    rows += known
    stored = known[0][1] if known else ""
    place = facts.key.place.key("MANIFEST.json")
    try:
        body = store.read(place, length=_LONGEST)
        manifest = Manifest.from_bytes(body, place.uri)
    except S3mlError:
        return tuple(rows), ("There is no manifest beside it that says what it is.",)
    pin = manifest.files.get(facts.key.name)
    if pin is None:
        return tuple(rows), ("The manifest beside it does not name it.",)
    rows += [
        ("sha256, as the manifest has it", pin.sha256),
        ("model", manifest.model),
        ("run", manifest.run_id),
        ("pipeline", manifest.name),
        ("estimator", manifest.estimator),
        ("target", manifest.target),
    ]
    return tuple(rows), _doubts(facts, pin, stored)


def _sha256s(facts: ObjectFacts, body: bytes | None) -> list[tuple[str, str]]:
    """What its sha256 is, by who says so; what is most to be relied on comes first."""
    counted = hashlib.sha256(body).hexdigest() if body is not None and len(body) == facts.size else ""
    said = (
        ("sha256, of its bytes", counted),
        ("sha256, as the server has it", stored_sha256(facts)),
        ("sha256, as it was uploaded", facts.metadata.get(SHA256, "")),
    )
    return [(name, digest) for name, digest in said if digest][:1]


def _doubts(facts: ObjectFacts, pin: Pin, stored: str) -> tuple[str, ...]:
    """Why this may not be the file that the manifest means."""
    if stored and pin.sha256 and stored != pin.sha256:
        return ("Its bytes are not those the manifest names: the sha256 differs. Do not load it.",)
    if facts.size != pin.size:
        return (f"It is not the file the manifest names, which has {pin.size:,} bytes. Do not load it.",)
    if pin.version_id and facts.version_id and pin.version_id != facts.version_id:
        return ("The manifest names another version of it.",)
    return ()


def stored_sha256(facts: ObjectFacts) -> str:
    """The SHA-256 of all bytes in hex, where the server keeps it; that of an upload in parts is of something else."""
    try:
        digest = base64.b64decode(facts.checksums.get("SHA256", ""), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""
