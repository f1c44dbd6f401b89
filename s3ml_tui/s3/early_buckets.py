"""The first list of buckets, asked for without botocore while the screens are still being loaded.

botocore, its model of S3 and its endpoint rules take longer to load than a server takes to answer. Where the keys stand
in the environment or in a plain profile and the address is known, one request needs none of them. Whatever else is
configured, and whatever but a good answer comes, is left to the whole connection, which asks again and says what there
is to say.
"""

import configparser
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from s3ml_tui import __version__
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.listing import Bucket
from s3ml_tui.domain.storage.request_log import RequestLog
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.connection.profiles import values_of_profiles
from s3ml_tui.s3.connection.request_log import connection_flags
from s3ml_tui.s3.direct_http.client import Answered, HttpConnectionPool, HttpError
from s3ml_tui.s3.direct_http.sigv4 import NO_BODY, Signer
from s3ml_tui.s3.settings import TransferSettings

if TYPE_CHECKING:
    import ssl

TIMEOUT_S = 1.0
"""So long an answer is waited for; then the whole connection asks, which has the patience to be told what is wrong."""
_MOST_BYTES = 8 * 1024 * 1024
_DEFAULT_REGION = "us-east-1"
_VARIABLES = frozenset(
    "AWS_" + name
    for name in (
        *("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION", "DEFAULT_REGION", "PROFILE"),
        *("DEFAULT_PROFILE", "CONFIG_FILE", "SHARED_CREDENTIALS_FILE", "ENDPOINT_URL", "ENDPOINT_URL_S3"),
        *("DEFAULT_OUTPUT", "PAGER", "EXECUTION_ENV", "EC2_METADATA_DISABLED", "MAX_ATTEMPTS", "RETRY_MODE"),
    )
)
"""What is understood here; any other variable of AWS may change what is to be asked, or whom."""
_OPTIONS = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region", "output"})
"""The same of a profile."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_REGIONS = re.compile(r"(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south)?(east|west)?-[0-9]")
"""Of AWS itself; China and the governments' have other addresses."""
_BUCKET = re.compile(r"<Bucket>(.*?)</Bucket>", re.DOTALL)
_NAME = re.compile(r"<Name>([^<>]+)</Name>")
_CREATED = re.compile(r"<CreationDate>([^<>]+)</CreationDate>")


@dataclass(frozen=True, slots=True)
class Way:
    """Whom to ask, and who asks."""

    endpoint: str
    """The server's address, for people; as the whole connection has it."""
    host: str
    port: int
    is_secure: bool
    signer: Signer

    @property
    def header(self) -> str:
        """The host as the header has it."""
        usual = 443 if self.is_secure else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def way_of(context: Context, environ: Mapping[str, str] = os.environ) -> Way | None:
    """The way to the context's server; None when that is not plain."""
    unknown = {name for name in environ if name.startswith("AWS_")} - _VARIABLES
    if context.is_local or unknown or any(name.lower() in _PROXIES for name in environ):
        return None
    try:
        profiles = values_of_profiles(environ)
    except (configparser.Error, UnicodeDecodeError, OSError, RuntimeError):
        return None
    named = context.profile or environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE")
    profile = profiles.get(named or "default", None if named else {})
    if profile is None or profile.keys() - _OPTIONS:
        return None
    region = context.region or environ.get("AWS_DEFAULT_REGION") or profile.get("region") or _DEFAULT_REGION
    signer = _signer(context, environ, profile, region)
    endpoint = context.endpoint_url or environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
    if not endpoint and _REGIONS.fullmatch(region):
        endpoint = f"https://s3.{region}.amazonaws.com" if region != _DEFAULT_REGION else "https://s3.amazonaws.com"
    return _way(endpoint, signer) if signer is not None else None


def _signer(context: Context, environ: Mapping[str, str], profile: Mapping[str, str], region: str) -> Signer | None:
    """In botocore's order: the environment, unless a profile was chosen by the context; then the profile."""
    key, secret, token = (
        environ.get(f"AWS_{name}") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
    )
    if context.profile is not None or not key:
        key, secret = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
        token = profile.get("aws_session_token")
    return Signer(key, secret, token or None, region, "s3") if key and secret else None


def _way(endpoint: str, signer: Signer) -> Way | None:
    try:
        parts = urlsplit(endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    host = parts.hostname or ""
    is_plain = parts.scheme in {"http", "https"} and parts.netloc in {host, f"{host}:{parts.port}"}
    if not host or not is_plain or endpoint != f"{parts.scheme}://{parts.netloc}" or ":" in host:
        return None
    return Way(printable(endpoint), host, port, parts.scheme == "https", signer)


class FirstLook:
    """The question on its way, in a thread of its own."""

    def __init__(self, context: Context, way: Way) -> None:
        self.context = context
        self.endpoint = way.endpoint
        self.requests = RequestLog()
        """What was sent; the whole connection goes on with it."""
        self.requests.flags = connection_flags(
            profile=context.profile, endpoint=way.endpoint if context.endpoint_url else None, region=way.signer.region
        )
        self._found: tuple[Bucket, ...] | None = None
        self._is_over = threading.Event()
        threading.Thread(target=self._ask, args=(way,), name="s3ml-first-look", daemon=True).start()

    def buckets(self, timeout_s: float = TIMEOUT_S) -> tuple[Bucket, ...] | None:
        """All buckets by name; None when they have to be asked for in another way."""
        return self._found if self._is_over.wait(timeout_s) else None

    def _ask(self, way: Way) -> None:
        try:
            self._found = ask(way, self.requests)
        finally:
            self._is_over.set()


def look(context: Context) -> FirstLook | None:
    """Ask for the buckets, and do not wait for them; None where that is not plain."""
    way = way_of(context)
    return FirstLook(context, way) if way is not None else None


def ask(way: Way, log: RequestLog, settings: TransferSettings | None = None) -> tuple[Bucket, ...] | None:
    """All buckets by name; None when there was no plain answer."""
    settings = settings or TransferSettings()
    body = bytearray()

    def take(_answered: Answered, block: memoryview) -> None:
        if len(body) + len(block) > _MOST_BYTES:
            raise ValueError("more buckets than anybody has")
        body.extend(block)

    agent = {"user-agent": f"s3ml/{__version__}"}
    noted, began = log.began("ListBuckets", {}, time.time()), time.perf_counter()
    try:
        pool = HttpConnectionPool(
            way.host,
            way.port,
            tls=_tls() if way.is_secure else None,
            connect_timeout_s=settings.connect_timeout_s,
            read_timeout_s=settings.read_timeout_s,
        )
        answered = pool.send(way.signer.head("GET", way.header, "/", {}, agent, NO_BODY), (), take)
    except (HttpError, OSError) as error:
        log.ended(noted, time.perf_counter() - began, error=str(error))
        return None
    pool.close()
    log.ended(noted, time.perf_counter() - began, status=answered.status, size=len(body))
    return buckets_in(bytes(body)) if answered.status == 200 else None


def _tls() -> "ssl.SSLContext":
    """Trusts whom botocore trusts, where nobody configured otherwise."""
    import ssl
    from importlib.util import find_spec
    from pathlib import Path

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for package in ("certifi", "botocore"):
        found = find_spec(package)
        if found is not None and found.origin is not None:
            context.load_verify_locations(Path(found.origin).parent / "cacert.pem")
            break
    return context


def buckets_in(body: bytes) -> tuple[Bucket, ...] | None:
    """The buckets of an answer; None when it has none, or is not as plain as these answers are."""
    try:
        text = body.decode().rstrip()
        if "<ListAllMyBucketsResult" not in text or not text.endswith("</ListAllMyBucketsResult>"):
            return None
        found = [_bucket(one) for one in _BUCKET.findall(text)]
    except ValueError:
        return None
    if not found or len(found) != text.count("<Bucket>") or "&" in text or "<ContinuationToken>" in text:
        return None
    return tuple(sorted(found, key=lambda bucket: bucket.name))


def _bucket(text: str) -> Bucket:
    name, created = _NAME.search(text), _CREATED.search(text)
    if name is None or created is None:
        raise ValueError("no bucket")
    return Bucket(name[1], datetime.fromisoformat(created[1]))
