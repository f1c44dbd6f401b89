"""The one table from S3's codes to our errors, each with its sentence.

`{what}` is the address that was asked for, `{action}` the IAM action it needs, `{bucket}` and `{endpoint}` themselves.
"""

from dataclasses import dataclass

from s3ml_tui.domain.errors import (
    BadInput,
    ClockSkew,
    Conflict,
    Corrupted,
    Denied,
    ExpiredCredentials,
    NotFound,
    NotSupported,
    S3mlError,
    ServerFault,
    Throttled,
    WrongCredentials,
)
from s3ml_tui.s3.errors.responses import THROTTLING


@dataclass(frozen=True, slots=True)
class Sentence:
    """How one kind of failure is told."""

    kind: type[S3mlError]
    title: str
    advice: str = ""
    cause: str = ""


_DENIED = Sentence(
    Denied,
    "Access to {what} is denied",
    "Ask whoever runs the bucket for {action}, or use another profile",
    "These credentials lack {action}",
)
_EXPIRED = Sentence(
    ExpiredCredentials,
    "The credentials have expired",
    "Sign in again (aws sso login, or new keys), then try again",
)
_NO_KEY = Sentence(NotFound, "{what} does not exist", "Refresh: it may have been deleted or renamed meanwhile")
_NO_VERSION = Sentence(NotFound, "{what} has no such version", "Refresh the history: the version may have been purged")
_NO_BUCKET = Sentence(
    NotFound, "There is no bucket {bucket}", "Check its name, and that the endpoint {endpoint} is the right one"
)
_NOT_SUPPORTED = Sentence(
    NotSupported, "This server cannot do that", "Nothing was changed; the rest goes on working", "{action} is refused"
)
_SLOW = Sentence(Throttled, "The server asks to slow down", "Wait a moment, then try again")
_FAULT = Sentence(
    ServerFault, "The server failed", "Try again in a moment; if it goes on, look at the server's log or status page"
)
_CHANGED = Sentence(
    Conflict, "{what} was changed by somebody else meanwhile", "Refresh and look again; nothing was changed"
)
_ELSEWHERE = Sentence(
    BadInput, "{bucket} is in another region", "Name the bucket's region (--region, AWS_REGION or the profile's region)"
)
_TAKEN = Sentence(Conflict, "The bucket name {bucket} is taken", "Choose another name")
_BAD_BUCKET = Sentence(
    BadInput, "{bucket} cannot be a bucket's name", "Use 3 to 63 lower-case letters, digits, dots and hyphens"
)
_WRONG_SECRET = Sentence(
    WrongCredentials, "The server does not accept the secret key", "Check the secret access key of this profile"
)
_CLOCK = Sentence(
    ClockSkew, "This machine's clock is wrong", "Set the clock (timedatectl set-ntp true), then try again"
)
_DAMAGED = Sentence(
    Corrupted, "Bytes were damaged on the way to {what}", "Try again; if it goes on, look for a faulty proxy or disk"
)

BY_CODE: dict[str, Sentence] = {
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "AccountProblem": _DENIED,
    "AllAccessDisabledException": _DENIED,
    "Forbidden": _DENIED,
    "UnauthorizedAccess": _DENIED,
    "401": _DENIED,
    "403": Sentence(
        Denied,
        "Access to {what} is denied",
        "Ask for {action}, or use another profile; without s3:ListBucket a missing object is refused in the same way",
        "These credentials lack {action}, or the object is not there",
    ),
    "InvalidAccessKeyId": Sentence(
        WrongCredentials,
        "The server does not know the access key",
        "Check the profile, and that it belongs to {endpoint}",
    ),
    "InvalidClientTokenId": Sentence(
        WrongCredentials, "The access key is not known", "Check the keys of the profile, or of the one it builds on"
    ),
    "SignatureDoesNotMatch": _WRONG_SECRET,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidToken": Sentence(
        ExpiredCredentials, "The session token is not valid", "Sign in again, or remove AWS_SESSION_TOKEN"
    ),
    "RequestTimeTooSkewed": _CLOCK,
    "NoSuchBucket": _NO_BUCKET,
    "NoSuchKey": _NO_KEY,
    "NoSuchVersion": _NO_VERSION,
    "404": _NO_KEY,
    "NotFound": _NO_KEY,
    "NoSuchUpload": Sentence(NotFound, "The upload to {what} is gone", "Start it again; somebody may have aborted it"),
    "PreconditionFailed": _CHANGED,
    "ConditionalRequestConflict": _CHANGED,
    "OperationAborted": Sentence(Conflict, "Another change to {bucket} is under way", "Wait a moment, then try again"),
    "BucketAlreadyExists": _TAKEN,
    "BucketAlreadyOwnedByYou": Sentence(
        Conflict, "You already have a bucket {bucket}", "Use it, or choose another name"
    ),
    "BucketNotEmpty": Sentence(Conflict, "{bucket} is not empty", "Old versions and delete markers count too"),
    "InvalidBucketName": _BAD_BUCKET,
    "KeyTooLongError": Sentence(
        BadInput, "The key is too long", "S3 takes keys of up to 1024 bytes: use a shorter one"
    ),
    "InvalidURI": Sentence(BadInput, "The server does not take the name of {what}", "Choose a plainer name"),
    "EntityTooLarge": Sentence(BadInput, "The object is too large for this server", "Split the file"),
    "MetadataTooLarge": Sentence(BadInput, "The metadata is too large", "S3 takes up to 2 KB of it"),
    "InvalidObjectState": Sentence(
        NotSupported, "{what} is archived", "Restore it from the archive first: s3ml unarchive {what}"
    ),
    "ObjectNotInActiveTierError": Sentence(
        NotSupported, "What is to be copied to {what} is archived", "Restore it from the archive first: s3ml unarchive"
    ),
    "NotImplemented": _NOT_SUPPORTED,
    "MethodNotAllowed": _NOT_SUPPORTED,
    "UnsupportedOperation": _NOT_SUPPORTED,
    "PermanentRedirect": _ELSEWHERE,
    "TemporaryRedirect": _ELSEWHERE,
    "AuthorizationHeaderMalformed": _ELSEWHERE,
    "IllegalLocationConstraintException": _ELSEWHERE,
    "BadDigest": _DAMAGED,
    "InvalidDigest": _DAMAGED,
    "XAmzContentSHA256Mismatch": _DAMAGED,
    "QuotaExceeded": Sentence(NotSupported, "The server is full", "Make room, or ask whoever runs it"),
    "XMinioStorageFull": Sentence(NotSupported, "The server is full", "Make room, or ask whoever runs it"),
    "InternalError": _FAULT,
    "ServiceUnavailable": _FAULT,
    **dict.fromkeys(THROTTLING, _SLOW),
}

_BY_STATUS: dict[int, Sentence] = {
    301: _ELSEWHERE,
    307: _ELSEWHERE,
    401: _DENIED,
    403: _DENIED,
    404: _NO_KEY,
    405: _NOT_SUPPORTED,
    409: _CHANGED,
    412: _CHANGED,
    429: _SLOW,
    501: _NOT_SUPPORTED,
}


def sentence_for(code: str, status: int) -> Sentence:
    """How a code is told; by the status when the code is unknown or missing."""
    found = BY_CODE.get(code) or _BY_STATUS.get(status)
    if found is not None:
        return found
    if status >= 500:
        return _FAULT
    return Sentence(
        S3mlError, "The server refused the request for {what}", "See whether this server supports it and try again"
    )
