"""Where requests for a bucket go, and who signs them: learnt from listings and heads that boto3 has sent.

What is signed otherwise (S3 Express sessions, SigV4A, nobody) or goes through a proxy is not learnt: it stays boto3's.
"""

import re
import threading
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from botocore.exceptions import BotoCoreError
from botocore.httpsession import create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies

from s3ml_tui.s3.direct_http.client import HttpConnectionPool
from s3ml_tui.s3.direct_http.sigv4 import Signer, quoted_path, signer_of
from s3ml_tui.s3.settings import TransferSettings

_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/[0-9]{8}/([^/]+)/([^/]+)/aws4_request,")
_MOST_FAILURES = 3
_PAYER = "x-amz-request-payer"


@dataclass(eq=False)
class Route:
    """The way to one bucket."""

    pool: HttpConnectionPool
    host: str
    """As the header has it."""
    path: str
    """What stands before a key's own path: `/bucket`, or nothing."""
    region: str
    service: str
    extra: dict[str, str]
    """Headers that every request to it has: the agent's name, and who pays."""
    is_secure: bool
    failures: int = 0
    """So many requests in a row that did not go this way."""
    refusals: dict[str, int] = field(default_factory=dict)
    """By operation, so many in a row that were refused: who may not read tags may well put objects."""

    @property
    def is_open(self) -> bool:
        """Whether it is worth trying."""
        return self.failures < _MOST_FAILURES

    def is_open_for(self, operation: str) -> bool:
        """Whether it is worth trying for this."""
        return self.is_open and self.refusals.get(operation, 0) < _MOST_FAILURES


class Signing(Protocol):
    """Whose credentials are used."""

    credentials: Any
    """botocore's; None when there are none."""


class Routes:
    """The ways that were learnt; safe to use from many threads."""

    def __init__(self, settings: TransferSettings, connection: Signing) -> None:
        self.ca_bundle: str | None = None
        """As configured; None for boto3's own choice."""
        self._settings = settings
        self._connection = connection
        self._found: dict[str, Route] = {}
        self._pools: dict[tuple[str, str], HttpConnectionPool] = {}
        self._lock = threading.Lock()
        self._here = threading.local()

    def to(self, bucket: str) -> Route | None:
        """The way to a bucket; None when there is none but boto3's."""
        route = self._found.get(bucket)
        return route if route is not None and route.is_open else None

    def signer(self, route: Route) -> Signer | None:
        """Who signs now; credentials that are about to expire are renewed by botocore."""
        credentials = self._connection.credentials
        try:
            frozen = credentials.get_frozen_credentials() if credentials is not None else None
        except BotoCoreError:
            return None
        if frozen is None or not frozen.access_key or not frozen.secret_key:
            return None
        return signer_of(frozen.access_key, frozen.secret_key, frozen.token, route.region, route.service)

    def watch(self, client: Any) -> None:
        """Learn from the listings this client sends, and remember the looks at objects it sends."""
        for operation in ("ListObjectsV2", "ListObjectVersions", "HeadObject"):
            events = client.meta.events
            events.register(f"before-parameter-build.s3.{operation}", self._on_asked, unique_id=f"s3ml-ask-{operation}")
            events.register(f"before-send.s3.{operation}", self._on_sent, unique_id=f"s3ml-send-{operation}")

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
            self._found.clear()
        for pool in pools:
            pool.close()

    def _on_asked(self, params: dict[str, Any], **_event: Any) -> None:
        """What the next request of this thread is about."""
        self._here.asked = str(params.get("Bucket", "")), str(params.get("Key", ""))

    def _on_sent(self, request: Any, **_event: Any) -> None:
        bucket, key = getattr(self._here, "asked", ("", ""))
        address = urlsplit(request.url)
        path, ending = address.path.rstrip("/") if not key else address.path, f"/{quoted_path(key)}" if key else ""
        path = path.removesuffix(ending)
        is_named = unquote(path) == f"/{bucket}" or (not path and str(address.hostname).startswith(f"{bucket}."))
        if bucket and is_named and address.path.endswith(ending):
            self._learn(request, bucket, path)

    def _learn(self, request: Any, bucket: str, path: str) -> None:
        address = urlsplit(request.url)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        scope = _SCOPE.match(headers.get("authorization", ""))
        if not address.hostname or scope is None or "x-amz-s3session-token" in headers:
            return
        known = self._found.get(bucket)
        if known is not None and (known.host, known.path) == (address.netloc, path) and known.region == scope[1]:
            return
        if {address.scheme, "all"} & get_environ_proxies(request.url).keys():
            return
        pool = self._pool(address.scheme, address.netloc, address.hostname, address.port)
        extra = {"user-agent": headers.get("user-agent", "s3ml")}
        if _PAYER in headers:
            extra[_PAYER] = headers[_PAYER]
        self._found[bucket] = Route(
            pool, address.netloc, path, scope[1], scope[2], extra, is_secure=address.scheme == "https"
        )

    def _pool(self, scheme: str, netloc: str, host: str, port: int | None) -> HttpConnectionPool:
        with self._lock:
            if (scheme, netloc) not in self._pools:
                tls = None
                if scheme == "https":
                    tls = create_urllib3_context()
                    tls.load_verify_locations(self.ca_bundle or get_cert_path(True))
                self._pools[scheme, netloc] = HttpConnectionPool(
                    host,
                    port or (443 if scheme == "https" else 80),
                    tls=tls,
                    connect_timeout_s=self._settings.connect_timeout_s,
                    read_timeout_s=self._settings.read_timeout_s,
                )
            return self._pools[scheme, netloc]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
