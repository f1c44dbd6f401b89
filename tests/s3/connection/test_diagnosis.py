"""What a connection tells of itself: how fast, what time, and where the credentials are from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import StrangeAnswer, Unreachable
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.connection.diagnosis import _moment
from s3ml_tui.s3.store import S3Store
from tests.s3.faults import Fault, FaultyServer, anything
from tests.servers import S3Server


def test_a_server_answers_with_its_time(store: S3Store, bucket: str) -> None:
    for asked in ("", bucket, "no-such-bucket"):
        contact = store.diagnosis.contact(asked)
        assert 0 < contact.elapsed_s < 10
        assert contact.server_time is not None
        assert abs((datetime.now(UTC) - contact.server_time).total_seconds()) < 10


def test_a_refusal_is_an_answer(faulty: FaultyServer, moto: S3Server) -> None:
    faulty.add(Fault(anything, 9, 403, b"<Error><Code>AccessDenied</Code></Error>"))
    store = connect(Context(endpoint_url=faulty.endpoint), (moto.access_key, moto.secret_key))
    assert store.diagnosis.contact("bucket").server_time is not None
    assert not any("authorization" in asked.headers for asked in faulty.asked)
    store.close()


def test_nobody_and_somebody_else_are_told_apart(faulty: FaultyServer) -> None:
    store = connect(Context(endpoint_url=faulty.endpoint), ("a", "b"))
    faulty.add(Fault(anything, 9, 200, b"<html>hello</html>", {"Content-Type": "text/html"}))
    with pytest.raises(StrangeAnswer):
        store.diagnosis.contact("bucket")
    store.close()
    nowhere = connect(Context(endpoint_url="http://127.0.0.1:9"), ("a", "b"))
    with pytest.raises(Unreachable):
        nowhere.diagnosis.contact("")
    nowhere.close()


def test_credentials_are_told_by_where_they_are_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = connect(Context(endpoint_url="http://127.0.0.1:9"), ("access", "hush"))
    assert own.diagnosis.credentials().kind == "the embedded server's own account"
    file = tmp_path / "credentials"
    file.write_text("[acme]\naws_access_key_id = a\naws_secret_access_key = hush\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    of_file = connect(Context(profile="acme", endpoint_url="http://127.0.0.1:9")).diagnosis.credentials()
    assert of_file.kind == "keys from the AWS credentials file"
    assert not of_file.is_temporary
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    of_environment = connect(Context(endpoint_url="http://127.0.0.1:9")).diagnosis.credentials()
    assert of_environment.kind.startswith("keys from the environment")
    assert of_environment.is_temporary
    assert "hush" not in repr((own.diagnosis.credentials(), of_file, of_environment))


def test_times_that_are_none() -> None:
    assert _moment("") is None
    assert _moment("yesterday") is None
    assert _moment("Sun, 23 Nov 2025 14:02:41 GMT") == datetime(2025, 11, 23, 14, 2, 41, tzinfo=UTC)
    assert _moment("Sun, 23 Nov 2025 14:02:41 -0000") == datetime(2025, 11, 23, 14, 2, 41, tzinfo=UTC)
