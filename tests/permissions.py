"""The operations of S3 that Browse uses, each as the requests that a server refuses and the action that they need."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fault_proxy import SwitchableServer
from tests.s3.faults import Asked

KMS_WORDS = (
    "User: arn:aws:iam::123456789012:user/me is not authorized to perform: kms:Decrypt on resource: "
    "arn:aws:kms:us-east-1:123456789012:key/k because no identity-based policy allows the kms:Decrypt action"
)


@dataclass(frozen=True, slots=True)
class Operation:
    """Requests of one kind."""

    action: str
    """What IAM calls the permission."""
    matches: Callable[[Asked], bool]
    words: str = ""
    """The server's, where they say more than AccessDenied."""

    def deny(self, server: SwitchableServer) -> None:
        """From now on the server refuses it."""
        server.refuse(403, "AccessDenied", self.matches, words=self.words)


def _asks(
    method: str, *, on: str, with_: tuple[str, ...] = (), without: tuple[str, ...] = ()
) -> Callable[[Asked], bool]:
    """Signed requests of a method on the account, a bucket or an object; parameters there must be, and must not be."""

    def matches(asked: Asked) -> bool:
        parts = urlsplit(asked.target)
        given = parse_qs(parts.query, keep_blank_values=True)
        _, _, key = unquote(parts.path).lstrip("/").partition("/")
        level = "object" if key else "bucket" if parts.path.strip("/") else "account"
        return (
            asked.method == method
            and level == on
            and "authorization" in asked.headers
            and all(name in given for name in with_)
            and not any(name in given for name in without)
        )

    return matches


_PLAIN = ("tagging", "versionId")
LIST_BUCKETS = Operation("s3:ListAllMyBuckets", _asks("GET", on="account"))
LIST_OBJECTS = Operation("s3:ListBucket", _asks("GET", on="bucket", with_=("list-type",)))
LIST_VERSIONS = Operation("s3:ListBucketVersions", _asks("GET", on="bucket", with_=("versions",)))
GET_VERSIONING = Operation("s3:GetBucketVersioning", _asks("GET", on="bucket", with_=("versioning",)))
GET_BLOCK = Operation("s3:GetBucketPublicAccessBlock", _asks("GET", on="bucket", with_=("publicAccessBlock",)))
GET_LIFECYCLE = Operation("s3:GetLifecycleConfiguration", _asks("GET", on="bucket", with_=("lifecycle",)))
GET_TAGS = Operation("s3:GetObjectTagging", _asks("GET", on="object", with_=("tagging",), without=("versionId",)))
GET_VERSION_TAGS = Operation("s3:GetObjectVersionTagging", _asks("GET", on="object", with_=("tagging", "versionId")))
DECRYPT = Operation("kms:Decrypt", _asks("GET", on="object", without=("tagging",)), KMS_WORDS)
GET_OBJECT = Operation(
    "s3:GetObject",
    lambda asked: _asks("GET", on="object", without=_PLAIN)(asked) or _asks("HEAD", on="object", without=_PLAIN)(asked),
)
GET_VERSION = Operation(
    "s3:GetObjectVersion",
    lambda asked: (
        _asks("GET", on="object", with_=("versionId",), without=("tagging",))(asked)
        or _asks("HEAD", on="object", with_=("versionId",))(asked)
        or "?versionId=" in asked.headers.get("x-amz-copy-source", "")
    ),
)
