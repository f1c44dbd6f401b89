"""Signature version 4: a few hashes instead of botocore's thousand lines.

Credentials, region and scope are botocore's; only the arithmetic is here (S3 API reference, "Authenticating Requests:
Using the Authorization Header").
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from s3ml_tui.domain.storage import secrets

UNSIGNED = "UNSIGNED-PAYLOAD"
"""In place of a body's digest, where TLS guards the body."""
NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and for what."""

    access_key: str
    secret_key: str
    token: str | None
    region: str
    service: str

    def __post_init__(self) -> None:
        """From now on no crash report may hold them."""
        secrets.note(self.access_key, self.secret_key, self.token)

    def head(
        self,
        method: str,
        host: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        payload: str,
        *,
        moment: str = "",
    ) -> bytes:
        """The request's head, signed, blank line included.

        `path` is quoted already; `payload` is the hex SHA256 of the body, or `UNSIGNED`. Header names in lower case;
        `moment` is now when empty.
        """
        moment = moment or time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        signed = {**headers, "host": host, "x-amz-content-sha256": payload, "x-amz-date": moment}
        if self.token:
            signed["x-amz-security-token"] = self.token
        names = sorted(name for name in signed if name not in {"content-length", "user-agent"})
        asked = "&".join(f"{quote(name, safe='')}={quote(query[name], safe='')}" for name in sorted(query))
        named = ";".join(names)
        canonical = "\n".join(
            (method, path, asked, *(f"{name}:{' '.join(signed[name].split())}" for name in names), "", named, payload)
        )
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = _key(self.secret_key, moment[:8], self.region, self.service)
        signature = hmac.digest(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}".encode(), "sha256").hex()
        signed["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, SignedHeaders={named}, Signature={signature}"
        )
        lines = (f"{name}: {value}\r\n" for name, value in signed.items())
        return f"{method} {path}{'?' if asked else ''}{asked} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


signer_of = lru_cache(maxsize=16)(Signer)
"""The same for the same credentials, region and service."""


def quoted_path(key: str) -> str:
    """A key as it stands in a path; its slashes stay."""
    return quote(key, safe="/")


@lru_cache(maxsize=16)
def _key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for step in (date, region, service, "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return key
