"""Browse on what only AWS has: said in the header and in the panes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.app import S3mlApp
from tests.fake_aws import ACCOUNT, DIRECTORY, FakeAws
from tests.servers import S3Server
from tests.ui.harness import screen_lines, services_over, until, until_shown

POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/mine"
QUICK = TransferSettings(attempts=2, backoff_s=0.01, connect_timeout_s=3, read_timeout_s=10)


@pytest.fixture
def aws(moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    for bucket in ("far", "paid", FakeAws.plain(DIRECTORY)):
        moto.client().create_bucket(Bucket=bucket)
        for name in ("churn.csv", "other.csv"):
            moto.client().put_object(Bucket=bucket, Key=name, Body=b"bytes")
    with FakeAws(
        moto.endpoint,
        tmp_path / "aws.pem",
        regions={"far": "eu-west-1"},
        paid_by_requester={"paid"},
        points={"mine@eu-west-1": "far"},
    ) as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield aws


@asynccontextmanager
async def shown(folder: Path, bucket: str, *, pays: bool = False) -> AsyncIterator[Pilot[Any]]:
    stores = list[S3Store]()

    def open_session(context: Context) -> Services:
        stores.append(connect(context, settings=QUICK))
        return services_over(stores[-1], folder, context)

    app = S3mlApp(open_session, Context(name="prod", request_payer=pays), start=Place(bucket))
    async with app.run_test(size=(170, 40), notifications=True) as pilot:
        yield pilot
    for store in stores:
        store.close()


def header(pilot: Pilot[Any]) -> str:
    return screen_lines(pilot.app)[0]


async def test_a_directory_bucket_says_what_it_is_and_shows_the_only_version(aws: FakeAws, tmp_path: Path) -> None:
    async with shown(tmp_path, DIRECTORY) as pilot:
        await until_shown(pilot, "churn.csv", "the current version alone: a directory bucket keeps no others")
        await until(pilot, lambda: "directory bucket: keeps no versions, lists in no order" in header(pilot))
        lines = screen_lines(pilot.app)
        rows = [next(at for at, line in enumerate(lines) if name in line) for name in ("churn.csv", "other.csv")]
        assert rows == sorted(rows)
        assert any(" name  " in line for line in lines), "no sign of an order"
        await pilot.press("full_stop")
        await until_shown(pilot, "Deleted objects cannot be shown", "keeps no versions")
        await until_shown(pilot, "churn.csv")
    assert not any({"versions", "versioning", "tagging"} & set(asked.given) for asked in aws.asked)


async def test_an_access_point_goes_by_its_own_name(aws: FakeAws, tmp_path: Path) -> None:
    async with shown(tmp_path, POINT) as pilot:
        await until_shown(pilot, "churn.csv", "History · 1 version")
        assert "mine (access point)" in header(pilot)
        assert sum("mine (access point)" in line for line in screen_lines(pilot.app)) >= 2, "also in the tree"
        await pilot.press("i", "i")
        await until_shown(pilot, f"s3://{POINT}/churn.csv")


async def test_who_pays_is_told_so_all_the_time(aws: FakeAws, tmp_path: Path) -> None:
    async with shown(tmp_path, "paid", pays=True) as pilot:
        await until_shown(pilot, "churn.csv", "History · 1 version")
        assert "YOU PAY" in header(pilot)
    async with shown(tmp_path, "paid") as pilot:
        await until_shown(pilot, "is denied", "if it is a requester-pays bucket")
        assert "YOU PAY" not in header(pilot)


async def test_a_bucket_of_another_region_is_browsed_like_any_other(aws: FakeAws, tmp_path: Path) -> None:
    async with shown(tmp_path, "far") as pilot:
        await until_shown(pilot, "churn.csv", "History · 1 version", "not versioned")
