"""The one gate from boto3's exceptions to our errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from s3ml_tui.domain.errors import (
    BadInput,
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NotFound,
    RoleRefused,
    S3mlError,
    ServerFault,
    StrangeAnswer,
    Throttled,
    WrongCredentials,
)
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.errors.codes import Sentence, sentence_for
from s3ml_tui.s3.errors.exceptions import BY_EXCEPTION
from s3ml_tui.s3.errors.redirects import sent_on_to
from s3ml_tui.s3.errors.requester_pays import HINT, MAY_BE_PAID
from s3ml_tui.s3.errors.responses import code_of, message_of, status_of

_MAX_WORDS = 200
"""Characters of a server's own message that are passed on."""

_ROLE = Sentence(
    RoleRefused,
    "The profile's role was not given",
    "Check its role_arn, and that the role trusts these credentials, or use another profile",
    "It needs {action}",
)
_FOR_CREDENTIALS = {
    "AssumeRole": "sts:AssumeRole",
    "AssumeRoleWithWebIdentity": "sts:AssumeRoleWithWebIdentity",
    "GetRoleCredentials": "sso:GetRoleCredentials",
    "CreateOAuth2Token": "signin:CreateOAuth2Token",
}
"""Requests that botocore makes for credentials, and the action each needs."""
_TAKEN = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
_NAMED_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9*]+)")
"""How AWS names the action that lacks, which may be another than the request's own, such as kms:Decrypt."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about; only what may be printed."""

    action: str = ""
    """The IAM action it needs, such as s3:ListBucketVersions."""
    bucket: str = ""
    key: str = ""
    endpoint: str = ""

    def of(self, error: Exception) -> "Subject":
        """The same, with the address that `error` itself names, where that is another server: one for credentials."""
        named = error.kwargs.get("endpoint_url") if isinstance(error, boto.BotoCoreError) else None
        host = urlsplit(str(named or "")).netloc
        own = urlsplit(self.endpoint).netloc
        if not host or host == own or (own and host.endswith(f".{own}")):
            return self
        return replace(self, endpoint=address(urlsplit(str(named))._replace(path="", query="").geturl()))

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
    for kind, sentence in BY_EXCEPTION:
        if isinstance(error, kind):
            return _our_error(sentence, subject.of(error), _cause(error))
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
    if error.operation_name in _FOR_CREDENTIALS:
        return _role_refused(error, subject)
    if error.operation_name == "CreateSession":  # before the first request to a directory bucket
        subject = replace(subject, action="s3express:CreateSession")
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
    if code in _TAKEN and subject.action not in {"", "s3:CreateBucket"}:
        code = "NotImplemented"  # it does not know the subresource, and takes the request for one to make the bucket
    if code in {"404", "NotFound"} and not subject.key:
        code = "NoSuchBucket"
    if status == 405 and subject.action.startswith("s3:GetObject"):
        return NotFound(
            subject.fill("{what} is deleted at this version"),
            cause="It is a delete marker",
            advice="Choose a version that has bytes",
        )
    named = _NAMED_ACTION.search(message_of(error))
    if named and subject.action:
        subject = replace(subject, action=named[1])
    our_error = _our_error(sentence_for(code, status), subject, _said(error) if code else "")
    if (
        isinstance(our_error, Denied)
        and our_error.action
        and not named
        and error.response.get("Error", {}).get(MAY_BE_PAID)
    ):
        our_error.advice, our_error.may_be_paid = f"{our_error.advice}; {HINT}", True
    return our_error


def _said(error: boto.ClientError) -> str:
    """The server's own words, in part."""
    code, words = code_of(error), printable(message_of(error))
    shown = words if len(words) <= _MAX_WORDS else words[: _MAX_WORDS - 1] + "…"
    return f"the server says {code}" + (f": {shown}" if shown and shown != code else "")


def _role_refused(error: boto.ClientError, subject: Subject) -> S3mlError:
    """What STS or single sign-on answers instead of credentials; it says nothing about what was asked of S3."""
    sentence = sentence_for(code_of(error), status_of(error))
    action = _FOR_CREDENTIALS[str(error.operation_name)]
    if sentence.kind not in {WrongCredentials, ExpiredCredentials, ClockSkew, Throttled, ServerFault}:
        sentence = _ROLE
    return _our_error(sentence, replace(subject, action=action, bucket="", key=""), _said(error))


def _our_error(sentence: Sentence, subject: Subject, seen: str) -> S3mlError:
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
    if isinstance(error, (boto.InvalidConfigError, boto.CredentialRetrievalError)):
        return printable(" ".join(str(known.get("error_msg", "")).split()))[:_MAX_WORDS]
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
