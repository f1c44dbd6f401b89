"""The faults of the table: what happens to which request, how often, and which errors may be told for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from s3ml_tui.domain.errors import (
    ClockSkew,
    Conflict,
    Corrupted,
    Denied,
    ExpiredCredentials,
    NotSupported,
    S3mlError,
    ServerFault,
    StrangeAnswer,
    Throttled,
    Unreachable,
)
from tests.s3.faults import Asked, Fault, anything

ALWAYS = 1_000_000
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Welcome to the airport<br></body></html>"
Errors = tuple[type[S3mlError], ...]


def is_change(asked: Asked) -> bool:
    """Whether a request changes something."""
    return asked.method in {"PUT", "POST", "DELETE"}


def is_body(asked: Asked) -> bool:
    """Whether the bytes of an object are asked for."""
    return asked.method == "GET" and urlsplit(asked.target).path.count("/") > 1 and not _subresource(asked)


def has_bytes(asked: Asked) -> bool:
    """Whether bytes of an object are sent."""
    return (
        asked.method == "PUT" and "x-amz-copy-source" not in asked.headers and asked.length > 0 and not _is_tags(asked)
    )


def _is_tags(asked: Asked) -> bool:
    return urlsplit(asked.target).query.startswith("tagging")


def _subresource(asked: Asked) -> bool:
    query = urlsplit(asked.target).query
    return bool(query) and not query.startswith("versionId=")


def flipped(body: bytes) -> bytes:
    """The same with one bit of its middle turned over."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


def said(code: str) -> bytes:
    """An error as S3 words it."""
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>So it is.</Message></Error>'.encode()


@dataclass(frozen=True, slots=True)
class Row:
    """One fault."""

    name: str
    happens: str
    """What happens, for the documentation."""
    make: Callable[[], Fault]
    times: int
    errors: Errors = ()
    """Which may be told; () means that the command has to come through."""
    matches: Callable[[Asked], bool] = anything
    places: frozenset[str] = field(default_factory=lambda: frozenset({"first", "first change", "last change", "last"}))
    """At which of the requests that match."""

    @property
    def is_silent(self) -> bool:
        """Whether somebody says nothing."""
        return self.name.startswith("silent")

    def fault(self, skip: int) -> Fault:
        """The fault, which lets `skip` requests pass."""
        fault = self.make()
        fault.matches, fault.times, fault.skip = self.matches, self.times, skip
        return fault


def _answers(status: int, body: bytes = b"", kind: str = "application/xml") -> Callable[[], Fault]:
    return lambda: Fault(anything, status=status, body=body, headers={"Content-Type": kind})


def _code(status: int, code: str) -> Callable[[], Fault]:
    return _answers(status, said(code))


_LATER = frozenset({"first change", "last change", "last"})
_EDGES = frozenset({"first", "first change"})
_CHANGES = frozenset({"first change", "last change"})
LOST = (Unreachable,)
STRANGE = (StrangeAnswer, ServerFault, Corrupted)

FEW = frozenset(
    {
        "lost answer",
        "flipped byte",
        "silent",
        "empty 200",
        "dead",
        "silent for good",
        "changes lost for good",
        "403 for changes",
    }
)
"""Rows for commands that are like another one."""
ROWS = (
    # once: the server is well again when it is asked again
    Row(
        "reset before",
        "the connection is reset before the request arrives",
        lambda: Fault(anything, is_reset=True),
        1,
        places=_LATER,
    ),
    Row(
        "lost answer", "the request is carried out, its answer is lost", lambda: Fault(anything, is_answer_lost=True), 1
    ),
    Row("torn answer", "the answer breaks off after 40 bytes", lambda: Fault(anything, cut_after=40), 1),
    Row(
        "torn body",
        "an object's bytes break off in the middle",
        lambda: Fault(anything, cut_after=1500),
        1,
        matches=is_body,
    ),
    Row(
        "torn upload",
        "the connection is reset in the middle of the bytes that go up",
        lambda: Fault(anything, tear_after=1000),
        1,
        matches=has_bytes,
    ),
    Row(
        "flipped byte",
        "a bit of an object's bytes is turned over on the way down",
        lambda: Fault(anything, change=flipped),
        1,
        errors=(Corrupted,),
        matches=is_body,
    ),
    Row(
        "flipped upload",
        "a bit is turned over on the way up",
        lambda: Fault(anything, change_sent=flipped),
        1,
        errors=(Corrupted,),
        matches=has_bytes,
    ),
    Row("silent", "the server takes the request and says nothing", lambda: Fault(anything, hangs=True), 1, errors=LOST),
    Row(
        "silent body",
        "the server stops in the middle of an object's bytes",
        lambda: Fault(anything, silent_after=1500),
        1,
        errors=LOST,
        matches=is_body,
    ),
    Row("throttled", "503 SlowDown for three requests", _code(503, "SlowDown"), 3),
    Row("empty 200", "200 with nothing in it, and nothing was done", _answers(200), 1, errors=STRANGE),
    Row(
        "HTML 200",
        "200 with a login page, and nothing was done",
        _answers(200, HTML, "text/html"),
        1,
        errors=STRANGE,
        places=_LATER,
    ),
    Row("409", "409 OperationAborted", _code(409, "OperationAborted"), 1, errors=(Conflict,), places=_LATER),
    Row("412", "412 PreconditionFailed", _code(412, "PreconditionFailed"), 1, errors=(Conflict,), places=_LATER),
    Row("500", "500 InternalError", _code(500, "InternalError"), 1, places=_LATER),
    # from then on
    Row("dead", "nobody listens any more", lambda: Fault(anything, is_death=True), ALWAYS, LOST, places=_EDGES),
    Row(
        "silent for good",
        "the server takes requests and says nothing",
        lambda: Fault(anything, hangs=True),
        ALWAYS,
        LOST,
        places=_EDGES,
    ),
    Row(
        "silent bodies",
        "the server stops in the middle of every object's bytes",
        lambda: Fault(anything, silent_after=1500),
        ALWAYS,
        LOST,
        matches=is_body,
        places=_EDGES,
    ),
    Row(
        "answers lost for good",
        "all is carried out, and no answer arrives",
        lambda: Fault(anything, is_answer_lost=True),
        ALWAYS,
        LOST,
        places=_EDGES,
    ),
    Row(
        "changes lost for good",
        "changes are carried out, and none of their answers arrives",
        lambda: Fault(anything, is_answer_lost=True),
        ALWAYS,
        LOST,
        is_change,
        _CHANGES,
    ),
    Row(
        "flipped for good",
        "a bit of every object's bytes is turned over",
        lambda: Fault(anything, change=flipped),
        ALWAYS,
        (Corrupted,),
        is_body,
        _EDGES,
    ),
    Row("throttled for good", "503 SlowDown", _code(503, "SlowDown"), ALWAYS, (Throttled,), places=_EDGES),
    Row("empty 200 for good", "200 with nothing in it", _answers(200), ALWAYS, STRANGE, places=_EDGES),
    Row(
        "changes answered by an empty 200",
        "changes are answered by 200 with nothing in it, and nothing is done",
        _answers(200),
        ALWAYS,
        STRANGE,
        is_change,
        _CHANGES,
    ),
    Row("HTML 200 for good", "200 with a login page", _answers(200, HTML, "text/html"), ALWAYS, STRANGE, places=_EDGES),
    Row("500 for good", "500 InternalError", _code(500, "InternalError"), ALWAYS, (ServerFault,), places=_EDGES),
    Row(
        "501 for changes",
        "501 NotImplemented for changes",
        _code(501, "NotImplemented"),
        ALWAYS,
        (NotSupported,),
        is_change,
        _CHANGES,
    ),
    Row("403", "403 AccessDenied", _code(403, "AccessDenied"), ALWAYS, (Denied,), places=_EDGES),
    Row(
        "403 for changes",
        "403 AccessDenied for changes",
        _code(403, "AccessDenied"),
        ALWAYS,
        (Denied,),
        is_change,
        _CHANGES,
    ),
    Row("expired token", "400 ExpiredToken", _code(400, "ExpiredToken"), ALWAYS, (ExpiredCredentials,), places=_EDGES),
    Row(
        "clock skew",
        "403 RequestTimeTooSkewed",
        _code(403, "RequestTimeTooSkewed"),
        ALWAYS,
        (ClockSkew,),
        places=_EDGES,
    ),
)
