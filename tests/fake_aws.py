"""AWS as a proxy shows it: hosts of buckets, access points and directory buckets, over TLS, in front of moto.

Whoever is told to use the proxy and to trust its certificate speaks to it as to AWS: addresses, regions, signatures,
sessions and who pays are checked as AWS does; the objects are moto's.
"""

import datetime as dt
import http.client
import re
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ACCOUNT = "123456789012"
ZONE = "use1-az4"
DIRECTORY = f"quick--{ZONE}--x-s3"
SESSION = "directory-session-token"
_HOSTS = (
    "*.amazonaws.com",
    "*.s3.amazonaws.com",
    "*.s3.us-east-1.amazonaws.com",
    "*.s3.eu-west-1.amazonaws.com",
    "*.s3-accesspoint.eu-west-1.amazonaws.com",
    "*.s3-accesspoint.us-east-1.amazonaws.com",
    f"*.s3express-{ZONE}.us-east-1.amazonaws.com",
    "*.mrap.accesspoint.s3-global.amazonaws.com",
    "*.us-east-1.amazonaws.com",
    "*.eu-west-1.amazonaws.com",
)
_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
_DIRECTORY_HOST = re.compile(r"(.+--x-s3)\.s3express-.+\.amazonaws\.com")
_POINT_HOST = re.compile(r"([a-z0-9-]+)-(\d{12})\.s3-accesspoint\.([a-z0-9-]+)\.amazonaws\.com")
_BUCKET_HOST = re.compile(r"(?:(.+)\.)?s3(?:\.([a-z0-9-]+))?\.amazonaws\.com")


def write_certificate(path: Path) -> None:
    """For all of AWS's hosts, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "s3ml tests")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in _HOSTS]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    host: str
    target: str
    headers: dict[str, str]

    @property
    def given(self) -> dict[str, list[str]]:
        """The parameters."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def key(self) -> str:
        """What stands behind the host."""
        return urlsplit(self.target).path.lstrip("/")

    @property
    def signed_for(self) -> tuple[str, str]:
        """Region and service."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return (found[1], found[2]) if found else ("", "")


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class FakeAws:
    """Used as a context manager. `environment` makes boto3 use it."""

    moto: str
    """Moto's address."""
    certificate: Path
    regions: dict[str, str] = field(default_factory=dict)
    """Of buckets, where it is another than us-east-1."""
    paid_by_requester: set[str] = field(default_factory=set)
    points: dict[str, str] = field(default_factory=dict)
    """Buckets by access point, as `mine@eu-west-1`."""
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        write_certificate(self.certificate)
        outer = self

        class Handler(_Handler):
            aws = outer

        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.certificate)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process take this for AWS."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self._http.server_address[1]}",
            "AWS_CA_BUNDLE": str(self.certificate),
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "hidden",
            "AWS_REGION": "us-east-1",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    def answer(self, asked: Asked, body: bytes) -> Answer:
        """What AWS says."""
        self.asked.append(asked)
        if found := _DIRECTORY_HOST.fullmatch(asked.host):
            return self._directory(found[1], asked, body)
        if found := _POINT_HOST.fullmatch(asked.host):
            bucket = self.points.get(f"{found[1]}@{found[3]}")
            if bucket is None or found[2] != ACCOUNT:
                return refused(404, "NoSuchAccessPoint")
            if asked.signed_for[0] not in {"", found[3]}:
                return refused(400, "AuthorizationHeaderMalformed")
            if not asked.key and {"versioning", "lifecycle", "publicAccessBlock"} & set(asked.given):
                return refused(405, "MethodNotAllowed")
            return self._forwarded(bucket, asked, body)
        if found := _BUCKET_HOST.fullmatch(asked.host):
            bucket = found[1] or asked.key.partition("/")[0]
            return self._bucket(bucket, found[2] or "us-east-1", asked, body, is_virtual=bool(found[1]))
        return refused(404, "NoSuchHost")

    def _bucket(self, bucket: str, host_region: str, asked: Asked, body: bytes, *, is_virtual: bool) -> Answer:
        region = self.regions.get(bucket, "us-east-1")
        answer_headers = {"x-amz-bucket-region": region}
        signed_for = asked.signed_for[0]
        if bucket and host_region != region:
            return 301, answer_headers, refused(301, "PermanentRedirect")[2]
        if bucket and signed_for not in {"", region}:
            code, _, words = refused(400, "AuthorizationHeaderMalformed", f"<Region>{region}</Region>")
            return code, answer_headers, words
        if bucket in self.paid_by_requester and not self._pays(asked):
            return refused(403, "AccessDenied")
        return self._forwarded(bucket if is_virtual else "", asked, body)

    @staticmethod
    def _pays(asked: Asked) -> bool:
        in_address = "requester" in asked.given.get("x-amz-request-payer", [])
        return asked.headers.get("x-amz-request-payer") == "requester" or in_address

    def _directory(self, bucket: str, asked: Asked, body: bytes) -> Answer:
        """As a directory bucket: by session, in no order, without versions."""
        if "session" in asked.given:
            return 200, {}, _session()
        if asked.headers.get("x-amz-s3session-token") != SESSION or asked.signed_for[1] != "s3express":
            return refused(403, "AccessDenied")
        given = asked.given
        forbidden = {"versions", "versioning", "tagging", "versionId", "start-after", "publicAccessBlock"} & set(given)
        if forbidden or not given.get("prefix", [""])[0].endswith(("/", "")):
            return refused(501, "NotImplemented")
        plain = self.plain(bucket)
        status, headers, answer = self._forwarded(plain, asked, body)
        if "list-type" in given:
            answer = _shuffled(answer).replace(f"<Name>{plain}</Name>".encode(), f"<Name>{bucket}</Name>".encode())
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("x-amz-version")}
        if "ETag" in headers and asked.method == "PUT":
            headers["ETag"] = '"0123456789abcdef0123456789abcdef"'
        return status, headers, answer

    @staticmethod
    def plain(bucket: str) -> str:
        """What moto calls a directory bucket."""
        return bucket.replace("--", "-")

    def _forwarded(self, bucket: str, asked: Asked, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(self.moto.partition("://")[2], timeout=30)
        try:
            kept = {
                name: value
                for name, value in asked.headers.items()
                if name not in {"host", "connection", "content-length", "transfer-encoding", "expect"}
            }
            target = f"/{bucket}{asked.target}" if bucket else asked.target
            connection.request(asked.method, target, body or None, kept | {"Host": self.moto.partition("://")[2]})
            answer = connection.getresponse()
            left_out = {"connection", "content-length", "transfer-encoding", "date", "server"}
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in left_out}
            length = answer.getheader("Content-Length")
            content = answer.read()
            if asked.method == "HEAD" and length:
                headers["Content-Length"] = length
            return answer.status, headers, content
        finally:
            connection.close()


def refused(status: int, code: str, more: str = "") -> Answer:
    """An error as S3 words it."""
    return status, {}, f"<Error><Code>{code}</Code><Message>{escape(code)} it is.</Message>{more}</Error>".encode()


def _session() -> bytes:
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    return (
        '<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials>'
        f"<SessionToken>{SESSION}</SessionToken><SecretAccessKey>hidden</SecretAccessKey>"
        f"<AccessKeyId>ASIADIRECTORY</AccessKeyId><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        "</Credentials></CreateSessionResult>"
    ).encode()


def _shuffled(listing: bytes) -> bytes:
    """The same entries, the last first."""
    entries = re.findall(rb"<Contents>.*?</Contents>", listing, re.DOTALL)
    rest = re.sub(rb"<Contents>.*?</Contents>", b"", listing, flags=re.DOTALL)
    return rest.replace(b"</ListBucketResult>", b"".join(reversed(entries)) + b"</ListBucketResult>")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    aws: FakeAws

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.connection = self.aws.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()

    def _handle(self) -> None:
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").partition(":")[0]
        status, answer_headers, answer = self.aws.answer(Asked(self.command, host, self.path, headers), body)
        self.send_response(status)
        for name, value in answer_headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer_headers:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def _body(self) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def handle_expect_100(self) -> bool:
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
        """Nothing on stderr."""


for _method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
    setattr(_Handler, f"do_{_method}", _Handler._handle)
