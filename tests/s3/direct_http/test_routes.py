"""Where requests go besides boto3's: exactly where boto3 sends them, or not at all."""

from types import SimpleNamespace

import pytest

from s3ml_tui.s3.direct_http.routes import Route, Routes
from s3ml_tui.s3.settings import TransferSettings

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=01ef"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def learnt(url: str, bucket: str, key: str = "", **headers: str) -> tuple[Route | None, Routes]:
    frozen = SimpleNamespace(access_key="AKIA", secret_key="secret", token=None)
    routes = Routes(
        TransferSettings(), SimpleNamespace(credentials=SimpleNamespace(get_frozen_credentials=lambda: frozen))
    )
    params = {"Bucket": bucket} | ({"Key": key} if key else {})
    routes._on_asked(params=params)
    sent = {"Authorization": SIGNED} | {name.replace("_", "-"): value for name, value in headers.items()}
    routes._on_sent(request=SimpleNamespace(url=url, headers=sent))
    return routes.to(bucket), routes


@pytest.mark.parametrize(
    ("url", "bucket", "key", "path"),
    [
        ("http://127.0.0.1:9000/b?list-type=2", "b", "", "/b"),
        ("http://127.0.0.1:9000/b/a%20b/c%2B", "b", "a b/c+", "/b"),
        ("https://b.s3.eu-west-1.amazonaws.com/?list-type=2", "b", "", ""),
        ("https://b.s3.eu-west-1.amazonaws.com/x/y", "b", "x/y", ""),
        ("https://s3.eu-west-1.amazonaws.com/my.bucket?versions", "my.bucket", "", "/my.bucket"),
        ("http://my.bucket.s3.amazonaws.com/?versions", "my.bucket", "", ""),
        ("http://[::1]:9000/b", "b", "", "/b"),
    ],
)
def test_the_way_is_boto3s(url: str, bucket: str, key: str, path: str) -> None:
    route, routes = learnt(url, bucket, key)
    assert route is not None
    assert (route.path, route.region, route.service) == (path, "eu-west-1", "s3")
    assert route.host == url.split("/")[2]
    assert route.is_secure == url.startswith("https")
    signer = routes.signer(route)
    assert signer is not None
    assert signer.access_key == "AKIA"
    routes.close()
    assert routes.to(bucket) is None


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("http://my.bucket.s3.amazonaws.com/?versions", "other", ""),
        ("https://point-1.s3-accesspoint.eu-west-1.amazonaws.com/", "arn:aws:s3:eu-west-1:1:accesspoint/point", ""),
        ("http://127.0.0.1:9000/b/else", "b", "key"),
        ("http://127.0.0.1:9000/b/deeper", "b", ""),
    ],
)
def test_what_is_not_sure_is_not_learnt(url: str, bucket: str, key: str) -> None:
    assert learnt(url, bucket, key)[0] is None


def test_what_is_signed_otherwise_or_goes_through_a_proxy_stays_boto3s(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://s3.example.com/b"
    assert learnt(url, "b")[0] is not None
    assert learnt(url, "b", Authorization="AWS4-ECDSA-P256-SHA256 Credential=x")[0] is None
    assert learnt(url, "b", X_Amz_S3session_Token="x")[0] is None
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert learnt(url, "b")[0] is None


def test_who_pays_is_said_on_this_way_too() -> None:
    route, _ = learnt("http://127.0.0.1:9000/b", "b", x_amz_request_payer="requester", user_agent="s3ml/1")
    assert route is not None
    assert route.extra == {"user-agent": "s3ml/1", "x-amz-request-payer": "requester"}


def test_a_way_that_failed_three_times_in_a_row_is_closed() -> None:
    route, routes = learnt("http://127.0.0.1:9000/b", "b")
    assert route is not None
    route.failures = 2
    assert routes.to("b") is route
    route.failures = 3
    assert routes.to("b") is None
