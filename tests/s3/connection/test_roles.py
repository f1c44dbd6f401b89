"""Roles, MFA codes, single sign-on and programs: how a connection comes by its credentials, and keeps them."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import botocore.tokens
import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import (
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    RoleRefused,
    S3mlError,
    Unreachable,
    WrongCredentials,
)
from s3ml_tui.domain.sign_in import CodeWanted
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.authority import CODE, DEVICE, PROFILES, ROLE, SSO_CACHE, Authority, sso_token
from tests.s3.faults import Asked, Fault, FaultyServer, anything
from tests.servers import S3Server

QUICK = TransferSettings(attempts=2, backoff_s=0.01, connect_timeout_s=2, read_timeout_s=5, page_size=10)
Opener = Callable[[str], S3Store]


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_aws: Path) -> Iterator[Authority]:
    """An authority that botocore asks, and the profiles that need it."""
    config = tmp_path / "config"
    config.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setattr(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", str(no_aws / SSO_CACHE.parent))
    with Authority() as authority:
        for name, value in authority.environment.items():
            monkeypatch.setenv(name, value)
        yield authority


@pytest.fixture
def by(faulty: FaultyServer) -> Iterator[Opener]:
    """Connects by a profile to a server that keeps what it was asked."""
    stores: list[S3Store] = []

    def open_one(profile: str) -> S3Store:
        stores.append(connect(Context(profile=profile, endpoint_url=faulty.endpoint), settings=QUICK))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


def asked_by(store: S3Store, *codes: str | None) -> list[CodeWanted]:
    """Answer questions with these codes; gives what was asked."""
    left, questions = list(codes), list[CodeWanted]()

    def ask(wanted: CodeWanted) -> str | None:
        questions.append(wanted)
        return left.pop(0)

    assert store.sign_in is not None
    store.sign_in.asked_by(ask)
    return questions


def tokens(faulty: FaultyServer) -> list[str]:
    """The session token of every request that arrived."""
    return [asked.headers.get("x-amz-security-token", "") for asked in faulty.asked]


def sign_in(home: Path, token: str, *, lifetime: timedelta = timedelta(hours=8)) -> None:
    """As `aws sso login` leaves it."""
    path = home / SSO_CACHE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sso_token(token, lifetime=lifetime))


# codes -----------------------------------------------------------------------------------------------------------


def test_a_code_is_asked_for_when_first_needed_and_sent_with_its_device(
    authority: Authority, by: Opener, faulty: FaultyServer
) -> None:
    store = by("guarded")
    questions = asked_by(store, CODE)
    assert not authority.asked, "connecting alone asks for nothing"
    store.buckets()
    store.buckets()
    assert questions == [CodeWanted(DEVICE, "guarded")]
    [asked] = authority.asked
    assert (asked["SerialNumber"], asked["TokenCode"], asked["RoleArn"]) == (DEVICE, CODE, ROLE)
    assert asked["signer"] == "AKIABASE"
    assert tokens(faulty) == ["token-1", "token-1"]


def test_a_wrong_code_is_said_and_asked_for_again(authority: Authority, by: Opener) -> None:
    store = by("guarded")
    questions = asked_by(store, "000000", CODE)
    store.buckets()
    first, second = questions
    assert first.wrong == ""
    assert "invalid MFA one time pass code" in second.wrong
    assert DEVICE in second.hint


def test_five_wrong_codes_are_enough(authority: Authority, by: Opener) -> None:
    store = by("guarded")
    questions = asked_by(store, *["000000"] * 9)
    with pytest.raises(RoleRefused, match="again and again"):
        store.buckets()
    assert len(questions) == 5


def test_who_will_not_tell_is_asked_no_more(authority: Authority, by: Opener, faulty: FaultyServer) -> None:
    store = by("guarded")
    questions = asked_by(store, None)
    for _ in range(3):
        with pytest.raises(RoleRefused, match=r"asks for an MFA code.*not given"):
            store.buckets()
    assert len(questions) == 1
    assert not authority.asked
    assert not faulty.asked


def test_where_nobody_can_be_asked_it_says_where_to_sign_in(authority: Authority, by: Opener) -> None:
    with pytest.raises(RoleRefused) as raised:
        by("guarded").buckets()
    assert raised.value.sentence == (
        "Profile guarded asks for an MFA code. Nobody can be asked for it here. "
        "Sign in on a terminal first: s3ml buckets --profile guarded; the role is kept for some time."
    )


def test_the_role_is_kept_as_aws_keeps_it_and_the_next_start_asks_nothing(
    authority: Authority, by: Opener, no_aws: Path
) -> None:
    first, second = by("guarded"), by("guarded")
    asked_by(first, CODE)
    first.buckets()
    second.buckets()
    assert len(authority.asked) == 1
    [file] = (no_aws / ".aws/cli/cache").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["Credentials"]["SessionToken"] == "token-1"


def test_where_nothing_can_be_kept_it_works_all_the_same(authority: Authority, by: Opener, no_aws: Path) -> None:
    (no_aws / ".aws").write_text("a file where a folder would be")
    store = by("guarded")
    asked_by(store, CODE)
    assert list(store.buckets()) == []


def test_a_code_is_asked_for_again_when_the_hour_is_over(
    authority: Authority, by: Opener, faulty: FaultyServer
) -> None:
    authority.lifetime = timedelta(seconds=30)
    store = by("guarded")
    questions = asked_by(store, CODE, "654321", CODE)
    store.buckets()
    authority.code = "654321"
    store.buckets()
    assert len(questions) == 2
    assert tokens(faulty) == ["token-1", "token-2"]


# roles -----------------------------------------------------------------------------------------------------------


def test_a_role_built_on_a_guarded_one(authority: Authority, by: Opener) -> None:
    store = by("chained")
    questions = asked_by(store, "000000", CODE)
    store.buckets()
    assert [question.device for question in questions] == [DEVICE, DEVICE]
    wrong, inner, outer = authority.asked
    assert wrong["RoleArn"] == inner["RoleArn"] == ROLE
    assert (outer["RoleArn"], outer["signer"]) == (f"{ROLE}-further", "ASIA0000000000000001")


def test_short_lived_credentials_are_renewed_in_the_middle_of_a_listing(
    authority: Authority, by: Opener, faulty: FaultyServer, moto: S3Server
) -> None:
    bucket = moto.bucket()
    names = [f"k{number:03}" for number in range(60)]
    for name in names:
        moto.client().put_object(Bucket=bucket, Key=name)
    authority.lifetime = timedelta(minutes=5)

    def is_old(asked: Asked) -> bool:
        return asked.headers.get("x-amz-security-token") != authority.newest

    refusal = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    faulty.add(Fault(is_old, 1000, 400, refusal))
    store = by("plain-role")
    token, shown = None, list[str]()
    while True:
        page = store.list_page(Place(bucket), token=token)
        shown += page.keys
        if (token := page.next) is None:
            break
    assert shown == names
    assert len(set(tokens(faulty))) == len(tokens(faulty)) == 6
    faulty.clear()
    assert [key for page in store.list_all(Place(bucket)) for key in page.keys] == names


def test_transfers_renew_them_too_and_say_when_they_cannot(
    authority: Authority, by: Opener, faulty: FaultyServer, moto: S3Server, tmp_path: Path
) -> None:
    bucket, file = moto.bucket(), tmp_path / "a"
    file.write_bytes(b"bytes")
    authority.lifetime = timedelta(minutes=5)
    store = by("plain-role")
    store.list_page(Place(bucket))
    assert store.direct.routes.to(bucket) is not None, "small files go without boto3"
    for name in ("a", "b"):
        store.upload(file, ObjectKey(bucket, name))
        store.download(ObjectKey(bucket, name), tmp_path / name)
    puts = [asked.headers["x-amz-security-token"] for asked in faulty.asked if asked.method == "PUT"]
    assert len(set(puts)) == len(puts) == 2
    authority.refusal = "AccessDenied", "No."
    for act in (
        lambda: store.upload(file, ObjectKey(bucket, "c")),
        lambda: store.download(ObjectKey(bucket, "a"), tmp_path / "d"),
    ):
        with pytest.raises(RoleRefused):
            act()


def test_a_role_that_may_not_be_assumed_is_said_and_not_taken_for_a_lack_in_the_bucket(
    authority: Authority, by: Opener
) -> None:
    authority.refusal = "AccessDenied", f"User: me is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    with pytest.raises(RoleRefused) as raised:
        by("plain-role").facts(ObjectKey("acme", "k"))
    assert raised.value.title == "The profile's role was not given"
    assert "sts:AssumeRole" in raised.value.cause
    assert not isinstance(raised.value, Denied)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("InvalidClientTokenId", WrongCredentials),
        ("SignatureDoesNotMatch", WrongCredentials),
        ("ExpiredToken", ExpiredCredentials),
        ("RegionDisabledException", RoleRefused),
    ],
)
def test_what_sts_says_is_told_by_kind(authority: Authority, by: Opener, code: str, kind: type[S3mlError]) -> None:
    authority.refusal = code, "No."
    with pytest.raises(kind):
        by("plain-role").buckets()


def test_an_authority_that_does_not_answer_is_named_itself(
    authority: Authority, by: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match=r"Nobody answers at http://127\.0\.0\.1:9\."):
        by("plain-role").buckets()


def test_credentials_that_had_expired_when_they_came_point_to_the_clock(authority: Authority, by: Opener) -> None:
    authority.lifetime = timedelta(hours=-1)
    with pytest.raises(ClockSkew):
        by("plain-role").buckets()


def test_a_web_identity_is_enough(
    authority: Authority, by: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: FaultyServer
) -> None:
    (tmp_path / "identity").write_text("a signed document")
    (tmp_path / "config").write_text(
        f"[profile pod]\nregion = us-east-1\nrole_arn = {ROLE}\nweb_identity_token_file = {tmp_path / 'identity'}\n"
    )
    by("pod").buckets()
    [asked] = authority.asked
    assert (asked["Action"], asked["WebIdentityToken"]) == ("AssumeRoleWithWebIdentity", "a signed document")
    assert tokens(faulty) == ["token-1"]


# programs --------------------------------------------------------------------------------------------------------


def test_a_program_is_asked_and_its_failure_is_told_in_its_own_words(
    authority: Authority, by: Opener, tmp_path: Path, faulty: FaultyServer
) -> None:
    program = tmp_path / "vault"
    given = {"Version": 1, "AccessKeyId": "AKIAVAULT", "SecretAccessKey": "hidden"}
    program.write_text(f"#!/bin/sh\necho '{json.dumps(given)}'\n")
    program.chmod(0o700)
    (tmp_path / "config").write_text(f"[profile vault]\ncredential_process = {program}\n")
    by("vault").buckets()
    assert "Credential=AKIAVAULT/" in faulty.asked[0].headers["authorization"]
    program.write_text("#!/bin/sh\necho the vault is sealed >&2\nexit 1\n")
    with pytest.raises(NoCredentials) as raised:
        by("vault").buckets()
    assert raised.value.cause == "The vault is sealed"
    assert "credential_process" in raised.value.advice


# single sign-on --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["signed-in", "role-of-signed-in"])
def test_who_is_not_signed_in_is_told_the_command_and_the_same_session_goes_on_after_it(
    authority: Authority, by: Opener, no_aws: Path, profile: str, faulty: FaultyServer
) -> None:
    store = by(profile)
    for hours in (None, -1, 1):  # never, expired, revoked
        if hours is not None:
            sign_in(no_aws, "another token", lifetime=timedelta(hours=hours))
        with pytest.raises(ExpiredCredentials) as raised:
            store.buckets()
        assert raised.value.command == ("aws", "sso", "login", "--profile", "signed-in")
        assert raised.value.advice == "Run aws sso login --profile signed-in, then try again"
    assert not faulty.asked
    sign_in(no_aws, authority.token)
    store.buckets()
    assert tokens(faulty) == [authority.newest]


def test_a_sign_in_that_does_not_give_the_role_is_told(authority: Authority, by: Opener, no_aws: Path) -> None:
    sign_in(no_aws, authority.token)
    store = by("role-of-signed-in")
    authority.refusal = "AccessDenied", "No."
    with pytest.raises(RoleRefused):
        store.buckets()


# secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["plain-role", "guarded", "signed-in"])
def test_no_error_and_no_log_holds_a_secret(
    authority: Authority, by: Opener, no_aws: Path, profile: str, faulty: FaultyServer, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(no_aws, authority.token)
    store = by(profile)
    asked_by(store, CODE)
    faulty.add(Fault(anything, 100, 403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"))
    with caplog.at_level("WARNING"), pytest.raises(Denied) as raised:
        store.buckets()
    shown = raised.value.sentence + repr(raised.value) + repr(store) + repr(store.sign_in) + caplog.text
    for secret in ("hidden", authority.newest, authority.token, CODE):
        assert secret not in shown
