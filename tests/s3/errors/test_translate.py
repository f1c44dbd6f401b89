"""Every failure in a sentence with what to do."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from botocore import exceptions as boto

from s3ml_tui.domain import errors
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.errors.codes import BY_CODE
from s3ml_tui.s3.errors.responses import Fate, fate_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, anything, method, query
from tests.servers import S3Server

ONCE = TransferSettings(attempts=1, backoff_s=0.01)
HASTY = replace(ONCE, connect_timeout_s=0.3, read_timeout_s=0.3)
"""Where nobody answers; whoever does may take longer on a busy machine."""


def refused(code: str | None, status: int, message: str | None = None) -> boto.ClientError:
    error = {"Code": code, "Message": message}
    return boto.ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def our_error(error: Exception, *, key: str = "d/k.csv") -> errors.S3mlError:
    with (
        pytest.raises(errors.S3mlError) as raised,
        translated(action="s3:GetObject", bucket="acme", key=key, endpoint="https://me:pw@s3.example:9000"),
    ):
        raise error
    return raised.value


@pytest.mark.parametrize("code", sorted(BY_CODE))
@pytest.mark.parametrize("message", [None, "", "words of the server"])
def test_every_code_has_a_title_and_advice_with_or_without_a_message(code: str, message: str | None) -> None:
    error = our_error(refused(code, int(code) if code.isdigit() else 400, message))
    assert error.title
    assert error.advice
    assert "None" not in error.sentence
    assert "{" not in error.sentence
    assert "pw" not in error.sentence.split()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused("AccessDenied", 403), errors.Denied),
        (refused(None, 403), errors.Denied),
        (refused("403", 403), errors.Denied),
        (refused("Whatever", 401), errors.Denied),
        (refused("InvalidAccessKeyId", 403), errors.WrongCredentials),
        (refused("SignatureDoesNotMatch", 403), errors.WrongCredentials),
        (refused("ExpiredToken", 400), errors.ExpiredCredentials),
        (refused("RequestTimeTooSkewed", 403), errors.ClockSkew),
        (refused("NoSuchKey", 404), errors.NotFound),
        (refused("404", 404), errors.NotFound),
        (refused("405", 405), errors.NotFound),
        (refused("SlowDown", 503), errors.Throttled),
        (refused(None, 429), errors.Throttled),
        (refused("503", 503), errors.ServerFault),
        (refused(None, 500), errors.ServerFault),
        (refused("NotImplemented", 501), errors.NotSupported),
        (refused(None, 501), errors.NotSupported),
        (refused("PreconditionFailed", 412), errors.Conflict),
        (refused(None, 409), errors.Conflict),
        (refused("InvalidObjectState", 403), errors.NotSupported),
        (refused("PermanentRedirect", 301), errors.BadInput),
        (refused("Unheard", 400), errors.S3mlError),
        (boto.NoCredentialsError(), errors.NoCredentials),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), errors.NoCredentials),
        (boto.ProfileNotFound(profile="\x1b[2Jprod"), errors.NoCredentials),
        (boto.TokenRetrievalError(provider="sso", error_msg="x"), errors.ExpiredCredentials),
        (boto.SSOTokenLoadError(error_msg="x"), errors.ExpiredCredentials),
        (boto.UnauthorizedSSOTokenError(), errors.ExpiredCredentials),
        (boto.EndpointConnectionError(endpoint_url="x"), errors.Unreachable),
        (boto.ConnectTimeoutError(endpoint_url="x"), errors.Unreachable),
        (boto.ReadTimeoutError(endpoint_url="x"), errors.Unreachable),
        (boto.ConnectionClosedError(endpoint_url="x"), errors.Unreachable),
        (boto.SSLError(endpoint_url="x", error="self-signed"), errors.Unreachable),
        (boto.ProxyConnectionError(proxy_url="http://u:secret@p"), errors.Unreachable),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), errors.Unreachable),
        (boto.ResponseStreamingError(error="x"), errors.Unreachable),
        (boto.ParamValidationError(report="Invalid bucket name"), errors.BadInput),
        (boto.InvalidConfigError(error_msg="no such file"), errors.BadInput),
        (boto.FlexibleChecksumError(error_msg="x"), errors.Corrupted),
        (ValueError("Invalid endpoint: nonsense"), errors.BadInput),
        (boto.UnknownSignatureVersionError(signature_version="x"), errors.S3mlError),
    ],
)
def test_each_failure_has_its_kind_and_a_sentence(error: Exception, kind: type[errors.S3mlError]) -> None:
    found = our_error(error)
    assert type(found) is kind
    assert found.title
    assert found.advice
    assert "u:secret" not in found.sentence
    assert "\x1b" not in found.sentence
    assert found.__cause__ is error


def test_a_refusal_names_action_and_address() -> None:
    error = our_error(refused("AccessDenied", 403, "Not for you"))
    assert isinstance(error, errors.Denied)
    assert error.action == "s3:GetObject"
    assert error.title == "Access to s3://acme/d/k.csv is denied"
    assert error.cause == "These credentials lack s3:GetObject (the server says AccessDenied: Not for you)"


def test_the_words_of_a_server_are_made_printable_and_cut() -> None:
    error = our_error(refused("AccessDenied", 403, "\x1b]52;c;AAAA\x07" + "x" * 5000))
    assert "\x1b" not in error.sentence
    assert len(error.sentence) < 500


def test_a_hostile_key_is_shown_as_text() -> None:
    error = our_error(refused("NoSuchKey", 404), key="a{0}\x1b[31m[/bold]")
    assert error.title == r"s3://acme/a{0}\x1b[31m[/bold] does not exist"


def test_an_error_of_ours_passes_unchanged() -> None:
    ours = errors.Cancelled()
    assert our_error(ours) is ours
    assert our_error(boto.HTTPClientError(error=ours)) is ours


def test_a_server_that_knows_no_buckets_at_all_is_not_called_a_missing_bucket() -> None:
    with (
        pytest.raises(errors.StrangeAnswer, match=r"https://web\.example does not answer as S3 does"),
        translated(action="s3:ListAllMyBuckets", endpoint="https://web.example"),
    ):
        raise refused("404", 404)


def test_a_region_nobody_has_is_named() -> None:
    error = our_error(boto.InvalidRegionError(region_name="x y"))
    assert error.sentence == "There is no such region. Region x y. Write it as us-east-1."


def test_other_programming_errors_are_not_hidden() -> None:
    with pytest.raises(ValueError, match="a defect"), translated():
        raise ValueError("a defect")


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (refused("InternalError", 500), Fate.UNKNOWN),
        (refused("503", 503), Fate.UNKNOWN),
        (refused("SlowDown", 503), Fate.NOT_DONE),
        (refused("NotImplemented", 501), Fate.REFUSED),
        (refused("PreconditionFailed", 412), Fate.UNMET),
        (refused("ConditionalRequestConflict", 409), Fate.UNMET),
        (refused("AccessDenied", 403), Fate.REFUSED),
        (boto.ReadTimeoutError(endpoint_url="x"), Fate.UNKNOWN),
        (boto.ConnectionClosedError(endpoint_url="x"), Fate.UNKNOWN),
        (boto.EndpointConnectionError(endpoint_url="x"), Fate.NOT_DONE),
        (boto.ConnectTimeoutError(endpoint_url="x"), Fate.NOT_DONE),
        (boto.SSLError(endpoint_url="x", error="x"), Fate.REFUSED),
        (boto.NoCredentialsError(), Fate.REFUSED),
    ],
)
def test_what_became_of_a_failed_request_is_known(error: Any, fate: Fate) -> None:
    assert fate_of(error) is fate


ACTS: dict[str, Callable[[S3Store], object]] = {
    "list": lambda store: store.list_page(Place("b")),
    "list with deleted": lambda store: store.list_page(Place("b"), with_deleted=True),
    "history": lambda store: list(store.history(ObjectKey("b", "k"))),
    "facts": lambda store: store.facts(ObjectKey("b", "k")),
    "facts of a version": lambda store: store.facts(ObjectKey("b", "k"), "v"),
    "read": lambda store: store.read(ObjectKey("b", "k")),
    "write": lambda store: store.write(ObjectKey("b", "k"), b"1"),
    "delete": lambda store: store.delete(ObjectKey("b", "k")),
    "copy": lambda store: store.copy_version(ObjectKey("b", "k"), "v", expected=None),
    "buckets": lambda store: store.buckets(),
    "bucket facts": lambda store: store.bucket_facts("b"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_server_that_accepts_and_never_answers_is_unreachable(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, act: str
) -> None:
    faulty.add(Fault(anything, hangs=True, times=99))
    with pytest.raises(errors.Unreachable, match="stopped answering"):
        ACTS[act](open_store(moto, endpoint=faulty.endpoint, settings=HASTY))


@pytest.mark.parametrize("act", ACTS)
def test_a_server_that_is_stopped_is_unreachable(moto: S3Server, open_store: OpenStore, act: str) -> None:
    with FaultyServer(moto.endpoint) as gone:
        endpoint = gone.endpoint
    with pytest.raises(errors.Unreachable, match=r"Nobody answers at http://127\.0\.0\.1"):
        ACTS[act](open_store(moto, endpoint=endpoint, settings=ONCE))


@pytest.mark.parametrize("act", ACTS)
def test_wrong_keys_are_no_lack_of_permission_and_it_is_said_which_half_is_wrong(
    seaweed: S3Server, open_store: OpenStore, act: str
) -> None:
    with pytest.raises(errors.WrongCredentials, match="does not know the access key"):
        ACTS[act](open_store(S3Server(seaweed.endpoint, "nobody", "x")))
    with pytest.raises(errors.WrongCredentials, match="does not accept the secret key"):
        ACTS[act](open_store(S3Server(seaweed.endpoint, seaweed.access_key, "wrong")))


def test_an_answer_that_is_no_xml_at_all_is_told(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    faulty.add(Fault(anything, status=403, body=b"<html>blocked by the proxy", times=99))
    with pytest.raises(errors.Denied):
        open_store(moto, endpoint=faulty.endpoint, settings=ONCE).list_page(Place("b"))


REFUSALS = {
    "InvalidAccessKeyId": (403, errors.WrongCredentials, "does not know the access key"),
    "SignatureDoesNotMatch": (403, errors.WrongCredentials, "does not accept the secret key"),
    "ExpiredToken": (400, errors.ExpiredCredentials, "have expired"),
    "RequestTimeTooSkewed": (403, errors.ClockSkew, "clock is wrong"),
    "SlowDown": (503, errors.Throttled, "asks to slow down"),
}
"""What a refusal means, by its code."""


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("act", ACTS)
def test_a_refusal_is_told_by_its_code_even_where_the_answer_has_no_body(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, act: str, code: str
) -> None:
    status, kind, words = REFUSALS[code]
    refuse(faulty, status, code)
    with pytest.raises(kind, match=words):
        ACTS[act](open_store(moto, endpoint=faulty.endpoint, settings=ONCE))


@pytest.mark.parametrize(
    ("act", "action"),
    [
        ("list", "s3:ListBucket"),
        ("history", "s3:ListBucketVersions"),
        ("facts", "s3:GetObject"),
        ("facts of a version", "s3:GetObjectVersion"),
        ("read", "s3:GetObject"),
        ("buckets", "s3:ListAllMyBuckets"),
    ],
)
def test_a_lack_of_permission_names_the_action(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, act: str, action: str
) -> None:
    refuse(faulty, 403, "AccessDenied")
    with pytest.raises(errors.Denied) as raised:
        ACTS[act](open_store(moto, endpoint=faulty.endpoint, settings=ONCE))
    assert raised.value.action == action
    assert f"These credentials lack {action} (the server says AccessDenied)" in raised.value.cause


def test_a_bucket_of_another_region_is_told_where_the_answer_has_no_body(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    refuse(faulty, 301, "PermanentRedirect")
    with pytest.raises(errors.BadInput, match="b is in another region"):
        ACTS["facts"](open_store(moto, endpoint=faulty.endpoint, settings=ONCE))


@pytest.mark.parametrize("act", ACTS)
def test_a_proxy_that_sends_every_request_elsewhere_is_told_and_not_followed_without_end(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, act: str
) -> None:
    moved = {"Location": "https://user:pw@s3.example:9000/b/k?x=y", "Content-Type": "text/html"}
    faulty.add(Fault(anything, status=301, body=b"<html><head><title>301 Moved", headers=moved, times=99))
    with pytest.raises(errors.StrangeAnswer, match=r"It names https://s3\.example:9000\. Name that one") as raised:
        ACTS[act](open_store(moto, endpoint=faulty.endpoint, settings=ONCE))
    assert "sends requests on to another address" in raised.value.title
    assert len(faulty.asked) < 10


def test_a_look_is_explained_by_one_more_request_and_only_when_that_says_the_same(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(method("HEAD"), status=503, times=99))
    faulty.add(Fault(method("GET"), status=403, body=_refusal("AccessDenied"), times=99))
    with pytest.raises(errors.ServerFault):
        ACTS["facts"](open_store(moto, endpoint=faulty.endpoint, settings=ONCE))
    assert faulty.count(method("GET")) == 1


@pytest.mark.parametrize("code", REFUSALS)
def test_facts_of_a_bucket_are_not_unknown_because_credentials_or_time_ran_out_meanwhile(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, code: str
) -> None:
    status, kind, words = REFUSALS[code]
    bucket = moto.bucket()
    faulty.add(Fault(query("versioning"), status=status, body=_refusal(code), times=99))
    with pytest.raises(kind, match=words):
        open_store(moto, endpoint=faulty.endpoint, settings=ONCE).bucket_facts(bucket)


def test_facts_of_a_bucket_that_may_not_be_seen_are_unknown(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    refuse(faulty, 403, "AccessDenied")
    facts = open_store(moto, endpoint=faulty.endpoint, settings=ONCE).bucket_facts(bucket)
    assert facts.versioning is Versioning.UNKNOWN
    assert facts.lifecycle is None


def refuse(faulty: FaultyServer, status: int, code: str) -> None:
    """Every request from now on."""
    faulty.add(Fault(anything, status=status, body=_refusal(code), times=99))


def _refusal(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()


def test_who_may_write_but_not_read_hears_that_the_condition_was_not_met(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"theirs")
    faulty.add(Fault(lambda asked: asked.method in {"HEAD", "GET"}, status=403, times=99))
    store = open_store(moto, endpoint=faulty.endpoint)
    with pytest.raises(errors.Conflict):
        store.write(key, b"ours", if_absent=True)
    assert store.delete(key) is not None


@pytest.mark.parametrize("act", ["list", "facts", "read", "write", "buckets"])
def test_whoever_started_a_server_that_fails_may_tell_why(moto: S3Server, faulty: FaultyServer, act: str) -> None:
    asked: list[str] = []

    def why(endpoint: str) -> None:
        asked.append(endpoint)
        raise errors.LocalTrouble("The disk is full", advice="Make room")

    account = (moto.access_key, moto.secret_key)
    store = connect(Context(endpoint_url=faulty.endpoint), account, settings=ONCE, on_failure=why)
    with closing(store):
        refuse(faulty, 501, "NotImplemented")
        with pytest.raises(errors.NotSupported):
            ACTS[act](store)
        assert not asked
        faulty.clear()
        refuse(faulty, 500, "InternalError")
        with pytest.raises(errors.LocalTrouble, match="The disk is full"):
            ACTS[act](store)
    assert set(asked) == {faulty.endpoint}
