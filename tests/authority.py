"""A server that gives credentials as STS and single sign-on do: to who shows the right code or token, for a while."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

DEVICE = "arn:aws:iam::123456789012:mfa/me"
ROLE = "arn:aws:iam::123456789012:role/reader"
START_URL = "https://acme.awsapps.example/start"
CODE = "123456"
_SPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


@dataclass
class Authority:
    """Used as a context manager; what it was asked is kept, and what it answers can be changed at any time."""

    lifetime: timedelta = timedelta(hours=1)
    code: str = CODE
    """What the device shows now."""
    token: str = "single-sign-on-token"
    """The one that single sign-on takes."""
    refusal: tuple[str, str] | None = None
    """STS's code and words, when it refuses everybody."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of every request; `signer` among them is the access key it was signed by."""
    given: int = 0
    """How many credentials were given."""

    def __post_init__(self) -> None:
        outer = self

        class Handler(_Handler):
            authority = outer

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05})
        self._lock = threading.Lock()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes botocore ask here."""
        return {"AWS_ENDPOINT_URL_STS": self.endpoint, "AWS_ENDPOINT_URL_SSO": self.endpoint}

    @property
    def newest(self) -> str:
        """The session token that was given last."""
        return f"token-{self.given}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    # what it answers -------------------------------------------------------------------------------------------------

    def sts(self, asked: Mapping[str, str]) -> tuple[int, str]:
        """Status and body."""
        with self._lock:
            self.asked.append(dict(asked))
            if self.refusal is not None:
                return 403, _refused(*self.refusal)
            if "SerialNumber" in asked and (asked["SerialNumber"], asked.get("TokenCode")) != (DEVICE, self.code):
                words = "MultiFactorAuthentication failed with invalid MFA one time pass code."
                return 403, _refused("AccessDenied", words)
            return 200, self._role(asked["Action"], asked["RoleArn"])

    def single_sign_on(self, asked: Mapping[str, str]) -> tuple[int, str]:
        """Status and body."""
        with self._lock:
            self.asked.append(dict(asked))
            if asked.get("token") != self.token:
                return 401, json.dumps({"message": "Session token not found or invalid"})
            key, secret, token, ends = self._credentials()
            given = {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token}
            return 200, json.dumps({"roleCredentials": {**given, "expiration": int(ends.timestamp() * 1000)}})

    def _role(self, action: str, role: str) -> str:
        key, secret, token, ends = self._credentials()
        return (
            f"<{action}Response {_SPACE}><{action}Result><Credentials>"
            f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
            f"<SessionToken>{token}</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
            f"<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>{escape(role)}/s</Arn></AssumedRoleUser>"
            f"</{action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>"
        )

    def _credentials(self) -> tuple[str, str, str, datetime]:
        self.given += 1
        return f"ASIA{self.given:016}", f"hidden-{self.given}", self.newest, datetime.now(UTC) + self.lifetime


def _refused(code: str, words: str) -> str:
    return (
        f"<ErrorResponse {_SPACE}><Error><Type>Sender</Type><Code>{code}</Code>"
        f"<Message>{escape(words)}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    authority: Authority

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        signature = self.headers.get("Authorization", "")
        signer = signature.partition("Credential=")[2].partition("/")[0]
        self._answer(*self.authority.sts({**asked, "signer": signer}), "text/xml")

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        token = self.headers.get("x-amz-sso_bearer_token", "")
        self._answer(*self.authority.single_sign_on({**asked, "token": token}), "application/json")

    def _answer(self, status: int, body: str, kind: str) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("x-amzn-errortype", "UnauthorizedException")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
        """Nothing on stderr."""


PROFILES = f"""
[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = hidden-base
region = us-east-1
[profile plain-role]
role_arn = {ROLE}
source_profile = base
[profile guarded]
role_arn = {ROLE}
source_profile = base
mfa_serial = {DEVICE}
[profile chained]
role_arn = {ROLE}-further
source_profile = guarded
[profile signed-in]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = reader
region = us-east-1
[profile role-of-signed-in]
role_arn = {ROLE}
source_profile = signed-in
[sso-session acme]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
"""
"""An AWS configuration with every way in that a person has a part in."""


def sso_token(token: str, *, lifetime: timedelta = timedelta(hours=8)) -> str:
    """What `aws sso login` writes into its cache."""
    ends = datetime.now(UTC) + lifetime
    return json.dumps(
        {"startUrl": START_URL, "region": "us-east-1", "accessToken": token, "expiresAt": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}
    )


SSO_CACHE = Path(f".aws/sso/cache/{hashlib.sha1(b'acme', usedforsecurity=False).hexdigest()}.json")
"""Where, below the home folder: by the name of the session."""
