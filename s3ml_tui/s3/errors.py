"""The one gate from boto3's exceptions to our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from s3ml_tui.domain.errors import (
    BadInput,
    Corrupted,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    NotFound,
    S3mlError,
    StrangeAnswer,
    Unreachable,
)
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.answers import code_of, message_of, status_of
from s3ml_tui.s3.error_table import Sentence, sentence_for
from s3ml_tui.s3.redirecting import sent_on_to

_MAX_WORDS = 200
"""Characters of a server's own message that are passed on."""

_SIGN_IN = Sentence(
    ExpiredCredentials, "You are no longer signed in", "Run aws sso login (or aws login), then try again"
)
_BROKEN_OFF = Sentence(Unreachable, "{endpoint} broke the connection off", "Try again; check the network or a proxy")

_BAD_CONFIG = Sentence(
    BadInput, "The AWS configuration cannot be used", "Correct ~/.aws/config, and the AWS_ variables of the environment"
)

_THREE_WAYS = (
    "Name a profile (--profile or AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or use the local server (s3ml local start)"
)

# The first match counts, so the special ones stand before their parents.
_BY_EXCEPTION: tuple[tuple[type[Exception], Sentence], ...] = (
    (boto.NoCredentialsError, Sentence(NoCredentials, "No credentials were found", _THREE_WAYS)),
    (boto.PartialCredentialsError, Sentence(NoCredentials, "The credentials are incomplete", _THREE_WAYS)),
    (boto.ProfileNotFound, Sentence(NoCredentials, "There is no such profile", "See aws configure list-profiles")),
    (boto.ConfigNotFound, Sentence(NoCredentials, "The AWS configuration was not found", _THREE_WAYS)),
    (boto.InvalidConfigError, _BAD_CONFIG),
    (boto.InvalidRetryConfigurationError, _BAD_CONFIG),
    (boto.ConfigParseError, _BAD_CONFIG),
    (boto.InvalidRegionError, Sentence(BadInput, "There is no such region", "Write it as us-east-1")),
    (boto.TokenRetrievalError, _SIGN_IN),
    (boto.SSOError, _SIGN_IN),
    (boto.LoginError, _SIGN_IN),
    (boto.CredentialRetrievalError, Sentence(NoCredentials, "The credentials could not be fetched", _THREE_WAYS)),
    (
        boto.SSLError,
        Sentence(
            Unreachable,
            "No trusted connection to {endpoint}",
            "If the server's certificate is your own, name it in AWS_CA_BUNDLE; if it speaks plain HTTP, write http://",
        ),
    ),
    (
        boto.ProxyConnectionError,
        Sentence(Unreachable, "The proxy does not answer", "Check HTTPS_PROXY, or name {endpoint} in NO_PROXY"),
    ),
    (
        boto.EndpointConnectionError,
        Sentence(
            Unreachable,
            "Nobody answers at {endpoint}",
            "Check that the server runs, the endpoint's address, and the network",
        ),
    ),
    (
        boto.ConnectTimeoutError,
        Sentence(Unreachable, "{endpoint} cannot be reached", "Check the endpoint's address, the network or the VPN"),
    ),
    (
        boto.ReadTimeoutError,
        Sentence(Unreachable, "{endpoint} stopped answering", "Try again; the server may be overloaded or stopped"),
    ),
    (boto.ConnectionClosedError, _BROKEN_OFF),
    (boto.ResponseStreamingError, _BROKEN_OFF),
    (boto.IncompleteReadError, _BROKEN_OFF),
    (boto.FlexibleChecksumError, Sentence(Corrupted, "Bytes of {what} were damaged on the way", "Try again")),
    (boto.ChecksumError, Sentence(Corrupted, "Bytes of {what} were damaged on the way", "Try again")),
    (
        boto.ParamValidationError,
        Sentence(BadInput, "{what} cannot be asked for", "Check the bucket's name, the key and the metadata"),
    ),
    (boto.HTTPClientError, Sentence(Unreachable, "The request to {endpoint} failed", "Try again; check the network")),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about; only what may be printed."""

    action: str = ""
    """The IAM action it needs, such as s3:ListBucketVersions."""
    bucket: str = ""
    key: str = ""
    endpoint: str = ""

    def fill(self, template: str) -> str:
        """`template` with the names filled in, all of them printable."""
        bucket = printable(self.bucket) or "the bucket"
        what = printable(f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}")
        return template.format(
            what=what if self.bucket else (self.endpoint or "the server"),
            bucket=bucket,
            action=self.action or "the permission",
            endpoint=self.endpoint or "the server",
        )


def address(endpoint: str) -> str:
    """An endpoint without a user name or password in it, printable."""
    parts = urlsplit(endpoint)
    return printable(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())


def translate(error: Exception, subject: Subject) -> S3mlError:
    """`error` of boto3 as one of ours."""
    if isinstance(error, boto.HTTPClientError):
        inner = error.kwargs.get("error")
        if isinstance(inner, S3mlError):  # raised by a body of ours while it was being sent
            return inner
    if isinstance(error, boto.ClientError):
        return _from_answer(error, subject)
    for kind, sentence in _BY_EXCEPTION:
        if isinstance(error, kind):
            return _told(sentence, subject, _cause(error))
    if isinstance(error, ValueError):
        return BadInput(
            "The endpoint's address is not valid", cause=subject.endpoint, advice="Write it as http://host:port"
        )
    return S3mlError(
        "The request could not be made",
        cause=type(error).__name__,
        advice="Check the AWS configuration, then try again",
    )


def _from_answer(error: boto.ClientError, subject: Subject) -> S3mlError:
    code, status = code_of(error), status_of(error)
    if status == 404 and not subject.bucket:  # no question about the account as a whole has such an answer
        return StrangeAnswer(
            subject.fill("{endpoint} does not answer as S3 does"),
            cause="It says 404: not found",
            advice="Check the endpoint's address",
        )
    elsewhere = sent_on_to(error)
    if elsewhere:
        return StrangeAnswer(
            subject.fill("{endpoint} sends requests on to another address"),
            cause=f"It names {address(elsewhere)}",
            advice="Name that one as the endpoint, if it is the server's own",
        )
    if code in {"404", "NotFound"} and not subject.key:
        code = "NoSuchBucket"
    if status == 405 and subject.action.startswith("s3:GetObject"):
        return NotFound(
            subject.fill("{what} is deleted at this version"),
            cause="It is a delete marker",
            advice="Choose a version that has bytes",
        )
    words = printable(message_of(error))
    shown = words if len(words) <= _MAX_WORDS else words[: _MAX_WORDS - 1] + "…"
    said = f"the server says {code}" + (f": {shown}" if shown and shown != code else "")
    return _told(sentence_for(code, status), subject, said if code else "")


def _told(sentence: Sentence, subject: Subject, seen: str) -> S3mlError:
    title, advice = subject.fill(sentence.title), subject.fill(sentence.advice)
    own = subject.fill(sentence.cause) if sentence.cause and subject.action else ""
    cause = f"{own} ({seen})" if own and seen else own or seen[:1].upper() + seen[1:]
    if sentence.kind is Denied:
        is_about_action = "{action}" in sentence.cause  # and not about keys that are wrong altogether
        return Denied(title, action=subject.action if is_about_action else "", cause=cause, advice=advice)
    return sentence.kind(title, cause=cause, advice=advice)


def _cause(error: Exception) -> str:
    """What may be shown of a boto3 exception: a name or a report it holds, never a header or a value of ours."""
    if not isinstance(error, boto.BotoCoreError):
        return ""
    known = error.kwargs
    if "profile" in known:
        return printable(f"profile {known['profile']!s}")[:_MAX_WORDS]
    if "region_name" in known:
        return printable(f"region {known['region_name']!s}")[:_MAX_WORDS]
    if isinstance(error, boto.ParamValidationError):
        return printable(" ".join(str(known.get("report", "")).split()))[:_MAX_WORDS]
    if isinstance(error, boto.InvalidConfigError):
        return printable(str(known.get("error_msg", "")))[:_MAX_WORDS]
    if isinstance(error, boto.SSLError):
        return printable(str(known.get("error", "")))[:_MAX_WORDS]
    return ""


@contextmanager
def translated(*, action: str = "", bucket: str = "", key: str = "", endpoint: str = "") -> Iterator[None]:
    """Within it, whatever boto3 raises becomes one of our errors."""
    subject = Subject(action=action, bucket=bucket, key=key, endpoint=address(endpoint))
    try:
        yield
    except S3mlError:
        raise
    except ResponseParserError as error:
        raise StrangeAnswer(
            "The server's answer cannot be understood",
            cause="It is not what S3 says",
            advice=subject.fill("Check that {endpoint} is an S3 endpoint"),
        ) from error
    except (boto.BotoCoreError, boto.ClientError) as error:
        raise translate(error, subject) from error
    except ValueError as error:
        if not str(error).startswith("Invalid endpoint"):
            raise
        raise translate(error, subject) from error
